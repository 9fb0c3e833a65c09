# Calendars from P7 to P8: odd names and data, principals, shares, staged tables, text encodings.
# also on MySQL with --long
# not sanitized but for --long: the servers take the time

load ../site

# p7_object ID LINES FIRST LAST: an event of the calendar left, with its true etag and size.
p7_object() {
	local data
	data="BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\n$2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	db p7 -e "insert into wm_adav_calendarobjects (id, calendarid, uri, calendardata, etag, size,
		componenttype, firstoccurence, lastoccurence) values ($1, 33, '$1.ics', '$data',
		'$(printf "$data" | md5sum | cut -d ' ' -f 1)', $(printf "$data" | wc -c), 'VEVENT', $3, $4)"
}

setup_file() {
	server_start "$S/server" --character-set-server=latin1
	make_sample_p7 "$S/p7" p7
	db p7 <<-'SQL'
	insert into wm_adav_principals (id, uri, email) values (20, 'principals/gone@left.test',
		'gone@left.test');
	insert into wm_adav_calendars (id, principaluri, displayname, uri, timezone, components) values
		(30, 'principals/CAMILLE.DUBOIS@linden.example', 'Loud', 'odd', 'BEGIN:VCALENDAR', null),
		(31, 'principals/camille.dubois@linden.example', 'Same', 'odd', null, 'VEVENT'),
		(32, 'principals/camille.dubois@linden.example', null, '', null, 'VEVENT'),
		(34, 'principals/camille.dubois@linden.example', 'Long', repeat('é', 150), null, 'VEVENT'),
		(33, 'principals/gone@left.test', 'Left', 'left', null, 'VEVENT'),
		(36, concat('principals/', repeat('x', 80), '@left.test'), 'Far', 'far', null, 'VEVENT');
	set @e = 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
	insert into wm_adav_calendarobjects (id, calendarid, uri, calendardata, etag, size, componenttype,
		lastmodified, firstoccurence, lastoccurence) values
		(300, 30, 'same.ics', @e, '', 0, '', 5, null, null),
		(301, 30, 'same.ics', @e, '', 0, '', -5, null, null),
		(302, 30, '', @e, '', 0, '', null, null, null),
		(303, 30, concat(repeat('u', 250), 'é.ics'), @e, '', 0, '', 5, null, null),
		(304, 30, 'broken.ics', 'no calendar', 'wrong', 3, 'VEVENT', 5, null, null),
		(305, 30, 'null.ics', null, '', 0, '', 5, null, null),
		(306, 30, 'SAME.ics', @e, '', 0, '', 5, null, null),
		(330, 33, 'left.ics', @e, '', 0, '', 5, null, null);
	insert into wm_adav_calendarshares (id, calendarid, member, readonly) values
		(90, 30, 1, 1), (91, 30, 1, 0), (92, 30, 1, 1), (93, 30, 2, 1), (94, 30, 20, 1),
		(95, 30, 9999, 1), (96, 33, 1, 1), (97, 33, 20, 1);
	insert into wm_adav_reminders (user, calendaruri, eventid, time, starttime) values
		('Camille.Dubois@linden.example', 'odd', 'same', 7, 8), ('gone@left.test', 'left', 'left', 9, 10),
		('info@left.test', 'a', 'b', 1, 2), ('info@left.test', 'a', 'c', 3, 4),
		('camille.dubois@linden.example', repeat('é', 150), 'x', 7, 11),
		('camille.dubois@linden.example', 'odd', concat(repeat('u', 250), 'é'), 7, 12);
	SQL
	# As P7 stored them: the bytes are right, the times are those of the first component.
	p7_object 340 'DTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\nRDATE:20200302T100000Z' \
		1577959200 1577962800
	p7_object 341 'RECURRENCE-ID:20200302T100000Z\r\nDTSTART:20200302T100000Z\r\nDTEND:20200302T110000Z\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:x\r\nRECURRENCE-ID:20200102T100000Z\r\nDTSTART:20200102T100000Z' \
		1583143200 1583146800
	p7_object 342 'DTSTART:20200102T100000Z\r\nDTEND:20200101T100000Z' 1577959200 1577872800
	p7_object 343 'DTSTART:20200102T100000Z\r\nRRULE:FREQ=DAILY' 1577959200 2145916800
	p7_object 344 'DTSTART:20200102T100000Z' 1577959200 1577959200
	db p7 -e "update wm_adav_calendarobjects set componenttype = 'VTODO' where id = 344"
	make_blank_p8 "$S/p8" p8
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/state" --quiet \
		--dav-text utf8 >"$S/out" 2>&1 || echo $? >"$S/status"
}

