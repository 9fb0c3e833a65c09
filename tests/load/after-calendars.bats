# p8-load after a load, for calendars: verify, undo, redo, changes, repair.
# not sanitized

load ../load

setup() {
	fresh_p8
	small
	calendars >"$D/calendars.ndjson"
	chmod 600 "$D/calendars.ndjson"
	run load -q --rejects "$D/rejects" "$D/calendars.ndjson"
	[ "$status" = 1 ]	# dora is not in P8
	chmod 600 "$D/rejects"
}

# calendars: the small stream with calendars.
calendars() {
	jq -c -f "$TESTS/fixtures/load-calendars.jq" "$D/small.ndjson"
}

# differs LINE [SQL]: after that statement verify says LINE, and nothing else.
differs() {
	[ $# = 1 ] || sql "$2"
	exits 1 load --verify
	[[ $output == *"! $1"* ]]
	[ "$(grep -c '^!' <<<"$output")" = 1 ]
	[[ $output == *"1 difference;"* ]]
}

same() {
	exits 0 load --verify
	[[ $output == *"verified: P8 holds what was loaded of 3 users"* ]]
}

# changed EMAIL LINE: --undo refuses the user because of that.
changed() {
	exits 1 load --undo "$1"
	[[ $output == *"! $1 $2"* ]]
	[[ $output == *"$1: not undone"* ]]
}

# shares EMAIL: states of the ledger's shares with that one.
shares() {
	sql "select group_concat(state order by id) from au_p7m_shares where sharee='$1'"
}

objects=au_adav_calendarobjects
instances=au_adav_calendarinstances

@test "D05: verify counts and compares calendars, shares, objects and reminders" {
	same
	[[ $output =~ CALENDAR\ +3$'\n' && $output =~ CALENDAR_OBJECT\ +5$'\n' ]]
	[[ $output =~ CALENDAR_SHARE\ +5$'\n' && $output =~ REMINDER\ +3$'\n' ]]
	# bytes, though etag and size are as they were
	differs "ann@north.test CALENDAR_OBJECT: as many as were loaded, but not the same" \
		"update $objects set calendardata=replace(calendardata, 'SUMMARY:one', 'SUMMARX:one')"
	sql "update $objects set calendardata=replace(calendardata, 'SUMMARX:', 'SUMMARY:')"
	same
	differs "room@north.test CALENDAR_OBJECT: loaded 1, found 0" \
		"update $objects set calendarid=77 where uri='e5.ics'"
	sql "update $objects set calendarid=3 where uri='e5.ics'"
	for set in "displayname='Home'" "calendarcolor='#123456'" "description='x'" "timezone='x'"; do
		sql "create table keep select * from $instances"
		differs "ann@north.test CALENDAR: as many as were loaded, but not the same" \
			"update $instances set $set where uri='cal-2'"
		sql "delete from $instances; insert into $instances select * from keep; drop table keep"
	done
	same
	# what P8 changes by being used
	sql "update au_adav_calendars set synctoken=synctoken+5;
		update au_adav_reminders set time=time+60 where user='ann@north.test';
		delete from au_adav_reminders where user='bob@default.example';
		insert into au_adav_calendarchanges (uri, synctoken, calendarid, operation) values ('e1.ics', 1, 1, 2);
		insert into au_adav_reminders (user, calendaruri, eventid, time, starttime) values ('ann@north.test', 'cal-1', 'e3', 1, 1)"
	same
}

# each TABLE WHERE LINE [SET...]: each change of such rows is that difference alone, and then gone.
each() {
	local table=$1 where=$2 line=$3 set
	shift 3
	for set; do
		sql "create table keep select * from $table; update $table set $set where $where"
		echo "$table set $set"
		differs "$line"
		sql "delete from $table; insert into $table select * from keep; drop table keep"
	done
	same
}

@test "D05: verify names calendars and shares that became somebody else's, or are shown otherwise" {
	need_long
	local other="principaluri='principals/other@north.test'"
	each $instances "uri='share-11'" "ann@north.test CALENDAR_SHARE: as many as were loaded, but not the same" \
		"$other" uri="'x'" "share_href='principals/other@north.test'" "share_displayname='x'" \
		share_invitestatus=3 transparent=0 calendarorder=7 description=null "timezone='x'" public=1
	each $instances "uri='cal-1'" "ann@north.test CALENDAR: as many as were loaded, but not the same" \
		"$other" public=1 calendarorder=7 transparent=1 uri="'x'" "share_href='x'" share_invitestatus=1
	each $instances "uri='cal-2'" "ann@north.test CALENDAR: as many as were loaded, but not the same" public=0
	each $instances "uri='cal-3'" "room@north.test CALENDAR: as many as were loaded, but not the same" \
		"$other" "principaluri='principals/Room@north.test'"
	each au_adav_calendars "id=1" "ann@north.test CALENDAR: as many as were loaded, but not the same" \
		"components='VEVENT'"
	sql "update $instances set $other where uri='cal-2'"
	changed ann@north.test "CALENDAR: changed in P8"
	sql "update $instances set $other where uri='share-11'"
	changed ann@north.test "CALENDAR_SHARE: changed in P8"
}

@test "D05: verify names events of which P8 says other times, type, UID or etag" {
	each $objects "uri='e1.ics'" "ann@north.test CALENDAR_OBJECT: as many as were loaded, but not the same" \
		firstoccurence=firstoccurence-1 lastoccurence=lastoccurence-1 lastoccurence=null \
		"componenttype='VTODO'" "uid='x'" uid=null "etag='x'" lastmodified=lastmodified+1 size=size+1 \
		"uri='x.ics'"
	sql "update $objects set lastoccurence=1 where uri='e1.ics'"
	changed ann@north.test "CALENDAR_OBJECT: changed in P8"
}

@test "D05: verify names a share that was added in P8, as an undo does" {
	sql "insert into $instances (calendarid, principaluri, access, displayname, uri, share_href) values
		(2, 'principals/bob@default.example', 2, 'Zuhause', 'theirs', 'principals/bob@default.example')"
	differs "ann@north.test CALENDAR_SHARE: 1 share added in P8"
	changed ann@north.test "CALENDAR_SHARE: 1 added in P8"
	[ "$(grep -c '^! ' <<<"$output")" = 1 ]
}

@test "D05, A17: a share that was removed, or changed by either side, is a difference and a change" {
	local a
	for a in "access=2" "displayname='Ours'" "calendarcolor='#ffffff'"; do
		sql "create table keep select * from $instances"
		differs "ann@north.test CALENDAR_SHARE: as many as were loaded, but not the same" \
			"update $instances set $a where principaluri='principals/bob@default.example'"
		changed ann@north.test "CALENDAR_SHARE: changed in P8"
		changed bob@default.example "CALENDAR_SHARE: 1 changed in P8"
		sql "delete from $instances; insert into $instances select * from keep; drop table keep"
	done
	same
	differs "ann@north.test CALENDAR_SHARE: loaded 4, found 3" \
		"delete from $instances where principaluri='principals/bob@default.example'"
	changed ann@north.test "CALENDAR_SHARE: 1 removed in P8"
	changed bob@default.example "CALENDAR_SHARE: 1 removed in P8"
	# of another one nothing is said
	exits 0 load --undo --dry-run Cléo@north.test
	[[ $output == *"would be undone"* && $output != *"!"* ]]
}

@test "D05: a share that was removed in P8 is not made again by a redo, the others are" {
	sql "delete from $instances where principaluri='principals/bob@default.example'"
	load --undo --force ann@north.test >/dev/null
	[ "$(shares bob@default.example)" = revoked ]
	[ "$(sql "select count(*) from au_p7m_shares where user_id=1")" = 1 ]
	run load -q "$D/calendars.ndjson"
	[ "$(shares bob@default.example)" = revoked ]
	[ "$(shares Cléo@north.test)" = made ]
	[ "$(sql "select count(*) from $instances where principaluri='principals/bob@default.example'")" = 0 ]
	[ "$(sql "select access from $instances where principaluri='principals/Cléo@north.test'")" = 2 ]
	same
	# so when the sharee comes again
	sql "delete from $instances where principaluri='principals/Cléo@north.test'"
	load --undo --force Cléo@north.test >/dev/null
	[ "$(shares Cléo@north.test)" = revoked ]
	run load -q "$D/calendars.ndjson"
	[ "$(shares Cléo@north.test)" = revoked ]
	[ "$(sql "select count(*) from $instances where principaluri='principals/Cléo@north.test'")" = 0 ]
}

@test "a share waits for a sharee who was undone, and comes with them" {
	load --undo bob@default.example -q
	[ "$(shares bob@default.example)" = waiting ]
	[ "$(sql "select count(*) from $instances where principaluri='principals/bob@default.example'")" = 0 ]
	[ "$(sql "select count(*) from au_adav_reminders where user='bob@default.example'")" = 0 ]
	exits 0 load --verify
	run load -q "$D/calendars.ndjson"
	[ "$(shares bob@default.example)" = made ]
	[ "$(sql "select calendarcolor from $instances where principaluri='principals/bob@default.example'")" = "#00bb00" ]
	same
}

@test "a share that waits though its sharee is there is named, and the next run makes it" {
	sql "delete from $instances where principaluri='principals/bob@default.example';
		update au_p7m_shares set state='waiting', instance=null where sharee='bob@default.example'"
	differs "ann@north.test CALENDAR_SHARE: 1 waiting share, though who it is for is in P8"
	exits 0 load --undo --dry-run ann@north.test
	run load -q "$D/calendars.ndjson"
	same
}

@test "A14: --undo --all takes everything that came, also calendars of principals who are no users" {
	local t
	exits 0 load --undo --all --yes
	[[ $output == *"principals/room@north.test: undone"* ]]
	[[ $output == *"3 users undone, 0 not"*"calendars of 1 principal without user undone"* ]]
	for t in calendars calendarinstances calendarobjects calendarchanges reminders cards addressbooks; do
		[ "$(sql "select count(*) from au_adav_$t")" = 0 ]
	done
	for t in users own kinds calendars shares rejects; do
		[ "$(sql "select count(*) from au_p7m_$t")" = 0 ]
	done
	content >"$D/first"
	run load -q "$D/calendars.ndjson"
	same
	exits 0 load --undo principals/room@north.test
	[[ $output == *"0 users undone, 0 not"* ]]
	[ "$(sql "select count(*) from $instances where principaluri like '%room%'")" = 0 ]
	[ "$(sql "select count(*) from $objects where uri='e5.ics'")" = 0 ]
	[ "$(sql "select count(*) from au_p7m_users")" = 3 ]
}

@test "principals who are no users are in no list and no count of users" {
	local l
	for l in migrated loaded left-out not-migrated renamed; do
		load --list $l >"$D/list"
		! grep room "$D/list"
	done
	[ "$(load --list migrated | wc -l)" = 3 ]
}

@test "A15: what was added in P8 is named; what hangs on nothing goes" {
	sql "insert into $objects (calendarid, uri, etag, size, calendardata) values (1, 'new.ics', 'x', 1, 'x');
		insert into au_adav_calendars (synctoken, components) values (1, 'VEVENT');
		insert into $instances (calendarid, principaluri, access, displayname, uri) values
			(4, 'principals/ann@north.test', 1, 'New', 'new');
		insert into $objects (calendarid, uri, etag, size, calendardata) values (4, 'a.ics', 'x', 1, 'x');
		insert into $instances (calendarid, principaluri, access, displayname, uri, share_href) values
			(2, 'principals/bob@default.example', 2, 'Zuhause', 'their-share', 'principals/bob@default.example');
		insert into au_adav_reminders (user, calendaruri, eventid, time, starttime) values
			('ann@north.test', 'cal-1', 'new', 1, 1), ('ann@north.test', 'new', 'a', 1, 1)"
	changed ann@north.test "CALENDAR_OBJECT: 1 added in P8"
	[[ $output == *"! ann@north.test CALENDAR: 1 added in P8"* ]]
	[[ $output == *"! ann@north.test CALENDAR_SHARE: 1 added in P8"* ]]
	changed bob@default.example "CALENDAR_SHARE: 1 added in P8"
	load --undo --force ann@north.test >/dev/null
	# the calendar that P8's user made stays, and its reminder
	[ "$(sql "select group_concat(uri order by uri) from $objects")" = "a.ics,e5.ics" ]
	[ "$(sql "select group_concat(eventid order by id) from au_adav_reminders")" = "e1,a" ]
	[ "$(sql "select group_concat(uri order by uri) from $instances")" = "cal-3,new" ]
	no_orphans
}

@test "verify FILE: calendars, shares and objects of the stream are in P8, one by one" {
	exits 0 load --verify "$D/calendars.ndjson"
	[[ $output == "verified: P8 holds what the stream says of 3 users, "*", 3 calendars, 5 calendar objects, 5 shares" ]]
	sql "update $objects set calendardata=replace(calendardata, 'SUMMARY:one', 'SUMMARX:one') where uri='e1.ics';
		delete from $objects where uri='e2.ics';
		update $instances set displayname='Other', calendarorder=9 where uri='cal-1';
		update $instances set public=0 where uri='cal-2';
		delete from $instances where uri='share-12';
		update $instances set access=2 where uri='share-11';
		insert into $objects (calendarid, uri, etag, size, calendardata) values (3, 'new.ics', 'x', 1, 'x');
		update au_adav_calendars set synctoken=synctoken+3;
		delete from au_adav_reminders where eventid='e1'"
	exits 1 load --verify "$D/calendars.ndjson"
	[ "$(grep -c '^!' <<<"$output")" = 8 ]
	[[ $output == *"! ann@north.test CALENDAR_OBJECT e1.ics: other in P8 than in the stream"* ]]
	[[ $output == *"! ann@north.test CALENDAR_OBJECT e2.ics: not in P8"* ]]
	[[ $output == *"! ann@north.test CALENDAR cal-1: its name is \"Other\" in P8, \"Büro\" in the stream"* ]]
	[[ $output == *"! ann@north.test CALENDAR cal-1: its order is another one in P8"* ]]
	[[ $output == *"! ann@north.test CALENDAR cal-2: it is public in the stream, not in P8"* ]]
	[[ $output == *"! ann@north.test CALENDAR_SHARE principals/Cléo@north.test: not in P8"* ]]
	[[ $output == *"! ann@north.test CALENDAR_SHARE principals/bob@default.example: in P8 the sharee can only read it"* ]]
	[[ $output == *"room@north.test CALENDAR_OBJECT cal-3: 2 objects in this calendar in P8, 1 in the stream"* ]]
	[[ $output == *"8 differences between P8 and the stream"* ]]
	# what is of an earlier schema cannot be compared
	jq -c 'if .kind == "CALENDAR_OBJECT" then del(.uid) else . end' "$D/calendars.ndjson" >"$D/old.ndjson"
	chmod 600 "$D/old.ndjson"
	exits 65 load --verify "$D/old.ndjson"
	[[ $output == *"dav-schema-upgrade records"* ]]
	exits 65 load --changed "$D/old.ndjson"
	# the owner has nothing of it
	load --undo --all --yes --force -q >/dev/null
	exits 1 load --verify "$D/calendars.ndjson"
	[[ $output == *"CALENDAR principals/room@north.test: not loaded"* ]]
	load -q "$D/calendars.ndjson" || :
	jq -c 'if .kind == "CALENDAR_OBJECT" and .id == 1 then .uri = "e9.ics" else . end' \
		"$D/calendars.ndjson" | sed 's/c002/c012/g' >"$D/old.ndjson"
	exits 1 load --verify "$D/old.ndjson"
	[[ $output == *"! ann@north.test CALENDAR_OBJECT e9.ics: not in P8"* ]]
	[[ $output == *"! ann@north.test CALENDAR cal-2: not in P8"*"! ann@north.test CALENDAR_OBJECT e4.ics: not in P8"* ]]
}

# file TABLE WHERE LINE SET...: each change is that difference between P8 and the stream, alone.
file() {
	local table=$1 where=$2 line=$3 set
	shift 3
	for set; do
		sql "create table keep select * from $table; update $table set $set where $where"
		echo "$table set $set"
		exits 1 load --verify "$D/calendars.ndjson"
		[[ $output == *"! ann@north.test $line"* && $output == *"1 difference between P8"* ]]
		sql "delete from $table; insert into $table select * from keep; drop table keep"
	done
}

@test "verify FILE: whose a calendar is, how it and its shares look, and what P8 says of an event" {
	need_long
	file $instances "uri='cal-1'" "CALENDAR cal-1: in P8 it is not its owner's any more" \
		principaluri=null "principaluri='principals/other@north.test'"
	file $instances "uri='cal-1'" "CALENDAR cal-1: its URI is x in P8" "uri='x'"
	file $instances "uri='cal-1'" "CALENDAR cal-1: its time zone is another one in P8" "timezone='x'"
	file $instances "uri='cal-1'" "CALENDAR cal-1: its color is another one in P8" calendarcolor=null
	file $instances "uri='cal-1'" "CALENDAR cal-1: its description is another one in P8" "description='x'"
	file $instances "uri='cal-1'" "CALENDAR cal-1: P8 has other times of it as busy" transparent=1
	file au_adav_calendars "id=1" "CALENDAR cal-1: its components are others in P8" "components='VEVENT'"
	file au_adav_calendars "id=1" "CALENDAR cal-1: P8 cannot open it: its row of adav_calendars is missing" id=99
	file $instances "uri='share-11'" "CALENDAR_SHARE principals/bob@default.example: its color is another one in P8" \
		"calendarcolor='#123456'"
	file $instances "uri='share-11'" "CALENDAR_SHARE principals/bob@default.example: it is not as it was made in P8" \
		"displayname='x'" "principaluri='principals/other@north.test'" transparent=0
	file $objects "uri='e1.ics'" "CALENDAR_OBJECT e1.ics: other in P8 than in the stream" \
		size=size+1 lastoccurence=null "etag='x'" lastmodified=lastmodified+1
	exits 0 load --verify "$D/calendars.ndjson"
}

@test "verify FILE: an event that the load rejected is a difference, and the rest is compared" {
	load --undo --all --yes -q >/dev/null
	jq -c 'if .kind == "CALENDAR_OBJECT" and .id == 1 then .calendardata = 7
		elif .kind == "CALENDAR_OBJECT" and .id == 2 then del(.calendardata) else . end' \
		"$D/calendars.ndjson" >"$D/bad.ndjson"
	chmod 600 "$D/bad.ndjson"
	exits 1 load -q --rejects "$D/bad-rejects" --edited "$D/bad.ndjson"
	exits 1 load --verify --edited "$D/bad.ndjson"
	[ "$(grep -c '^!' <<<"$output")" = 2 ]
	[[ $output == *'! ann@north.test CALENDAR_OBJECT e1.ics: not loaded, because its "calendardata" is not a text'* ]]
	[[ $output == *'! ann@north.test CALENDAR_OBJECT e2.ics: not loaded, because its "calendardata" is not a text'* ]]
}

@test "verify FILE: calendars that were left out are not compared, and said" {
	load --undo --all --yes -q >/dev/null
	jq -c '.selection.without = ["calendars"]' "$D/small.ndjson" >"$D/without.ndjson"
	chmod 600 "$D/without.ndjson"
	load -q "$D/without.ndjson"
	grep -v 'PRINCIPAL_\|c003' "$D/calendars.ndjson" >"$D/other.ndjson"
	chmod 600 "$D/other.ndjson"
	exits 0 load --verify "$D/other.ndjson"
	[[ $output == *"not compared: calendars of 2 users, which were left out"* ]]
	[[ $output == *"verified: "* && $output != *"calendar objects"* ]]
}

@test "verify FILE: a calendar's name is compared as the loader writes it" {
	local name data
	load --undo --all --yes --force -q >/dev/null
	for name in $'B\xfcro' 'Büro 😀' "$(printf 'ü%.0s' {1..120})"; do
		data=$(base64 -w 0 <<<"$name")
		jq -c --arg data "$data" 'if .kind == "CALENDAR_INSTANCE" and .uri == "cal-1" then
			.displayname = {base64: $data} else . end' "$D/calendars.ndjson" >"$D/name.ndjson"
		chmod 600 "$D/name.ndjson"
		run load -q --dav-text utf8 "$D/name.ndjson"
		[ "$status" = 1 ]	# dora is not in P8
		exits 0 load --dav-text utf8 --verify "$D/name.ndjson"
		load --undo --all --yes --force -q >/dev/null
	done
}

# given: the first calendar and reminder of ann are now what P8 has given to dave, as after a restart
# of a server that gives out numbers again.
given() {
	sql "update $instances set principaluri='principals/dave@north.test', uri='new' where
			principaluri='principals/ann@north.test' and uri='cal-1';
		delete from $instances where calendarid=1 and access>1;
		insert into au_adav_calendarchanges (uri, synctoken, calendarid, operation) values ('x', 1, 1, 1);
		update au_adav_reminders set user='dave@north.test' where user='ann@north.test' and eventid='e1'"
}

@test "an id of p7m_own that is now somebody else's calendar or reminder stays" {
	given
	load --undo --force ann@north.test >/dev/null
	[ "$(sql "select group_concat(id) from au_adav_calendars where id in (1, 2)")" = 1 ]
	[ "$(sql "select principaluri, uri from $instances where calendarid in (1, 2)")" = \
		$'principals/dave@north.test\tnew' ]
	[ "$(sql "select count(*) from $objects where calendarid=1")" = 3 ]
	[ "$(sql "select count(*) from $objects where calendarid=2")" = 0 ]
	[ "$(sql "select count(*) from au_adav_calendarchanges where calendarid=1")" = 1 ]
	[ "$(sql "select user, eventid from au_adav_reminders where user not like 'bob%'")" = \
		$'dave@north.test\te1' ]
	[ "$(sql "select count(*) from au_p7m_own where user_id=1")" = 0 ]
}

@test "an id of p7m_own that is now another user's entity, address book or card stays" {
	local bob contact kept
	bob=$(sql "select entity from au_p7m_users where email='bob@default.example'")
	contact=$(sql "select max(e.id) from au_eav_entities e join au_eav_attributes_int a on
		a.id_entity=e.id and a.name='IdUser' join au_p7m_users u on u.entity=a.value and
		u.email='ann@north.test' where e.entity_type like '%Contacts_Classes_Contact'")
	sql "update au_eav_attributes_int set value=$bob where id_entity=$contact and name='IdUser';
		update au_adav_addressbooks set principaluri='principals/bob@default.example', uri='new'
			where id=(select min(addressbookid) from au_adav_cards);
		insert into au_adav_addressbookchanges (uri, synctoken, addressbookid, operation)
			select 'x', 1, id, 1 from au_adav_addressbooks where uri='new'"
	kept=$(sql "select count(*) from au_adav_cards c join au_adav_addressbooks b on
		b.id=c.addressbookid where b.uri='new'")
	[ "$kept" -gt 0 ]
	load --undo --force ann@north.test >/dev/null
	[ "$(sql "select count(*) from au_eav_entities where id=$contact")" = 1 ]
	[ "$(sql "select count(*) from au_eav_attributes_string where id_entity=$contact")" -gt 0 ]
	[ "$(sql "select count(*) from au_adav_cards c join au_adav_addressbooks b on
		b.id=c.addressbookid where b.uri='new'")" = "$kept" ]
	[ "$(sql "select count(*) from au_adav_addressbookchanges where uri='x'")" = 1 ]
	# all else of hers is gone
	[ "$(sql "select count(*) from au_adav_addressbooks where principaluri like '%ann@%'")" = 0 ]
	[ "$(sql "select count(*) from au_eav_attributes_string where value='ann@north.test'
		and name='PublicId'")" = 0 ]
	[ "$(sql "select count(*) from au_p7m_own where user_id=1")" = 0 ]
}

@test "a letter of p7m_own that is not known deletes nothing" {
	local before
	before=$(sql "select count(*) from au_adav_addressbooks")
	sql "insert into au_p7m_own values (1, 'z', 1, 100, 1, 'LATER')"
	exits 70 load --undo --force ann@north.test
	[[ $output == *'unknown letter "z"'* ]]
	[ "$(sql "select count(*) from au_adav_addressbooks")" = "$before" ]
	[ "$(sql "select count(*) from au_adav_calendars where id=1")" = 1 ]
}

@test "calendars that are somebody else's in P8 now stay at an undo, and it says so" {
	sql "update $instances set principaluri='principals/renamed@north.test' where
		principaluri='principals/ann@north.test' and access=1"
	changed ann@north.test "CALENDAR: changed in P8"
	exits 0 load --undo --force ann@north.test
	[[ $output == *"ann@north.test: in P8 they belong to somebody else now, and stay: 2 calendars"* ]]
	[ "$(sql "select count(*) from $instances where principaluri='principals/renamed@north.test'")" = 2 ]
	exits 0 load --undo bob@default.example
	[[ $output != *"somebody else"* ]]
}

# moved: the calendar of room in bob's block, as when P7 has changed its owner.
moved() {
	grep 'c003' "$D/calendars.ndjson" | grep -v _BEGIN >"$D/room"
	awk -v room="$D/room" '/"kind":"PRINCIPAL_BEGIN"/ { out = 1 }
		/"kind":"USER_BEGIN"/ { bob = /bob@default.example/ }
		/"kind":"USER_END"/ && bob { while ((getline line <room) > 0) print line }
		!out { print }
		/"kind":"PRINCIPAL_END"/ { out = 0 }' "$D/calendars.ndjson" |
		sed 's#principals/room@north.test#principals/bob@default.example#'
}

@test "a calendar that has another owner in P7 now is named with the one whom P8 has it of" {
	moved >"$D/moved.ndjson"
	chmod 600 "$D/moved.ndjson"
	[ "$(grep -c . "$D/room")" -ge 3 ]
	load --undo bob@default.example -q
	run load --edited --rejects "$D/others" "$D/moved.ndjson"
	[ "$status" = 1 ]
	[ "$(jq -r 'select(.code == "calendar-of-another") | .user, .reason' "$D/others" | xargs)" = \
		"bob@default.example P8 has this calendar as one of principals/room@north.test, its owner in P7 when it was loaded" ]
	jq -r 'select(.code == "calendar-of-another").remedy' "$D/others" |
		grep -q "undo .*principals/room@north.test"
	exits 1 load --edited --verify "$D/moved.ndjson"
	[ "$(grep '^!' <<<"$output")" = "! bob@default.example CALENDAR cal-3: in P8 it is not its owner's any more" ]
	# the calendar of one whose own it still is comes without a word
	load --undo bob@default.example -q
	run load -q --rejects "$D/rejects2" "$D/calendars.ndjson"
	run ! grep calendar-of-another "$D/rejects2"
	same
}
