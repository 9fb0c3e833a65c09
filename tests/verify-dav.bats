# p8-load --verify with a DAV stream: calendars, objects and shares of P7, one by one, in P8.
# not sanitized but for --long: the servers take the time

load load

setup_file() {
	server_start "$S/server" --character-set-server=utf8mb4
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
	migrate --quiet --no-verify >"$D/out" 2>&1 || [ $? = 1 ]
	p7-extract --p7 "$S/p7" --dav |
		p7-transform --target "$D/state/target.json" -o "$D/dav.ndjson" || [ $? = 1 ]
}

@test "what was migrated is there" {
	need_long
	exits 0 load --verify "$D/dav.ndjson"
	[[ $output =~ ^"verified: P8 holds what the stream says of "[1-9][0-9]*" calendars, "[1-9][0-9]*" objects, "[1-9] ]]
	exits 0 load --verify - <"$D/dav.ndjson"
}

@test "each difference is named" {
	local id cal
	cal=$(sql "select calendarid from au_adav_calendarinstances
		where principaluri='principals/anna.weber@linden.example' and access=1 order by 1 limit 1")
	id=$(sql "select min(id) from au_adav_calendarobjects where calendarid=$cal")
	# a byte of an event, though etag and size are the same
	sql "update au_adav_calendarobjects set calendardata=replace(calendardata, 'SUMMARY:', 'SUMMARX:')
		where id=$id"
	exits 0 load --verify
	exits 1 load --verify "$D/dav.ndjson"
	[[ $output == *"! anna.weber@linden.example CALENDAR_OBJECT "*": other in P8 than in the stream"* ]]
	[[ $output == *"1 difference between P8 and the stream"* ]]
	sql "update au_adav_calendarobjects set calendardata=replace(calendardata, 'SUMMARX:', 'SUMMARY:')
		where id=$id"
	sql "insert into au_adav_calendarobjects (calendarid, uri, etag, size, calendardata)
		values ($cal, 'new.ics', 'x', 1, 'x')"
	exits 1 load --verify "$D/dav.ndjson"
	[[ $output == *"! - CALENDAR_OBJECT: "*" in P8's calendars, "*" in the stream"* ]]
	sql "delete from au_adav_calendarobjects where uri='new.ics' or id=$id"
	sql "update au_adav_calendarinstances set displayname='Other' where calendarid=$cal and access=1"
	sql "delete from au_adav_calendarinstances where access=2 limit 1"
	exits 1 load --verify "$D/dav.ndjson"
	[[ $output == *"CALENDAR_OBJECT "*": not in P8"* ]]
	[[ $output == *"CALENDAR "*": its name is \"Other\" in P8, "* ]]
	[[ $output == *"SHARE principals/"*": not in P8"* ]]
	sql "update au_adav_calendarinstances set access=2 where access=3"
	# with "principals/" or without it
	jq -c 'if .member_uri == "principals/camille.dubois@linden.example"
		then .member_uri = "camille.dubois@linden.example" else . end' "$D/dav.ndjson" >"$D/other.ndjson"
	chmod 600 "$D/other.ndjson"
	exits 1 load --verify "$D/other.ndjson"
	[[ $output == *"SHARE camille.dubois@linden.example: in P8 the sharee can only read it"* ]]
	# an underline in an address is no other letter
	jq -c 'if .kind == "DAV_SHARE" and (.member_uri // "" | test("_") | not)
		then .member_uri |= sub("/(?<a>[a-z])[a-z]"; "/" + .a + "_") else . end' "$D/dav.ndjson" \
		>"$D/other.ndjson"
	chmod 600 "$D/other.ndjson"
	run load --verify "$D/other.ndjson"
	echo "$output"
	# (the owner's own share says nothing)
	[ "$(grep -c 'SHARE principals/[a-z]_[^:]*: not in P8' <<<"$output")" -ge "$(jq -s 'map(select(
		.kind == "DAV_SHARE" and (.member_uri // "" | test("/[a-z]_")))) | length' "$D/other.ndjson")" ]
	# the owner has nothing of it
	load --undo --all --force -q >/dev/null
	exits 1 load --verify "$D/dav.ndjson"
	[[ $output == *"CALENDAR "*": not in P8"* ]]
}

@test "nothing was staged" {
	load --reset >/dev/null
	load -q "$D/small.ndjson" 2>/dev/null || small
	load -q "$D/small.ndjson"
	sql "drop table if exists au_p7m_dav_calendar"
	exits 78 load --verify "$D/dav.ndjson"
	[[ $output == *"no calendars were staged"* ]]
}
