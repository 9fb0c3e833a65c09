# Users who get another name on the way: p7-transform --rename, and migrate --map-users.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	umask 077
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/p8" p8
	p8-load --p8 "$S/p8" --describe >"$S/target.json"
	p7-extract --p7 "$S/p7" -o "$S/p7.ndjson"
	transform "$S/p7.ndjson" >"$S/plain.ndjson"
	# a new name, and one that two users hand on
	printf '\xef\xbb\xbf# old\tnew\r\n\r\n  Anna.WEBER@linden.example \t anna@neu.test\r\n' >"$S/map"
	printf 'li.wei@hafen.example\tanna.weber@linden.example' >>"$S/map"
}

setup() {
	umask 077
}

transform() {
	p7-transform --target "$S/target.json" "$@"
}

# The records of a stream without what the new name is in.
without_names() {
	grep -v '"kind":"\(HEADER\|USER_BEGIN\|USER\|PUBLIC_LINK\|CALENDAR\|CALENDAR_SHARE\|REMINDER\|USER_END\|END\|WARN\)"' "$1"
}

of() {
	jq -c "select(.kind == \"$1\")" "$2"
}

refused() {
	printf "$1" >"$D/map"
	exits 65 transform --rename "$D/map" "$S/p7.ndjson"
	grep -q -- "$2" <<<"$output"
}

@test "the user gets the new name, his mail accounts keep theirs" {
	transform --rename "$S/map" "$S/p7.ndjson" >"$D/out"
	diff <(without_names "$S/plain.ndjson") <(without_names "$D/out")
	[ "$(of PUBLIC_LINK "$D/out" | jq -r '.data | fromjson.UserId' | xargs)" = \
		'anna@neu.test ivan.petrov@mir.test' ]
	[ "$(of USER "$D/out" | jq -r .string.PublicId | head -n 5 | xargs)" = "anna@neu.test \
camille.dubois@linden.example ivan.petrov@mir.test nadia.horak@mir.test anna.weber@linden.example" ]
	diff <(of USER_BEGIN "$D/out" | jq -r .email) <(of USER "$D/out" | jq -r .string.PublicId)
	diff <(of USER_BEGIN "$D/out" | jq -r .email) <(of USER_END "$D/out" | jq -r .email)
	# what is made of P7's numbers stays as it is
	diff <(of USER "$S/plain.ndjson" | jq -r .uuid) <(of USER "$D/out" | jq -r .uuid)
	[ "$(of HEADER "$D/out" | jq -r .rename)" = "$(sha256sum "$S/map" | cut -d ' ' -f 1)" ]
	transform --rename "$S/map" "$S/p7.ndjson" | cmp - "$D/out"
}

