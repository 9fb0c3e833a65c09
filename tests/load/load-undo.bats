# p8-load --undo after P8 was used: what mere use changes does not count and leaves with the user,
# what people added is named and stays.
# not sanitized but for --long: the servers take the time

load ../load

setup_file() {
	server_start "$S/server" --character-set-server=utf8mb4
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
	whole >"$D/before"
	bring
	load --verify >/dev/null
	# somebody with contacts and calendars
	U=anna.weber@linden.example
	E=$(sql "select entity from au_p7m_users where email='$U'")
	CAL=$(sql "select calendarid from au_adav_calendarinstances
		where principaluri='principals/$U' and access=1 order by 1 limit 1")
	BOOK=$(sql "select id from au_adav_addressbooks
		where principaluri='principals/$U' order by 1 limit 1")
	[ -n "$E" ] && [ -n "$CAL" ] && [ -n "$BOOK" ]
}

bring() {
	load --describe -o "$D/target.json"
	p7-extract --p7 "$S/p7" | p7-transform --target "$D/target.json" |
		dav-schema-upgrade records | p8-load --p8 "$D/p8" -q || [ $? = 1 ]
}

# All rows of P8's tables, without the ledger's and without what the next number is.
whole() {
	local ledger
	mapfile -t ledger < <(sql "show tables like 'au\\_p7m\\_%'")
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date --compact --no-create-info \
		--order-by-primary --skip-extended-insert "${ledger[@]/#/--ignore-table=p8.}" p8
	[ ! -d "$D/p8/data/files" ] || (cd "$D/p8/data/files" && find . -type f | sort)
}

# entity TYPE MODULE NAME=VALUE...: an entity with int attributes, as P8 makes them.
entity() {
	local type=$1 id pair
	sql "insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name)
		values (uuid(), '', 'Aurora\\\\Modules\\\\$type', '$2')"
	id=$(sql "select max(id) from au_eav_entities")
	for pair in "${@:3}"; do
		sql "insert into au_eav_attributes_int (id_entity, name, value)
			values ($id, '${pair%%=*}', ${pair#*=})"
	done
}

# What P8 does when people log in, read, send mail and look at their calendars.
use_p8() {
	local u
	for u in $(sql "select entity from au_p7m_users"); do
		sql "insert into au_eav_attributes_datetime (id_entity, name, value) values
				($u, 'LastLogin', now());
			insert into au_eav_attributes_int (id_entity, name, value) values ($u, 'LoginsCount', 1);
			insert into au_eav_attributes_string (id_entity, name, value) values
				($u, 'LastLoginNow', 'x'), ($u, 'DefaultTimeZone', 'Europe/Paris')
				on duplicate key update value=value(value)"
		entity 'Contacts\\Classes\\CTag' '' "UserId=$u" CTag=3
	done
	for u in $(sql "select e.id from au_eav_entities e where entity_type like '%Mail%Account'"); do
		entity 'Mail\\Classes\\SystemFolder' Mail "IdAccount=$u" Type=9
	done
	# who had none gets a calendar and address books
	local none
	none=$(sql "select email from au_p7m_users where principal=0 and concat('principals/', email) not in
		(select principaluri from au_adav_calendarinstances) limit 1")
	[ -n "$none" ]
	sql "insert into au_adav_calendars (synctoken, components) values (1, 'VEVENT')"
	u=$(sql "select max(id) from au_adav_calendars")
	sql "insert into au_adav_calendarinstances (calendarid, principaluri, access, uri)
		values ($u, 'principals/$none', 1, uuid());
		insert into au_adav_calendarchanges (uri, synctoken, calendarid, operation)
		values ('x', 1, $u, 2);
		insert into au_adav_addressbooks (principaluri, uri) values ('principals/$U', 'Fresh')"
	# reminders were sent, tokens and tags went on
	sql "delete from au_adav_reminders;
		update au_adav_calendars set synctoken=synctoken+5;
		update au_adav_addressbooks set synctoken=synctoken+5;
		update au_eav_attributes_int set value=value+7 where name in ('Frequency', 'CTag')"
}

@test "used, and taken back: P8 is as it was" {
	use_p8
	load --verify
	exits 0 load --undo --all --yes
	[[ $output != *"not undone"* ]]
	whole >"$D/after"
	diff "$D/before" "$D/after"
	[ -z "$(sql "select * from au_p7m_globals")" ]
	# and again: the calendars are brought as the first time
	bring
	load --verify
}

@test "one user is taken back, the others stay whole" {
	need_long
	use_p8
	exits 0 load --undo "$U"
	[ "$(sql "select count(*) from au_adav_calendarinstances where principaluri='principals/$U'")" = 0 ]
	[ "$(sql "select count(*) from au_adav_addressbooks where principaluri='principals/$U'")" = 0 ]
	[ "$(sql "select count(*) from au_eav_attributes_int where name in ('IdUser', 'UserId')
		and value=$E")" = 0 ]
	load --verify
	no_orphans
}

# refused WHAT: an undo of the user names that, and changes nothing.
refused() {
	whole >"$D/1"
	exits 1 load --undo "$U"
	[[ $output == *"$1"* ]] || {
		echo "wanted: $1"
		echo "$output"
		return 1
	}
	[[ $output == *"not undone, because of these changes"* ]]
	whole >"$D/2"
	cmp "$D/1" "$D/2"
}

@test "what people added or changed is named, each for itself" {
	need_long
	local id
	entity 'Mail\\Classes\\Identity' Mail "IdUser=$E"
	refused "! $U Identity: 1 added in P8"
	sql "delete from au_eav_entities order by id desc limit 1"
	# a member of one of his groups
	entity 'Contacts\\Classes\\GroupContact' Contacts
	id=$(sql "select max(id) from au_eav_entities")
	sql "insert into au_eav_attributes_string (id_entity, name, value) select $id, 'GroupUUID', e.uuid
		from au_eav_entities e join au_eav_attributes_int a on a.id_entity=e.id and a.name='IdUser'
		where e.entity_type like '%Classes_Group' and a.value=$E limit 1"
	refused "! $U MEMBERSHIP: 1 added in P8"
	sql "delete from au_eav_entities where id=$id"
	# a card in his book, and in a new one
	sql "insert into au_adav_cards (addressbookid, uri, carddata, size) values ($BOOK, 'new.vcf', 'x', 1);
		insert into au_adav_addressbookchanges (uri, synctoken, addressbookid, operation)
		values ('new.vcf', 1, $BOOK, 1)"
	refused "! $U CARD: 1 added in P8"
	sql "delete from au_adav_cards where uri='new.vcf'; delete from au_adav_addressbookchanges"
	sql "insert into au_adav_addressbooks (principaluri, uri) values ('principals/$U', 'Fresh')"
	sql "insert into au_adav_cards (addressbookid, uri, carddata, size)
		select max(id), 'new.vcf', 'x', 1 from au_adav_addressbooks"
	refused "! $U CARD: 1 added in P8"
	sql "delete from au_adav_cards where uri='new.vcf'"
	# an event more, one less, one changed
	sql "insert into au_adav_calendarobjects (calendarid, uri, etag, size, calendardata)
		values ($CAL, 'new.ics', 'x', 1, 'x')"
	refused "! $U CALENDAR_OBJECT: 1 added in P8"
	sql "delete from au_adav_calendarobjects where uri='new.ics'"
	id=$(sql "select id from au_adav_calendarobjects where calendarid=$CAL limit 1")
	sql "update au_adav_calendarobjects set calendardata=reverse(calendardata) where id=$id"
	refused "! $U CALENDAR_OBJECT: changed in P8"
	sql "update au_adav_calendarobjects set calendardata=reverse(calendardata) where id=$id"
	# a share
	sql "insert into au_adav_calendarinstances (calendarid, principaluri, access, uri, share_href)
		values ($CAL, 'principals/somebody@else.test', 2, 'x', uuid())"
	refused "! $U CALENDAR_SHARE: 1 added in P8"
	sql "delete from au_adav_calendarinstances where principaluri like '%somebody%'"
	# a reminder is not worth it
	sql "insert into au_adav_reminders (user, calendaruri, eventid) values ('$U', 'x', 'y')"
	sql "delete from au_adav_reminders where eventid='y'"
	exits 0 load --undo "$U"
}

@test "a dry run says what an undo would do, and does nothing" {
	need_long
	sql "update au_eav_attributes_string set value='changed' where name='FullName'
		and id_entity in (select id_entity from (select id_entity from au_eav_attributes_int
		where name='IdUser' and value=$E) x) limit 1"
	whole >"$D/1"
	exits 1 load --undo --all --dry-run
	[[ $output == *"! $U "*" changed in P8"* ]]
	[[ $output == *"ivan.petrov@mir.test: would be undone"* ]]
	[[ $output == *" users would be undone, 1 not"* ]]
	whole >"$D/2"
	cmp "$D/1" "$D/2"
	load --list migrated | grep -qx ivan.petrov@mir.test
	exits 64 load --reset --dry-run
}

@test "--force: what was loaded goes, what people added stays" {
	need_long
	local id
	sql "insert into au_adav_calendars (synctoken, components) values (1, 'VEVENT')"
	id=$(sql "select max(id) from au_adav_calendars")
	sql "insert into au_adav_calendarinstances (calendarid, principaluri, access, uri)
		values ($id, 'principals/$U', 1, 'own');
		insert into au_adav_calendarobjects (calendarid, uri, etag, size, calendardata)
		values ($id, 'new.ics', 'x', 1, 'x');
		insert into au_adav_reminders (user, calendaruri, eventid) values ('$U', 'own', 'y');
		insert into au_adav_addressbooks (principaluri, uri) values ('principals/$U', 'Fresh');
		insert into au_adav_cards (addressbookid, uri, carddata, size)
		select max(id), 'new.vcf', 'x', 1 from au_adav_addressbooks"
	exits 1 load --undo "$U"
	exits 0 load --undo --force "$U"
	[ "$(sql "select group_concat(uri) from au_adav_calendarinstances
		where principaluri='principals/$U'")" = own ]
	[ "$(sql "select group_concat(c.uri) from au_adav_cards c join au_adav_addressbooks b
		on b.id=c.addressbookid where principaluri='principals/$U'")" = new.vcf ]
	[ "$(sql "select group_concat(eventid) from au_adav_reminders where user='$U'")" = y ]
	load --verify
}
