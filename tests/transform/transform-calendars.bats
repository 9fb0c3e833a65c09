# shellcheck disable=SC2016
# Calendars in p7-transform: URIs, shares, objects, reminders, principals who are no users.

load ../transform

# block LINE...: a stream of Ann's block with these records becomes $D/p8, with $options; her USER_END
# is among them when a principal's block is.
block() {
	{
		printf '%s\n' '{"kind":"HEADER","stream":"p7","version":2,"source":{"id":"6ba7b810-9dad-31d1-80b4-00c04fd430c8"}}' \
			'{"kind":"USER_BEGIN","email":"Ann@one.test","id_user":1}'
		printf '%s\n' "$@"
		[[ "$*" == *PRINCIPAL_BEGIN* ]] || echo '{"kind":"USER_END","email":"Ann@one.test"}'
		echo '{"kind":"END"}'
	} >"$D/p7"
	becomes "${options[@]}" "$D/p7"
}
options=()

calendar() {
	printf '{"kind":"CALENDAR","id":%s,"principaluri":"principals/ann@one.test","uri":"%s"}' "$1" "$2"
}

# object CALENDAR ID URI [MORE]
object() {
	printf '{"kind":"CALENDAR_OBJECT","id":%s,"calendarid":%s,"uri":"%s","calendardata":null%s}' "$2" "$1" "$3" "${4-}"
}

# share ID READONLY URI EMAIL COLOR, the last three as JSON, of calendar 1
share() {
	printf '{"kind":"CALENDAR_SHARE","id":%s,"calendarid":1,"member":7,"status":2,"readonly":%s,"member_uri":%s,"member_email":%s,"color":%s,"summary":null,"displayname":"x","principaluri":"principals/x"%s}' \
		"$1" "$2" "$3" "$4" "${5-null}" "${6-}"
}

reminder() {
	printf '{"kind":"REMINDER","id":%s,"user":"ann@one.test","calendaruri":"%s","eventid":"%s","time":5,"starttime":6,"allday":0}' \
		"$1" "$2" "$3"
}

shared=',"uri_shared":true'

# uris KIND: as they are in P8
uris() {
	jq -r "select(.kind == \"$1\").uri" "$P8" | xargs
}

warned() {
	jq -r 'select(.kind == "WARN" or .kind == "REJECT") | "\(.code) \(.id)"' "$P8" | xargs
}

@test "a calendar: its UUID, its owner as P8 knows them, all its columns" {
	block '{"kind":"CALENDAR","id":1,"principaluri":"principals/ann@one.test","displayname":"BÃ¼ro","uri":"bÃ¼ro","ctag":3,"description":"d","calendarorder":2,"calendarcolor":"#ff0000","timezone":"t","components":"VEVENT","transparent":1,"public":true,"later":"Ã¶"}'
	is 'select(.kind == "CALENDAR")' '{"kind":"CALENDAR","uuid":"67e96738-9d80-53ac-ae14-91fa5e6978e4",
		"id":1,"principaluri":"principals/Ann@one.test","uri":"büro","displayname":"Büro",
		"description":"d","ctag":3,"calendarorder":2,"calendarcolor":"#ff0000","timezone":"t",
		"components":"VEVENT","transparent":1,"public":true,"later":"ö"}'
	is 'select(.kind == "WARN") | [.code, .user, .table, .id, .field]' \
		'["text-repaired","Ann@one.test","adav_calendars",1,"uri,displayname,later"]'
	# version 5 in the name space of the header, computed by another program
	[ "$(python3 -c 'import uuid; print(uuid.uuid5(uuid.UUID("6ba7b810-9dad-31d1-80b4-00c04fd430c8"), "calendar:1"))')" = \
		67e96738-9d80-53ac-ae14-91fa5e6978e4 ]
}