@test "with --rename-accounts addresses and logins of accounts follow" {
	transform --rename "$S/map" --rename-accounts "$S/p7.ndjson" >"$D/out"
	[ "$(of ACCOUNT "$D/out" | jq -r '.string | select(.Email == "anna@neu.test") |
		.IncomingLogin')" = anna@neu.test ]
	of IDENTITY "$D/out" | jq -r .string.Email | grep -qx anna@neu.test
	of TEAM_CONTACT "$D/out" | jq -r .string.BusinessEmail | grep -qx anna@neu.test
	# others' contacts are others' data
	diff <(of CONTACT "$S/plain.ndjson") <(of CONTACT "$D/out")
	diff <(of SOCIAL "$S/plain.ndjson") <(of SOCIAL "$D/out")
	exits 64 transform --rename-accounts "$S/p7.ndjson"
}

@test "principals, sharees and reminders follow" {
	transform --rename "$S/map" "$S/p7.ndjson" >"$D/out"
	[ "$(of CALENDAR "$D/out" | jq -r 'select(.id == 4) | .principaluri')" = \
		principals/anna.weber@linden.example ]
	[ "$(of CALENDAR "$D/out" | grep -c principals/anna@neu.test)" = \
		"$(of CALENDAR "$S/plain.ndjson" | grep -c principals/anna.weber@linden.example)" ]
	[ "$(of REMINDER "$D/out" | jq -r .user)" = anna@neu.test ]
	# objects keep their bytes
	diff <(of CALENDAR_OBJECT "$S/plain.ndjson") <(of CALENDAR_OBJECT "$D/out")
	printf 'camille.dubois@linden.example\tcamille@neu.test\n' >"$D/map"
	transform --rename "$D/map" "$S/p7.ndjson" >"$D/out"
	[ "$(of CALENDAR_SHARE "$D/out" | jq -r 'select(.id == 1) | .principaluri')" = \
		principals/camille@neu.test ]
}

# one_principal PRINCIPAL CALENDAR...: a stream with the calendars of somebody who is no user.
one_principal() {
	local p=$1
	shift
	head -n 1 "$S/p7.ndjson"
	printf '{"kind":"PRINCIPAL_BEGIN","principal":"%s"}\n' "$p"
	printf '%s\n' "$@"
	printf '{"kind":"PRINCIPAL_END","principal":"%s"}\n{"kind":"END"}\n' "$p"
}

@test "a principal that a latin1 server has double-encoded is the same user" {
	one_principal principals/mÃ¤rta@linden.example '{"kind":"CALENDAR","id":1,"uri":"a"}' >"$D/in"
	printf 'märta@linden.example\tmaerta@neu.test\n' >"$D/map"
	transform --edited --rename "$D/map" "$D/in" >"$D/out"
	[ "$(jq -r '.principal // .principaluri // empty' "$D/out" | uniq)" = principals/maerta@neu.test ]
	uuid=$(of PRINCIPAL_BEGIN "$D/out" | jq -r .uuid)
	transform --edited "$D/in" >"$D/out"
	[ "$(jq -r '.principal // .principaluri // empty' "$D/out" | uniq)" = principals/märta@linden.example ]
	[ "$(of PRINCIPAL_BEGIN "$D/out" | jq -r .uuid)" = "$uuid" ]
}

@test "reports name the user by the new name" {
	{
		head -n 1 "$S/p7.ndjson"
		printf '{"kind":"REJECT","stage":"p7-extract","code":"user-without-settings",%s}\n' \
			'"user":"anna.weber@linden.example","record":{"email":"anna.weber@linden.example"}'
		tail -n 1 "$S/p7.ndjson"
	} >"$D/in"
	transform --edited --rename "$S/map" "$D/in" >"$D/out"
	[ "$(of REJECT "$D/out" | jq -r '.user + " " + .record.email')" = \
		"anna@neu.test anna.weber@linden.example" ]
}

@test "what is wrong with a map is said with its lines" {
	refused 'a@x.test\tb@y.test\n\nA@X.test\tc@y.test\n' 'lines 1 and 3 are both about'
	refused 'a@x.test\tb@y.test\nb@x.test\tB@Y.test\n' 'lines 1 and 2 make two users one'
	refused 'a@x.test b@y.test\n' 'line 1: old e-mail, TAB, new e-mail'
	refused '# x\na@x.test\tnobody\n' 'line 2: no e-mail: nobody'
	refused 'a@x.test\tb@y.test\tc@y.test\n' 'line 1: no e-mail'
	# what stands behind would not be read
	refused 'a@x.test\tb@y.test\0\nc@x.test\td@y.test\n' 'NUL bytes'
	exits 66 transform --rename "$D/absent" "$S/p7.ndjson"
	[ "$(p7-transform --rename "$S/map" --print-rename)" = "$(printf '%s\t%s\n' \
		Anna.WEBER@linden.example anna@neu.test li.wei@hafen.example anna.weber@linden.example)" ]
	: >"$D/map"
	transform --rename "$D/map" "$S/p7.ndjson" | grep -v '"HEADER"' >"$D/out"
	diff <(grep -v '"HEADER"' "$S/plain.ndjson") "$D/out"
}

@test "a migration with new names, from beginning to end" {
	need_long
	migrate() {
		"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$D/state" --quiet "$@"
	}
	# a list has P7's names
	echo li.wei@hafen.example >"$D/list"
	exits 0 migrate --map-users "$S/map" --users "$D/list"
	[ "$(cat "$D/state/migrated-users")" = anna.weber@linden.example ]
	exits 0 migrate --map-users "$S/map"
	grep -q '^All in P8: 11 users .*verified.$' <<<"$output"
	[ "$(dbq p8 "select principaluri from au_adav_calendarinstances where access = 1
		and displayname = 'Kalender'")" = principals/anna@neu.test ]
	[ "$(dbq p8 "select count(*) from au_adav_calendarinstances a join au_adav_calendarinstances b
		using (calendarid) where a.access = 1 and a.principaluri = 'principals/anna@neu.test'
		and b.principaluri = 'principals/camille.dubois@linden.example'")" = 1 ]
	# files went to the user of that number
	uuid=$(of USER "$S/plain.ndjson" | jq -r 'select(.string.PublicId == "li.wei@hafen.example") | .uuid')
	[ -n "$(find "$S/p8/data/files/private/$uuid" -type f)" ]
	# without the list, or with another one, nothing is mixed up
	exits 65 migrate
	grep -q 'anna@neu.test is in P8 by this name, not as anna.weber@linden.example' <<<"$output"
	# brought again, by P7's name, he gets what the list says now
	sed 's/anna@neu.test/anna@newer.test/' "$S/map" >"$D/map"
	exits 0 migrate --map-users "$D/map" --redo anna.weber@linden.example
	[ "$(grep anna "$D/state/migrated-users" | xargs)" = "anna.weber@linden.example anna@newer.test" ]
	p8-load --p8 "$S/p8" --verify --deep
}

# Anna's records with every text too long for P8, and the DAV stream with every text double-encoded.
spoil() {
	jq -c --arg long "$(printf '%0400d' 0)" 'if .kind == "USER_BEGIN" then .
		elif .kind == "USER_END" or .kind == "HEADER" or .kind == "END" or .kind == "REJECT" or
			.kind == "WARN" then .
		else with_entries(if (.value | type) == "string" and (.key | IN("kind", "email", "str_id",
			"path", "data", "carddata", "uri") | not) and .value != "" then .value += "\u0001" + $long
			else . end) end' "$1"
}

@test "A07: what is said about values of a user carries the new name, whatever the record" {
	spoil "$S/p7.ndjson" >"$D/in"
	transform --edited --rename "$S/map" "$D/in" >"$D/out" || [ $? = 1 ]
	jq -r 'select(.kind == "WARN" or .kind == "REJECT") | .user // "-"' "$D/out" |
		sort | uniq -c >"$D/users"
	cat "$D/users"
	# Li Wei has Anna's old name now: both have their share, nobody has li.wei's
	grep -q ' anna@neu.test$' "$D/users"
	lacks 'li.wei@hafen.example' "$D/users"
	transform --edited "$D/in" >"$D/plain" || [ $? = 1 ]
	count() {
		jq -r --arg u "$1" 'select((.kind == "WARN" or .kind == "REJECT") and .user == $u) | .code' "$2"
	}
	diff <(count anna.weber@linden.example "$D/plain") <(count anna@neu.test "$D/out")
	diff <(count li.wei@hafen.example "$D/plain") <(count anna.weber@linden.example "$D/out")
	# of several tables, groups among them
	[ "$(jq -r 'select(.kind == "WARN" and .user == "anna@neu.test") | .table' "$D/out" |
		grep -xc awm_addr_groups)" -ge 1 ]
	[ "$(jq -r 'select(.kind == "WARN" and .user == "anna@neu.test") | .table' "$D/out" |
		sort -u | wc -l)" -ge 4 ]
}

@test "A07: they are those of the user in P8: undo takes them along, a repair finds the user" {
	make_blank_p8 "$D/p8" p8x
	spoil "$S/p7.ndjson" >"$D/in"
	p8-load --p8 "$D/p8" --describe >"$D/target.json"
	p7-transform --target "$D/target.json" --edited --rename "$S/map" "$D/in" >"$D/out" || [ $? = 1 ]
	# and a value that p8-load itself leaves out
	jq -c 'if .kind == "GROUP" then .int.Broken = "none" else . end' "$D/out" |
		dav-schema-upgrade records --edited >"$D/edited"
	p8-load --p8 "$D/p8" --edited --quiet "$D/edited" || [ $? = 1 ]
	about() {
		dbq p8x "select count(*) from au_p7m_rejects where email = '$1'$2"
	}
	[ "$(about anna@neu.test)" -gt 4 ]
	[ "$(about li.wei@hafen.example)" = 0 ]
	p8-load --p8 "$D/p8" --list rejects >"$D/rejects"
	jq -c 'select(.kind == "REJECT" and .field == "Broken" and .user == "anna@neu.test") |
		.record.int.Broken = 7' "$D/rejects" | head -n 1 >"$D/corrected"
	chmod 600 "$D/corrected"
	exits 0 p8-load --p8 "$D/p8" --repair "$D/corrected"
	grep -q 'anna@neu.test: GROUP repaired: Broken' <<<"$output"
	exits 0 p8-load --p8 "$D/p8" --undo anna@neu.test --force
	[ "$(about anna@neu.test)" = 0 ]
	db -e 'drop database p8x'
}

@test "A07: the user of a repaired calendar, also of a principal that is double-encoded" {
	one_principal principals/mÃ¤rta@linden.example '{"kind":"CALENDAR","id":1,"displayname":"BÃ¼ro"}' |
		sed '$d' >"$D/in"
	printf '%s\n' '{"kind":"USER_BEGIN","email":"Anna.Weber@linden.example","id_user":1}' \
		'{"kind":"CALENDAR","id":2,"principaluri":"principals/anna.weber@linden.example","displayname":"BÃ¼ro"}' \
		'{"kind":"USER_END","email":"Anna.Weber@linden.example"}' '{"kind":"END"}' >>"$D/in"
	printf 'märta@linden.example\tmaerta@neu.test\n' | cat "$S/map" <(echo) - >"$D/map"
	transform --edited --rename "$D/map" "$D/in" >"$D/out"
	[ "$(jq -r 'select(.code == "text-repaired") | .user' "$D/out" | uniq | xargs)" = 'maerta@neu.test anna@neu.test' ]
	transform --edited "$D/in" >"$D/out"
	[ "$(of WARN "$D/out" | jq -r .user | head -n 1)" = märta@linden.example ]
}

@test "C20: it is said by what name people log in, and the manuals say what a login with the old one does" {
	local note='Without --map-accounts people go on logging in to P8 by the addresses'
	run_it() {
		make_blank_p8 "$D/p8" p8y
		"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" "$@" 2>&1
		db -e 'drop database p8y'
		rm -rf "$D/p8" "$D/state"
	}
	[ "$(run_it --map-users "$S/map" --user li.wei@hafen.example | grep -c "$note")" = 1 ]
	run_it --map-users "$S/map" --map-accounts --user li.wei@hafen.example | lacks "$note"
	run_it --user li.wei@hafen.example | lacks "$note"
	for page in p7-migrate p7-transform; do
		tr -s '\n' ' ' <"$REPO/man/$page.1" >"$D/text"
		grep -q 'login with the old name can .*make a new, empty user' "$D/text"
	done
	lacks 'by which he logs in' "$D/text"
}
