# What is derived from calendar objects, where what P7 has of them is missing or wrong: p7-transform
# leaves that out, and dav-schema-upgrade computes it.

load ../transform

# facts: the stream of the calendar object on standard input through both programs, $BATS_TEST_TMPDIR/p8
# is what is between them, out what is behind.
facts() {
	local dir=$BATS_TEST_TMPDIR
	{
		printf '%s\n' '{"kind":"HEADER","stream":"p7","version":2,"source":{"id":"6ba7b810-9dad-31d1-80b4-00c04fd430c8"}}' \
			'{"kind":"USER_BEGIN","email":"eva@moor.test","id_user":1}' \
			'{"kind":"CALENDAR","id":1,"uri":"c"}'
		cat
		printf '%s\n' '{"kind":"USER_END","email":"eva@moor.test"}' '{"kind":"END"}'
	} >"$dir/in"
	t "$dir/in" >"$dir/p8"
	dav-schema-upgrade records "$dir/p8" >"$dir/out"
}

# object LINES ETAG SIZE TYPE FIRST LAST: of one calendar object; "right" is the true etag or size.
object() {
	local data=$1 etag=$2 size=$3 dir=$BATS_TEST_TMPDIR
	[ "$etag" != right ] || etag=$(printf %b "$data" | md5sum | cut -d' ' -f1)
	[ "$size" != right ] || size=$(printf %b "$data" | wc -c)
	printf %b "$data" | jq -Rsc --arg etag "$etag" --argjson size "$size" --arg type "$4" \
		--argjson first "$5" --argjson last "$6" '{kind: "CALENDAR_OBJECT", id: 7,
		calendarid: 1, uri: "o.ics", calendardata: .,
		lastmodified: 1, etag: $etag, size: $size, componenttype: $type,
		firstoccurence: $first, lastoccurence: $last}' | facts
	# Whatever is said of it, its bytes are kept, and what is said of them is right.
	cmp <(jq -j 'select(.kind == "CALENDAR_OBJECT").calendardata' "$dir/out") <(printf %b "$data")
	[ "$(jq -r 'select(.kind == "CALENDAR_OBJECT").etag' "$dir/out")" = \
		"$(printf %b "$data" | md5sum | cut -d' ' -f1)" ]
	left_out
}

# What p7-transform says is wrong is not in its record, all else is.
left_out() {
	jq -se '(map(select(.code == "calendar-object-recomputed").field / ",") | add // []) as $wrong |
		(map(select(.kind == "CALENDAR_OBJECT"))[0] | keys) as $there |
		["etag", "size", "componenttype", "firstoccurence", "lastoccurence"] - $there == $wrong' \
		"$BATS_TEST_TMPDIR/p8" >/dev/null
}

warned() {
	jq -r 'select(.kind == "WARN") | .code + " " + .field' "$BATS_TEST_TMPDIR/out" | xargs
}

times() {
	jq -r 'select(.kind == "CALENDAR_OBJECT") | "\(.firstoccurence) \(.lastoccurence)"' "$BATS_TEST_TMPDIR/out"
}

B='BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:x\r\nDTSTART:20240103T100000Z\r\n'
E='END:VEVENT\r\nEND:VCALENDAR\r\n'

@test "B09: what is whole by its etag was not cut, whatever it ends with" {
	local data at='VEVENT 1704276000 1704276000'
	for data in "$B" "${B}END:VEVENT\r\n" "${B}SUMMARY:x" "${B}END:VEVENT\r\nEND:VCALENDAR\r\nBEGIN:VCALENDAR\r\n"; do
		object "$data" right right $at
		[ "$(warned)" = "" ]
	done
	# Neither was what has its END, and something behind it, whatever its etag is.
	for data in "$B$E" "$B$E  \r\n \r\n" "${B}END:VCALENDAR\r\n" "${B}END:VEVENT\r\nend:vcal\r\n endar\r\n" \
		"$B${E}x" "${B}END:VCALENDAR" "no calendar"; do
		object "$data" wrong 5 $at
		[[ "$(warned)" != *calendar-object-cut* ]] || { echo "$data" && false; }
	done
}

@test "B09: what its etag does not prove is told of, and what the column was too narrow for" {
	local data at='VEVENT 1704276000 1704276000' why='select(.code == "calendar-object-cut").reason'
	object "$B" wrong right $at
	[ "$(warned)" = "calendar-object-cut calendardata calendar-object-recomputed etag" ]
	[[ "$(jq -r "$why" "$BATS_TEST_TMPDIR/out")" != *narrow* ]]
	object "$B" '' 0 $at
	[ "$(warned)" = "calendar-object-cut calendardata calendar-object-recomputed etag,size" ]
	object "$B" wrong 70000 $at
	[[ "$(jq -r "$why" "$BATS_TEST_TMPDIR/out")" == *"too narrow"* ]]
	# An etag that was computed from what is left, as of what is older than the column with etags.
	data=${B}SUMMARY:
	data+=$(head -c $((65535 - $(printf %b "$data" | wc -c))) /dev/zero | tr '\0' x)
	object "$data" right right $at
	[ "$(warned)" = "calendar-object-cut calendardata" ]
	[[ "$(jq -r "$why" "$BATS_TEST_TMPDIR/out")" == *"too narrow"* ]]
}