@test "calendars' URIs are unique; the reminders are those of the first one" {
	long=$(printf 'é%.0s' {1..150})
	block "$(calendar 1 odd)" "$(calendar 2 odd)" "$(calendar 3 '')" "$(calendar 4 "$long")" \
		"$(calendar 5 "$long")" "$(reminder 1 odd x)" "$(reminder 2 "$long" x)" "$(reminder 3 '' x)"
	md5=$(printf %s "$long" | md5sum | cut -c1-8)
	jq -r 'select(.kind == "CALENDAR").uri' "$P8" >"$D/got"
	cat "$D/got"
	[ "$(sed -n '1,2p' "$D/got" | xargs)" = "odd odd-2" ]
	[[ $(sed -n 3p "$D/got") =~ ^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}- ]]
	[[ $(sed -n 4p "$D/got") == ééé*"-$md5" ]]
	[[ $(sed -n 5p "$D/got") == ééé*"-$md5-2" ]]
	[ "$(LC_ALL=C awk 'length > 255' "$D/got" | wc -l)" = 0 ]
	[ "$(warned)" = "uri-changed 2 uri-changed 3 uri-changed 4 uri-changed 5" ]
	is 'select(.kind == "WARN" and .id == 2) | [.table, .field, .reason, .done]' \
		'["adav_calendars","uri","the URI is empty, too long or taken","in P8 it is odd-2"]'
	[ "$(jq -r 'select(.kind == "REMINDER").calendaruri' "$P8" | xargs)" = \
		"odd $(sed -n 4p "$D/got") $(sed -n 3p "$D/got")" ]
}

@test "objects' URIs are unique in their calendar" {
	long=$(printf 'u%.0s' {1..260})
	block "$(calendar 1 a)" "$(object 1 1 same.ics "$shared")" "$(object 1 2 same.ics "$shared")" \
		"$(object 1 3 SAME.ics)" "$(object 1 4 '' "$shared")" "$(object 1 5 "$long.ics")" \
		"$(object 1 6 same.ics "$shared")" "$(calendar 2 b)" "$(object 2 7 same.ics)" "$(object 2 8 bÃ¼.ics)" \
		"$(object 2 9 bü.ics)" "$(reminder 1 a same)" "$(reminder 2 a "$long")" "$(reminder 3 b same)"
	jq -r 'select(.kind == "CALENDAR_OBJECT").uri' "$P8" >"$D/got"
	cat "$D/got"
	[ "$(sed '4,5d' "$D/got" | xargs)" = "same.ics same-2.ics SAME.ics same-3.ics same.ics bü.ics bü-2.ics" ]
	[[ $(sed -n 4p "$D/got") =~ ^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f-]*$ ]]
	[[ $(sed -n 5p "$D/got") =~ ^u{200,}-[0-9a-f]{8}.ics$ ]]
	[ "$(jq -r 'select(.code == "uri-changed").id' "$P8" | xargs)" = "2 4 5 6 9" ]
	is 'select(.code == "uri-changed" and .id == 2) | [.table, .user, .reason, .done]' \
		'["adav_calendarobjects","Ann@one.test","the URI is empty, too long, or another object of the calendar has it","in P8 it is same-2.ics"]'
	[ "$(jq -r 'select(.kind == "REMINDER").eventid' "$P8" | xargs)" = \
		"same $(sed -n 5p "$D/got" | sed 's/.ics$//') same" ]
}

@test "a URI that is made is that of a later one: this gets another name, and its reminders follow" {
	block "$(calendar 1 a)" "$(object 1 1 same.ics "$shared")" "$(object 1 2 same.ics "$shared")" \
		"$(object 1 3 same-2.ics)" "$(reminder 1 a same-2)" "$(reminder 2 a same)"
	[ "$(uris CALENDAR_OBJECT)" = "same.ics same-2.ics same-2-2.ics" ]
	[ "$(jq -r 'select(.kind == "REMINDER").eventid' "$P8" | xargs)" = "same-2-2 same" ]
	# Very many of one name do not try each other's numbers.
	block "$(calendar 1 a)" "$(seq 20000 |
		sed 's/.*/{"kind":"CALENDAR_OBJECT","id":&,"calendarid":1,"uri":"same.ics","calendardata":null,"uri_shared":true}/')"
	[ "$(jq -r 'select(.kind == "CALENDAR_OBJECT").uri' "$P8" | sort -u | wc -l)" = 20000 ]
	[ "$(jq -r 'select(.kind == "CALENDAR_OBJECT").uri' "$P8" | sed -n '1p;2p;9p' | xargs)" = \
		"same.ics same-2.ics same-9.ics" ]
	cp "$P8" "$D/first"
	becomes "$D/p7"
	cmp "$D/first" "$P8"
}

