# What has changed in P7 since users were brought: p8-load --changed, migrate --update.
# not sanitized

load ../site

setup_file() {
	server_start "$S/server"
}

setup() {
	db -e 'drop database if exists p7'
	make_sample_p7 "$D/p7" p7
	export P7=$D/p7
	fresh_p8
	p8-load --p8 "$D/p8" --describe -o "$D/target.json"
	all | p8-load --p8 "$D/p8" -q || [ "$?" = 1 ]
}

all() {
	p7-extract --p7 "$P7" "$@" | p7-transform --target "$D/target.json" |
		dav-schema-upgrade records || [ "$?" = 1 ]
}

# changed [OPTION...]: the list, with those options of p7-extract.
changed() {
	all "$@" | p8-load --p8 "$D/p8" --changed -q
}

p7() {
	dbq p7 "$1"
}

@test "C05, C09: what P7 changes by being used is no change" {
	[ -z "$(changed)" ]
	p7 "update wm_awm_addr_book set use_frequency = use_frequency + 3, etag = 'x',
			date_modified = '2031-01-01 00:00:00';
		update wm_awm_settings set last_login = '2031-01-02 03:04:05', logins_count = logins_count + 9"
	[ -z "$(changed)" ]
	# nor how files travel, or a directory's time
	find "$P7/data/files" -type d -exec touch {} +
	[ -z "$(changed --files-by-reference)" ]
	[ -z "$(changed --only files)$(changed --without files)$(changed --only contacts)" ]
}

@test "C05: what changed is named by its kind" {
	local file
	p7 "update wm_awm_settings s join wm_awm_accounts a using (id_user)
			set s.msgs_per_page = s.msgs_per_page + 7 where a.email = 'anna.weber@linden.example'"
	[ "$(changed)" = "anna.weber@linden.example	settings" ]
	p7 "update wm_awm_addr_book set firstname = 'Another' where auto_create = 0 and id_user = (select
		id_user from wm_awm_accounts where email = 'anna.weber@linden.example' and def_acct = 1) limit 1"
	[ "$(changed)" = "anna.weber@linden.example	contacts, settings" ]
	[ "$(changed --without contacts)" = "anna.weber@linden.example	settings" ]
	[ "$(changed --only contacts)" = "anna.weber@linden.example	contacts" ]
	file=$(find "$P7/data/files/private" -type f | head -n 1)
	echo more >>"$file"
	[ "$(changed --only files | cut -f 2)" = files ]
	[ "$(changed | wc -l)" = 2 ] || [ "$(changed | cut -f 2)" = 'contacts, files, settings' ]
	# one more, one less
	p7 "delete from wm_awm_addr_book where auto_create = 0 and id_user = (select id_user from
		wm_awm_accounts where email = 'ivan.petrov@mir.test' and def_acct = 1) limit 1"
	changed | grep -q '^ivan.petrov@mir.test	contacts$'
	p7 "update wm_awm_accounts set friendly_nm = 'Wei' where email = 'li.wei@hafen.example'"
	changed | tee "$D/out" | grep -q '^li.wei@hafen.example	accounts' || { cat "$D/out" && false; }
}

@test "C05: a new event, a new calendar, another share and another color are changes" {
	local anna=principals/anna.weber@linden.example id
	id=$(p7 "select min(id) from wm_adav_calendars where principaluri = '$anna'")
	p7 "insert into wm_adav_calendarobjects (calendardata, uri, calendarid, lastmodified, etag, size, componenttype)
		values ('BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:n\r\nDTSTART:20250101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n',
			'n.ics', $id, 1, '', 0, 'VEVENT')"
	[ "$(changed)" = "anna.weber@linden.example	calendars" ]
	p7 "delete from wm_adav_calendarobjects where uri = 'n.ics'"
	[ -z "$(changed)" ]
	p7 "update wm_adav_calendars set calendarcolor = '#010203' where id = $id"
	[ "$(changed)" = "anna.weber@linden.example	calendars" ]
	[ -z "$(changed --without calendars)" ]
	p7 "insert into wm_adav_calendars (principaluri, displayname, uri) values
		('principals/ivan.petrov@mir.test', 'New', 'new')"
	[ "$(changed | sort)" = "anna.weber@linden.example	calendars
ivan.petrov@mir.test	calendars" ]
	# what counts changes, and does not change anything
	p7 "delete from wm_adav_calendars where uri = 'new';
		update wm_adav_calendars set ctag = ctag + 4"
	[ "$(changed)" = "anna.weber@linden.example	calendars" ]
}

@test "C05: who is not in P7 any more is named, and only in a stream of all users" {
	local id
	id=$(p7 "select id_user from wm_awm_accounts where email = 'ivan.petrov@mir.test' and def_acct = 1")
	p7 "delete from wm_awm_accounts where id_user = $id; delete from wm_a_users where id_user = $id"
	# (another user shared a calendar with them)
	changed >"$D/out" 2>"$D/err"
	[ "$(grep -vc '	shares of calendars$' "$D/out")" = 0 ]
	grep -q '^p8-load: ivan.petrov@mir.test is not in P7 any more' "$D/err"
	[ "$(grep -c 'not in P7 any more' "$D/err")" = 1 ]
	changed --user anna.weber@linden.example >"$D/out" 2>"$D/err"
	! grep 'not in P7 any more' "$D/err"
}

@test "C05: the whole of an identity, or all of a kind, gone or new" {
	need_long
	p7 "delete from wm_awm_identities where id_user = (select id_user from wm_awm_accounts where
		email = 'anna.weber@linden.example' and def_acct = 1)"
	[ "$(changed)" = "anna.weber@linden.example	identities" ]
}