C=camille.dubois@linden.example

objects() {
	dbq p8 "select $1 from au_adav_calendarobjects o join au_adav_calendarinstances i using
		(calendarid) where i.principaluri='principals/$C' and i.access=1 and i.uri='odd'
		order by o.id"
}

notes() {
	dbq p8 "select count(*) from au_p7m_rejects where code='$1'"
}

@test "what was rejected is the exit status" {
	cat "$S/out"
	[ "$(cat "$S/status")" = 1 ]
}

@test "D30: the principal is written as P8 spells the user" {
	[ "$(dbq p8 "select count(*) from au_adav_calendarinstances
		where principaluri='principals/$C' and access=1")" = 4 ]
	[ "$(dbq p8 "select count(*) from au_adav_calendarinstances
		where principaluri like '%CAMILLE%'")" = 0 ]
}

@test "D31: a calendar URI that is taken or empty gets a new one" {
	run dbq p8 "select uri from au_adav_calendarinstances where principaluri='principals/$C'
		and access=1 order by calendarid"
	[ "${lines[0]}" = odd ]
	[ "${lines[1]}" = odd-2 ]
	[[ "${lines[2]}" =~ ^[0-9a-f]{8}-[0-9a-f]{4}-5 ]]
	[[ "${lines[3]}" == ééé*-"$(printf 'é%.0s' {1..150} | md5sum | cut -c1-8)" ]]
	[ "${#lines[3]}" -le 255 ]
	[ "$(notes uri-changed)" = 6 ]
}

@test "an object without content, NULL or empty, is named with its calendar; P8 keeps the row" {
	local how
	for how in null '""'; do
		p7-extract --p7 "$S/p7" | sed "s/\"calendardata\":null/\"calendardata\":$how/" |
			p7-transform --edited --target "$S/state/target.json" | dav-schema-upgrade records >"$D/out"
		[ "$(jq -r 'select(.id == 305 and .kind == "WARN") | [.code, .user, .reason] | @tsv' \
			"$D/out" | head -n 1)" = "calendar-object-empty	$C	it has no content (object null.ics of calendar 30)" ]
		[ "$(jq -r 'select(.code == "calendar-object-empty") | .id' "$D/out")" = 305 ]
		[ "$(jq -c 'select(.id == 305 and .kind == "CALENDAR_OBJECT") | .calendardata' "$D/out")" = "$how" ]
	done
	# what was computed of no bytes is named, too; of NULL nothing is
	[ "$(jq -r 'select(.id == 305 and .kind == "CALENDAR_OBJECT") | .etag' "$D/out")" = d41d8cd98f00b204e9800998ecf8427e ]
	[ "$(jq -r 'select(.id == 305 and .code == "calendar-object-recomputed") | .field' "$D/out")" = etag ]
	[ -z "$(jq -r 'select(.id == 305 and .code == "calendar-object-recomputed")' "$S/state/rejects.ndjson")" ]
	grep -q '"code":"calendar-object-empty"' "$S/state/rejects.ndjson"
}

@test "D31: object URIs that are repeated, empty or too long" {
	run objects o.uri
	echo "$output"
	[ "${#lines[@]}" = 7 ]
	[ "${lines[0]}" = same.ics ]
	[ "${lines[1]}" = same-2.ics ]
	[[ "${lines[2]}" =~ ^[0-9a-f-]{36}$ ]]
	[ "${#lines[3]}" -le 255 ]
	[[ "${lines[3]}" =~ ^u{200,}-[0-9a-f]{8}\.ics$ ]]
	[ "${lines[6]}" = SAME.ics ]
}