@test "shares: one for each sharee, who may write when one of them says so" {
	block "$(calendar 1 a)" "$(share 9 1 '"principals/ben@one.test"' '"Ben@one.test"')" \
		"$(share 8 1 '"principals/0_dav_tenant_user@localhost"' null '"#00ff00"')" \
		"$(share 7 0 '"principals/BEN@one.test"' '"Ben@one.test"' '"#0000ff"')" \
		"$(share 6 1 '"principals/gÃ¼n@one.test"' null)" \
		"$(share 5 0 '"principals/ann@one.test"' '"Ann@one.test"')" \
		"$(share 4 0 null null null ',"table":"adav_delegates"')" \
		"$(share 3 1 '"principals/ben@one.test"' '"Ben@one.test"')" "$(object 1 1 x.ics)"
	u=$(jq -r 'select(.kind == "CALENDAR").uuid' "$P8")
	is 'select(.kind == "CALENDAR_SHARE" and .id == 3)' '{"kind":"CALENDAR_SHARE","id":3,"calendar":"'"$u"'",
		"principaluri":"principals/Ben@one.test","readonly":0,"color":"#0000ff"}'
	is '[inputs | select(.kind == "CALENDAR_SHARE") | [.id, .principaluri, .readonly, .color]]' \
		'[[3,"principals/Ben@one.test",0,"#0000ff"],[6,"principals/gün@one.test",1,null],[8,"@everyone",1,"#00ff00"]]'
	# behind the calendar, before what follows
	[ "$(jq -r '.kind | select(startswith("CAL"))' "$P8" | uniq | xargs)" = "CALENDAR CALENDAR_SHARE CALENDAR_OBJECT" ]
	is '[inputs | select(.kind == "WARN" and .id != 1) | [.code, .table, .id, .reason, .done]]' \
		'[["text-repaired","adav_calendarshares",6,"P7 stored the text double-encoded","the true text was taken"],
		["shared-with-owner","adav_calendarshares",5,"the calendar is shared with its own owner","the share was left out"],
		["sharee-missing","adav_delegates",4,"the share names a principal that P7 has no row for: its user was deleted","left out"]]'
}

@test "shares: the new names of owner and sharee; a report between them" {
	printf 'Ann@one.test\tanna@neu.test\nBen@one.test\tAnn@one.test\nout@far.test\tin@far.test\n' >"$D/map"
	options=(--rename "$D/map")
	block "$(calendar 1 a)" "$(share 1 1 '"principals/ben@one.test"' '"ben@one.test"')" \
		'{"kind":"WARN","stage":"p7-extract","code":"x","user":"ann@one.test"}' \
		"$(share 2 0 '"principals/ben@one.test"' '"ben@one.test"')" "$(share 3 0 '"principals/OUT@far.test"' null)" \
		"$(share 4 0 '"principals/anna@neu.test"' null)" "$(reminder 1 a x)"
	is '[inputs | select(.kind == "CALENDAR_SHARE") | [.id, .principaluri, .readonly]]' \
		'[[1,"principals/Ann@one.test",0],[3,"principals/in@far.test",0]]'
	is '[inputs | select(.kind == "WARN") | [.code, .user]]' '[["x","anna@neu.test"],["shared-with-owner","anna@neu.test"]]'
	is '[inputs | select(.kind == "CALENDAR" or .kind == "REMINDER") | .principaluri // .user]' \
		'["principals/anna@neu.test","anna@neu.test"]'
}