@test "C05: a value that was repaired in P8, or that P8 does not hold, is no change in P7" {
	need_long
	dbq p8 "update au_eav_attributes_string set value = 'Repaired' where name = 'FullName';
		delete from au_adav_cards"
	[ -z "$(changed)" ]
}

@test "C05: users of an altered stream or an earlier release are named as not compared" {
	need_long
	all >"$D/all.ndjson"
	sed 's/"Language":"English"/"Language":"German"/' "$D/all.ndjson" >"$D/edited.ndjson"
	chmod 600 "$D"/*.ndjson
	cmp -s "$D/all.ndjson" "$D/edited.ndjson" && return 1
	exits 0 p8-load --p8 "$D/p8" --undo --all --yes
	run p8-load --p8 "$D/p8" --edited "$D/edited.ndjson"
	exits 0 p8-load --p8 "$D/p8" --changed "$D/all.ndjson"
	[[ $output == *"0 users changed"*"not compared with P7: "*"altered stream"* ]]
	exits 65 p8-load --p8 "$D/p8" --changed "$D/edited.ndjson"
	exits 0 p8-load --p8 "$D/p8" --changed --edited "$D/edited.ndjson"
}

@test "C09: migrate --update names users and kinds, of the parts that it is about" {
	need_long
	exits 0 migrate --quiet
	p7 "update wm_awm_addr_book set use_frequency = use_frequency + 1, date_modified = now()"
	exits 0 migrate --update
	[ ! -s "$D/state/changed-users" ]
	p7 "update wm_awm_settings s join wm_awm_accounts a using (id_user)
		set s.msgs_per_page = s.msgs_per_page + 7 where a.email = 'anna.weber@linden.example'"
	exits 0 migrate --update
	[ "$(cat "$D/state/changed-users")" = anna.weber@linden.example ]
	[ "$(cat "$D/state/changed-kinds")" = "anna.weber@linden.example	settings" ]
	grep -q '^  anna.weber@linden.example: settings$' <<<"$output"
	exits 0 migrate --update --without contacts,calendars --jobs 2
	grep -q '^  anna.weber@linden.example: settings$' <<<"$output"
	exits 0 migrate --redo anna.weber@linden.example
	exits 0 migrate --update
	[ ! -s "$D/state/changed-users" ]
}

@test "C05: calendars of a principal who is no user: --update names them, --redo brings them again" {
	need_long
	p7 "insert into wm_adav_principals (uri, email) values ('principals/gone@left.test', 'gone@left.test');
		insert into wm_adav_calendars (principaluri, displayname, uri) values
			('principals/gone@left.test', 'Left', 'left')"
	exits 0 migrate
	[ "$(dbq p8 "select uri from au_adav_calendarinstances where principaluri = 'principals/gone@left.test'")" = left ]
	p7 "update wm_adav_calendars set displayname = 'Moved' where uri = 'left'"
	exits 0 migrate --update
	[ "$(cat "$D/state/changed-kinds")" = "principals/gone@left.test	calendars" ]
	[[ $output == *"Changed in P7 after the migration: 1 principal who is not a user, see "* ]]
	[[ $output == *"In P8, but for what changed in P7 since: 11 users of P7"* && $output != *"All in P8"* ]]
	exits 64 migrate --redo principals/gone@left.test --user anna.weber@linden.example
	exits 65 migrate --redo principals/nobody@left.test
	exits 0 migrate --redo principals/gone@left.test
	[ "$(dbq p8 "select displayname from au_adav_calendarinstances
		where principaluri = 'principals/gone@left.test'")" = Moved ]
	exits 0 migrate --update
	[[ $output == *"All in P8"* ]]
	[ ! -s "$D/state/changed-users" ]
}