@test "D32, D33: etag, size, type, times and uid are those of the bytes" {
	run objects "o.etag, o.size, o.componenttype, o.firstoccurence, o.lastoccurence, o.uid, o.lastmodified"
	echo "$output"
	e=$(printf 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n' | md5sum)
	for i in 0 1 2 3 6; do
		[[ "${lines[i]}" == "${e%% *}	115	VEVENT	1577959200	1577962800	x	"* ]]
	done
	[[ "${lines[1]}" == *"	0" ]]
	[[ "${lines[4]}" == "$(printf 'no calendar' | md5sum | cut -d' ' -f1)	11	"* ]]
}

@test "D32: times that hide what P7 did not look at are wrong, though the etag is right" {
	run dbq p8 "select o.uri, o.firstoccurence, o.lastoccurence from au_adav_calendarobjects o
		where o.uri like '34_.ics' order by 1"
	echo "$output"
	[ "${lines[0]}" = "340.ics	1577959200	1583146800" ]
	[ "${lines[1]}" = "341.ics	1577959200	1583146800" ]
	[ "${lines[2]}" = "342.ics	1577959200	1577959200" ]
	[ "${lines[3]}" = "343.ics	1577959200	2145916800" ]
	[ "$(dbq p8 "select componenttype from au_adav_calendarobjects where uri = '344.ics'")" = VEVENT ]
	[ "$(jq -r 'select(.code == "calendar-object-recomputed" and .id >= 340) | "\(.id) \(.field)"' \
		"$S/state/rejects.ndjson" | sort | xargs)" = \
		"340 firstoccurence,lastoccurence 341 firstoccurence,lastoccurence 342 firstoccurence,lastoccurence 344 componenttype" ]
}

@test "D32: each is found in the time range where it is, and in no other" {
	found() {
		dbq p8 "select count(*), min(o.uri), max(o.uri) from au_adav_calendarobjects o
			join au_adav_calendarinstances i using (calendarid) where i.access = 1 and
			i.displayname = '$1' and o.componenttype = 'VEVENT' and o.lastoccurence > $2 and
			o.firstoccurence < $3" | tr '\t' ' '
	}
	# 2020-01-02, the hour of the events, and around it
	[ "$(found Loud 1577959200 1577962800 | cut -d ' ' -f 1)" = 5 ]
	[ "$(found Loud 1577955600 1577959200)" = '0 NULL NULL' ]
	[ "$(found Loud 1577962800 1577966400)" = '0 NULL NULL' ]
	# 2020-03-02
	[ "$(found Left 1583143200 1583146800)" = '3 340.ics 343.ics' ]
	[ "$(found Left 1900000000 1900003600)" = '1 343.ics 343.ics' ]
	[ "$(found Left 1546300800 1577836800)" = '0 NULL NULL' ]
}

@test "D28: time zones stay; components that were NULL are all" {
	[ "$(dbq p8 "select timezone from au_adav_calendarinstances where principaluri='principals/$C'
		and uri='odd'")" = BEGIN:VCALENDAR ]
	[ "$(dbq p8 "select c.components from au_adav_calendars c join au_adav_calendarinstances i on
		i.calendarid=c.id where i.principaluri='principals/$C' and i.uri='odd'")" = VEVENT,VTODO,VJOURNAL ]
}

@test "D27: the strongest share wins, the unknown sharee is reported, the owner is no sharee" {
	run dbq p8 "select access, transparent, share_href, share_invitestatus, displayname from
		au_adav_calendarinstances where calendarid=(select calendarid from
		au_adav_calendarinstances where principaluri='principals/$C' and uri='odd')
		and access<>1"
	echo "$output"
	[ "$output" = "3	1	principals/anna.weber@linden.example	2	Loud" ]
	[ "$(notes sharee-not-in-p8)" = 1 ]
	[ "$(notes sharee-missing)" = 1 ]
	# one of them is no user of P8
	[ "$(notes shared-with-owner)" = 2 ]
}

@test "D27: everybody and public" {
	t=$(dbq p8 "select min(id) from au_eav_entities where entity_type like '%Tenant'")
	[ "$(dbq p8 "select access from au_adav_calendarinstances
		where principaluri='principals/${t}_dav_tenant_user@localhost'")" = 2 ]
	[ "$(dbq p8 "select public from au_adav_calendarinstances where access=1
		and displayname='Team Einkauf'")" = 1 ]
}

@test "D34: what P7 encoded twice is right" {
	[ "$(dbq p8 "select displayname from au_adav_calendarinstances where access=1
		and principaluri='principals/ivan.petrov@mir.test'")" = Работа ]
	dbq p8 "select calendardata from au_adav_calendarobjects where uri='ev-sovet.ics'" | grep -q Совещание
}

@test "D36: a principal without an account comes along, with a warning" {
	[ "$(dbq p8 "select o.uri from au_adav_calendarobjects o join au_adav_calendarinstances i
		using (calendarid) where i.principaluri='principals/gone@left.test' and i.access=1 and o.uri like 'l%'")" = left.ics ]
	[ "$(dbq p8 "select count(*) from au_adav_reminders where user='gone@left.test'")" = 1 ]
	[ "$(notes principal-without-user)" = 1 ]
	# what P8 has no room for is not said to be there
	[ "$(notes principal-too-long)" = 1 ]
	[ "$(dbq p8 "select count(*) from au_adav_calendarinstances where displayname='Far'")" = 0 ]
}

@test "reminders of calendars that nobody has are counted" {
	[ "$(jq -r 'select(.code == "orphan-rows" and .table == "adav_reminders") | .reason' \
		"$S/state/rejects.ndjson")" = 'rows that name users that are not there: 2' ]
	[ "$(dbq p8 "select count(*) from au_adav_reminders where user='info@left.test'")" = 0 ]
}

@test "reminders belong to the user as P8 spells him" {
	[ "$(dbq p8 "select count(*) from au_adav_reminders where binary user='$C' and calendaruri='odd'")" = 2 ]
}

@test "D36: reminders follow the URIs of calendars and objects that were changed" {
	[ "$(dbq p8 "select r.eventid from au_adav_reminders r join au_adav_calendarinstances i
		on i.uri = cast(r.calendaruri as binary) and i.access = 1 and i.principaluri = 'principals/$C'
		where r.starttime = 11 and r.calendaruri like '%é-________'")" = x ]
	[ "$(dbq p8 "select count(*) from au_adav_reminders r join au_adav_calendarobjects o on
		o.uri = cast(concat(r.eventid, '.ics') as binary) where r.starttime = 12 and
		r.eventid like 'uuu%'")" = 1 ]
	# The first of several objects keeps its URI, and its reminders.
	[ "$(dbq p8 "select eventid from au_adav_reminders where starttime = 8")" = same ]
}

@test "the staged tables are gone, P8's are as P8 made them" {
	[ -z "$(dbq p8 "show tables like 'au\\_p7dav%'")" ]
	dbq p8 'show create table au_adav_calendarobjects' | grep -q '`calendardata` mediumblob'
}

@test "a second run moves nothing twice" {
	need_long
	before=$(dbq p8 "select count(*), sum(calendarid) from au_adav_calendarinstances")
	exits 1 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/state" --quiet \
		--dav-text utf8
	[ "$(dbq p8 "select count(*), sum(calendarid) from au_adav_calendarinstances")" = "$before" ]
}

@test "--dav-text server: P8's connection without charset reads the text right" {
	need_long
	make_blank_p8 "$S/p8b" p8b
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8b" --state "$S/stateb" --quiet --dav-text server ||
		[ $? = 1 ]
	q="select displayname from au_adav_calendarinstances where access=1 and
		principaluri='principals/ivan.petrov@mir.test'"
	[ "$(mariadb --no-defaults --socket="$SOCKET" --user=root --default-character-set=latin1 \
		-BN -e "$q" p8b)" = Работа ]
	[ "$(dbq p8b "$q")" != Работа ]
	dbq p8b "select calendardata from au_adav_calendarobjects where uri='ev-sovet.ics'" | grep -q Совещание
}

@test "only the selected users' calendars come" {
	need_long
	make_blank_p8 "$S/p8c" p8c
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8c" --state "$S/statec" --quiet --dav-text utf8 \
		--user ivan.petrov@mir.test
	[ "$(dbq p8c "select distinct principaluri from au_adav_calendarinstances")" = principals/ivan.petrov@mir.test ]
}

@test "what was altered on the way is no difference to --verify, nor to --verify FILE" {
	exits 0 p8-load --p8 "$S/p8" --dav-text utf8 --verify
	p7-extract --p7 "$S/p7" | p7-transform --target "$S/state/target.json" |
		dav-schema-upgrade records >"$D/all.ndjson" || [ "$?" = 1 ]
	chmod 600 "$D/all.ndjson"
	run p8-load --p8 "$S/p8" --dav-text utf8 --verify --edited "$D/all.ndjson"
	# (P8 has no room for this principal)
	[ "$(grep '^! .* CALENDAR' <<<"$output" | grep -vc '^! xxx.* CALENDAR far: not in P8$')" = 0 ]
}