@test "the last calendar's shares are there, too, also of a principal" {
	block "$(calendar 1 a)" "$(share 1 1 '"principals/ben@one.test"' '"ben@one.test"')"
	[ "$(jq -r .kind "$P8" | xargs)" = "HEADER USER_BEGIN CALENDAR CALENDAR_SHARE USER_END END" ]
	block '{"kind":"USER_END","email":"Ann@one.test"}' '{"kind":"PRINCIPAL_BEGIN","principal":"principals/gone@one.test"}' \
		"$(calendar 1 a)" "$(share 1 1 '"principals/ben@one.test"' '"ben@one.test"')" \
		"$(object 1 1 '')" "$(reminder 1 a x)" \
		'{"kind":"PRINCIPAL_END","principal":"principals/gone@one.test"}'
	[ "$(jq -r .kind "$P8" | xargs)" = "HEADER USER_BEGIN USER_END PRINCIPAL_BEGIN CALENDAR CALENDAR_SHARE \
CALENDAR_OBJECT WARN WARN REMINDER PRINCIPAL_END END" ]
	is 'select(.kind == "PRINCIPAL_BEGIN")' '{"kind":"PRINCIPAL_BEGIN","principal":"principals/gone@one.test",
		"uuid":"cdf97f0b-1598-5f9f-b249-643815054b62"}'
	is 'select(.kind == "PRINCIPAL_END") | [.principal, .counts.CALENDAR]' '["principals/gone@one.test",1]'
	is '[inputs | select(.kind == "CALENDAR" or .kind == "WARN" or .kind == "REMINDER") | .principaluri // .user] | unique' \
		'["gone@one.test","principals/gone@one.test"]'
}

@test "an object: what is right of its columns stays, what is wrong or missing is left out" {
	data='BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20240103T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
	etag=$(printf %b "$data" | md5sum | cut -d ' ' -f 1)
	n=$(printf %b "$data" | wc -c)
	at=1704276000
	one() {
		block "$(calendar 1 a)" '{"kind":"CALENDAR_OBJECT","id":5,"calendarid":1,"uri":"o.ics","lastmodified":9,"calendardata":"'"$data"'",'"$1"'}'
	}
	one '"etag":"'"$etag"'","size":'"$n"',"componenttype":"VEVENT","firstoccurence":'$at',"lastoccurence":'$at
	is 'select(.kind == "CALENDAR_OBJECT") | del(.calendardata)' '{"kind":"CALENDAR_OBJECT","id":5,
		"calendar":"67e96738-9d80-53ac-ae14-91fa5e6978e4","uri":"o.ics","lastmodified":9,"etag":"'"$etag"'",
		"size":'"$n"',"componenttype":"VEVENT","firstoccurence":'$at',"lastoccurence":'$at'}'
	[ "$(warned)" = "" ]
	one '"etag":"'"$etag"'","size":'"$n"',"componenttype":"VEVENT","firstoccurence":null,"lastoccurence":null'
	is 'select(.kind == "CALENDAR_OBJECT") | keys' \
		'["calendar","calendardata","componenttype","etag","id","kind","lastmodified","size","uri"]'
	one '"etag":null,"size":0,"componenttype":null'
	is 'select(.kind == "CALENDAR_OBJECT") | keys' '["calendar","calendardata","id","kind","lastmodified","uri"]'
	is 'select(.kind == "WARN") | [.code, .user, .table, .id, .field, .reason]' '["calendar-object-recomputed",
		"Ann@one.test","adav_calendarobjects",5,"etag,size,componenttype,firstoccurence,lastoccurence",
		"missing or wrong for the object'"'"'s bytes"]'
	# repaired: etag and size are those of other bytes
	data=${data/DTSTART/SUMMARY:GrÃ¼ÃŸe\\r\\nDTSTART}
	one '"etag":"'"$(printf %b "$data" | md5sum | cut -d ' ' -f 1)"'x","size":'"$(printf %b "$data" | wc -c)"',"componenttype":"VEVENT","firstoccurence":'$at',"lastoccurence":'$at
	is 'select(.kind == "CALENDAR_OBJECT") |
		[(.calendardata | contains("SUMMARY:Grüße\r\n")), has("etag"), has("size"), .componenttype]' \
		'[true,false,false,"VEVENT"]'
	[ "$(warned)" = "text-repaired 5 calendar-object-recomputed 5" ]
}

@test "an object without content keeps its columns; one whose calendar is not there is rejected" {
	block "$(calendar 1 a)" "$(object 1 3 n.ics ',"etag":"","size":0,"componenttype":null')" "$(object 2 4 o.ics)" \
		"$(share 5 1 null '"ben@one.test"' | sed 's/"calendarid":1/"calendarid":3/')"
	is 'select(.kind == "CALENDAR_OBJECT") | [.id, .calendardata, .etag, .size, .componenttype]' '[3,null,"",0,null]'
	[ "$(warned)" = "calendar-object-empty 3 calendar-missing 4 calendar-missing 5" ]
	is '[inputs | select(.kind == "REJECT") | [.table, .record.id]]' \
		'[["adav_calendarobjects",4],["adav_calendarshares",5]]'
	is 'select(.code == "calendar-object-empty").reason' '"it has no content (object n.ics of calendar 1)"'
}