@test "B13: times narrower than the object's own are computed, though the etag is right" {
	local rule='RRULE:FREQ=DAILY;COUNT=10\r\n' zone='DTSTART;TZID=America/New_York:20240103T100000'
	# 2024-01-03 10:00 is 1704276000.
	object "${B}$rule$E" right right VEVENT 1704276000 1704276000
	[ "$(times)" = "1704276000 1705053600" ]
	[ "$(warned)" = "calendar-object-recomputed firstoccurence,lastoccurence" ]
	object "${B}DURATION:PT1H\r\n$E" right right VEVENT 1704276000 1704278000
	[ "$(times)" = "1704276000 1704279600" ]
	object "${B}DURATION:PT1H\r\n$E" right right VEVENT 1704276001 1704279600
	[ "$(times)" = "1704276000 1704279600" ]
	object "${B/DTSTART*Z/$zone}DURATION:PT1H\r\n$E" right right VEVENT 1704276000 1704279600
	[ "$(times)" = "1704294000 1704297600" ]
	object "${B}RRULE:FREQ=DAILY\r\n$E" right right VEVENT 1704276000 1705053600
	[ "$(times)" = "1704276000 2145916800" ]
	object "${B/DTSTART*Z/DTSTART;VALUE=DATE:20240103}DURATION:P3D\r\n$E" right right VEVENT 1704240000 1704326400
	[ "$(times)" = "1704240000 1704499200" ]
	object "${B}${E/END:VCALENDAR/BEGIN:VEVENT\\r\\nUID:x\\r\\nRECURRENCE-ID:20240103T100000Z\\r\\nDTSTART:20240601T100000Z\\r\\nEND:VEVENT\\r\\nEND:VCALENDAR}" \
		right right VEVENT 1704276000 1704276000
	[ "$(times)" = "1704276000 1717236000" ]
}

@test "B13: times that are the object's own, or wider, stay, and nothing is said" {
	local rule='RRULE:FREQ=DAILY;COUNT=10\r\n' day=${B/DTSTART*Z/DTSTART;VALUE=DATE:20240103}
	while read -r data first last; do
		object "$data" right right VEVENT "$first" "$last"
		echo "$data: $(times) $(warned)"
		[ "$(times)" = "$first $last" ]
		[ "$(warned)" = "" ]
	done <<-L
	${B}${rule}${E} 1704276000 1705053600
	${B}${rule}${E} 1704276000 2145916800
	${B}${rule}${E} 1604276000 4294967295
	${day}${E} 1704236400 1704322800
	${day}${E} 1704258000 1704344400
	${B}RRULE:FREQ=DAILY\\r\\n${E} 1704276000 2145913200
	L
	# before 1970
	object "${B/20240103/16040101}$E" right right VEVENT 0 0
	[ "$(times) $(warned)" = "0 0 " ]
	# Others have no times.
	object "${B//VEVENT/VTODO}${E//VEVENT/VTODO}" right right VTODO 0 0
	[ "$(times) $(warned)" = "0 0 " ]
}

@test "B11: a type that is not that of the first component is computed, though the etag is right" {
	object "${B//VEVENT/X-VVENUE}${E//VEVENT/X-VVENUE}" right right X 0 0
	[ "$(jq -r 'select(.kind == "CALENDAR_OBJECT").componenttype' "$BATS_TEST_TMPDIR/out")" = X-VVENUE ]
	[ "$(warned)" = "calendar-object-recomputed componenttype" ]
	object "${B//VEVENT/VFREEBUSY}${E//VEVENT/VFREEBUSY}" right right VFREEBUS 0 0
	[ "$(warned)" = "" ]
}

@test "B08: an object that is folded, or cut, inside a character is double-encoded all the same" {
	local data out=$BATS_TEST_TMPDIR/out
	for data in "${B}SUMMARY:Gr\xc3\r\n \xb6\xc3\x9fe\r\n$E" "${B}SUMMARY:Gr\xc3\xb6\xc3"; do
		printf %b "$data" | iconv -f cp1252 -t utf-8 | jq -Rsc '{kind: "CALENDAR_OBJECT", id: 7,
			calendarid: 1, uri: "o.ics", calendardata: ., lastmodified: 1, etag: null, size: 0,
			componenttype: "VEVENT", firstoccurence: 1704276000, lastoccurence: 1704276000}' |
			facts
		[[ "$(warned)" == "text-repaired calendardata "* ]]
		cmp <(printf %b "$data") \
			<(jq -r 'select(.kind == "CALENDAR_OBJECT").calendardata.base64' "$out" | base64 -d)
	done
	# text that only looks so stays
	object "${B}SUMMARY:Gr\xc3\xb6\xc3\x9fe \xc3\x83\r\n$E" wrong right VEVENT 1704276000 1704276000
	[ "$(warned)" = "calendar-object-recomputed etag" ]
}