@test "calendars stand in a block, behind address books" {
	printf '%s\n' "$(head -n 1 "$S/p7")" "$(calendar 1 a)" '{"kind":"END"}' >"$D/p7"
	exits 65 t "$D/p7"
	[[ $output == *"line 2: a CALENDAR record outside of a user's block" ]]
	printf '%s\n' "$(head -n 1 "$S/p7")" '{"kind":"PRINCIPAL_BEGIN"}' '{"kind":"PRINCIPAL_END"}' '{"kind":"END"}' >"$D/p7"
	exits 65 t "$D/p7"
	[[ $output == *"PRINCIPAL_BEGIN without principal" ]]
	block '{"kind":"GROUP","id_group":1,"id_user":1,"group_nm":"G"}' "$(calendar 1 a)"
	[ "$(jq -r .kind "$P8" | grep -n 'CALENDAR\|CARD' | cut -d : -f 2 | xargs)" = "CARD CALENDAR" ]
}

@test "addresses and cards have no etag and no size: dav-schema-upgrade computes them" {
	jq -se 'map(select(.kind == "CARD" or .kind == "ADDRESSBOOK")) | length > 3 and
		all(has("etag") or has("size") or has("synctoken") | not)' "$S/p8"
}

@test "corrections of calendars are told of as those that are not met" {
	echo '{"kind":"REJECT","table":"adav_calendarobjects","id":3,"record":{"uri":"x"}}' >"$D/corrected"
	options=(--corrected "$D/corrected")
	run block "$(calendar 1 a)" "$(object 1 3 n.ics)"
	[[ $output == *"does not have the records of 1 of 1 correction"* ]]
}

@test "memory: one event of 15.7 MB is held three times, 200,000 events take a hash each" {
	! grep -q __asan_init "$(command -v p7-transform)" || skip "sanitizers need memory of their own"
	peak() {
		/usr/bin/time -f %M -o "$D/kb" p7-transform --edited --salt-file "$S/salt8.php" "$D/p7" >"$D/out"
		cat "$D/kb"
		[ "$(tail -n 1 "$D/kb")" -le "$1" ]
	}
	start() {
		printf '%s\n' '{"kind":"HEADER","stream":"p7","version":2,"source":{"id":"6ba7b810-9dad-31d1-80b4-00c04fd430c8"}}' \
			'{"kind":"USER_BEGIN","email":"Ann@one.test","id_user":1}' "$(calendar 1 a)"
	}
	finish() {
		printf '%s\n' '{"kind":"USER_END","email":"Ann@one.test"}' '{"kind":"END"}'
	}
	for text in Grüße GrÃ¼ÃŸe; do
		{
			start
			printf '{"kind":"CALENDAR_OBJECT","id":1,"calendarid":1,"uri":"a.ics","etag":"x","size":1,"calendardata":"%s' \
				"BEGIN:VCALENDAR\\r\\nBEGIN:VEVENT\\r\\nDTSTART:20240103T100000Z\\r\\nSUMMARY:$text\\r\\nATTACH;ENCODING=BASE64;VALUE=BINARY:"
			yes '\r\n QUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJDQUJD' |
				head -n 190000 | tr -d '\n'
			printf '%s\n' '\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"}'
			finish
		} >"$D/p7"
		peak $((32768 + 2 * 15740))
		grep -q 'SUMMARY:Grüße' "$D/out"
	done
	{
		start
		seq 200000 | sed 's/.*/{"kind":"CALENDAR_OBJECT","id":&,"calendarid":1,"uri":"&.ics","calendardata":"BEGIN:VCALENDAR\\r\\nBEGIN:VTODO\\r\\nEND:VTODO\\r\\nEND:VCALENDAR\\r\\n"}/'
		finish
	} >"$D/p7"
	peak 32768
}
