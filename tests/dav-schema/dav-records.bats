# shellcheck disable=SC2016
# dav-schema-upgrade records: DAV records of a stream, from sabre/dav's schema 1.8 to 3.2.

load ../site

umask 077

setup_file() {
	install -m 600 "$TESTS/fixtures/dav-records.ndjson" "$S/18"
}

teardown_file() {
	:
}

records() {
	dav-schema-upgrade records "$@"
}

# changed FILTER: what jq's filter makes of the stream at 1.8, lifted, is in $D/32; "is" looks there.
changed() {
	jq -c "$1" "$S/18" >"$D/18"
	shift
	records --edited "$@" "$D/18" >"$D/32" || [ $? = 1 ]
}

# whole: a stream at 2.0 with true hashes in $D/20.
whole() {
	records --edited --to 2.0 "$S/18" >"$D/20"
}

# What jq's filter makes of the lifted stream is the JSON of the second argument.
is() {
	local got want
	got=$(jq -c "$1" "$D/32")
	want=$(jq -c . <<<"$2")
	[ "$got" = "$want" ] || {
		printf '%s\n  is:     %s\n  wanted: %s\n' "$1" "$got" "$want"
		return 1
	}
}

# Lines that are no DAV records, nor marks with counts and hashes.
others() {
	grep -vE '^\{"kind":"(HEADER|CARD|ADDRESSBOOK|CALENDAR|CALENDAR_[A-Z]*|[A-Z]*_END|END)"' "$@"
}

home=22222222-2222-5222-8222-222222222222
object='select(.kind == "CALENDAR_OBJECT" and .id == 9)'

@test "a record with more members than fit, its own or with those of the steps, is called that" {
	for n in 58 59 80; do
		jq -c "if .id == 9 then . + ([range($n) | {(\"x\\(.)\"): 1}] | add) else . end" "$S/18" >"$D/18"
		run records --edited "$D/18" -o "$D/32"
		[ "$status" = 65 ]
		[[ $output = *"line 10: a CALENDAR_OBJECT with more than 64 members"* ]]
		[[ $output != *"too large"* ]]
		[ ! -e "$D/32" ]
	done
	changed 'if .id == 9 then . + ([range(53) | {("x\(.)"): 1}] | add) else . end'
	is 'select(.id == 9) | [.x52, .uid]' '[1, "u1"]'
}

@test "each step alone, and all four at once: the same bytes, also with files and gzip in between" {
	records --edited "$S/18" >"$D/32"
	whole
	records --to 2.1 <"$D/20" >"$D/21"
	records --to 3.0 -z -o "$D/30" "$D/21"
	[ "$(head -c 2 "$D/30" | xxd -p)" = 1f8b ]
	records --to 3.2 "$D/30" | cmp - "$D/32"
	records --edited --to 2.0 "$S/18" | records --to 2.1 | records --to 3.0 | records | cmp - "$D/32"
	# a step may be left out, and one of another order does no harm
	records "$D/20" | cmp - "$D/32"
	records --to 2.0 "$D/32" | cmp - "$D/32"
	records "$D/32" | cmp - "$D/32"
}

@test "what each version has" {
	records --edited --to 2.0 "$S/18" >"$D/32"
	is 'select(.kind == "CALENDAR" and .id == 7) | [.synctoken, .ctag, .components, .uri, .public]' \
		'[1,null,"VEVENT,VTODO,VJOURNAL","home",true]'
	is "$object | keys_unsorted" '["kind","id","calendar","uri","lastmodified","calendardata","etag",
		"size","componenttype","firstoccurence","lastoccurence"]'
	is 'select(.kind == "CALENDAR_SHARE") | .id' '3 4'
	is 'select(.kind == "HEADER") | .dav' '"2.0"'
	records "$D/32" --to 2.1 >"$D/21"
	cmp <(grep -v CALENDAR_OBJECT "$D/21" | grep -vE 'END|HEADER') \
		<(grep -v CALENDAR_OBJECT "$D/32" | grep -vE 'END|HEADER')
	mv "$D/21" "$D/32"
	is "$object | .uid" '"u1"'
	is 'select(.kind == "HEADER") | .dav' '"2.1"'
	records "$D/32" --to 3.0 >"$D/30"
	cmp <(grep -vE '"(END|HEADER)"' "$D/30") <(grep -vE '"(END|HEADER)"' "$D/32")
}

@test "all other records pass byte for byte, and the header but for its version" {
	records --edited "$S/18" >"$D/32"
	cmp <(others "$S/18") <(others "$D/32" | grep -v '"WARN"')
	is 'select(.kind == "HEADER") | del(.hash)' \
		'{"kind":"HEADER","stream":"p8","version":2,"run":"r1","dav":"3.2","other":{"x":[1,2.50]},
		"edited":true}'
	grep -q '2\.50' "$D/32"
}

@test "a calendar becomes itself and its owner's instance" {
	records --edited "$S/18" >"$D/32"
	is 'select(.kind == "CALENDAR" and .id == 7)' '{"kind":"CALENDAR","uuid":"'$home'","id":7,
		"synctoken":1,"components":"VEVENT,VTODO,VJOURNAL"}'
	is 'select(.kind == "CALENDAR_INSTANCE" and .access == 1 and .uri == "home")' \
		'{"kind":"CALENDAR_INSTANCE","calendar":"'$home'","access":1,
		"principaluri":"principals/anna@example.test","displayname":"Home","uri":"home",
		"description":null,"calendarorder":2,"calendarcolor":"#f00",
		"timezone":"BEGIN:VCALENDAR\r\n","transparent":0,"public":1}'
	# directly behind it
	grep -A 1 '"kind":"CALENDAR",' "$D/32" | grep -c '"access":1' | grep -qx 2
	# of a principal that is no user; an order that the column cannot hold is told before it
	is 'select(.kind == "CALENDAR_INSTANCE" and .uri == "room") | [.calendarorder, .transparent,
		.public]' '[0,1,0]'
	grep -A 1 '"calendar-order"' "$D/32" | grep -q '"kind":"CALENDAR","uuid":"44444444'
}

@test "a share becomes an instance, with its own colour if it has one" {
	records --edited "$S/18" >"$D/32"
	is 'select(.kind == "CALENDAR_INSTANCE" and .id == 3)' '{"kind":"CALENDAR_INSTANCE","id":3,
		"calendar":"'$home'","access":2,"principaluri":"principals/ben@example.test",
		"displayname":"Home","uri":"2ff06986-a756-51af-bf52-1e3cee0ee61e","description":null,
		"calendarorder":2,"calendarcolor":"#f00","timezone":"BEGIN:VCALENDAR\r\n","transparent":1,
		"share_href":"principals/ben@example.test"}'
	is 'select(.kind == "CALENDAR_INSTANCE" and .id == 4) |
		[.access, .principaluri, .share_href, .calendarcolor, .uri]' \
		'[3,"@everyone","@everyone","#0f0","11e5f258-4da4-5173-bbe1-6ee5b5a37a80"]'
	lacks CALENDAR_SHARE "$D/32"
}

@test "a share becomes an instance behind a calendar that was split before" {
	records --edited "$S/18" >"$D/all"
	jq -c '., (select(.kind == "CALENDAR_INSTANCE" and .uri == "home") | {kind: "CALENDAR_SHARE", id: 5,
		calendar, principaluri: "principals/cleo@example.test", readonly: false})' "$D/all" >"$D/mixed"
	records --edited "$D/mixed" >"$D/32"
	is 'select(.id == 5) | [.kind, .access, .displayname, .calendarcolor]' \
		'["CALENDAR_INSTANCE",3,"Home","#f00"]'
}

@test "what is missing is filled, absent or null; what is there stays" {
	changed 'if .kind == "CALENDAR_OBJECT" and .id == 9 then . + {etag: null, size: 5,
		componenttype: "VTODO", firstoccurence: null, lastoccurence: 7, uid: "mine"} else . end'
	is "$object | [.etag, .size, .componenttype, .firstoccurence, .lastoccurence, .uid]" \
		'["0c48177eb7ee4ce7e036cfec3b8af138",5,"VTODO",1704103200,7,"mine"]'
	changed 'if .kind == "CARD" then . + {etag: "x", size: null} elif .kind == "ADDRESSBOOK" then
		. + {synctoken: 9} else . end'
	is 'select(.kind == "CARD") | [.etag, .size]' '["x",33]'
	is 'select(.kind == "ADDRESSBOOK") | .synctoken' 9
	changed 'if .kind == "CALENDAR" and .id == 7 then . + {synctoken: 4, components: ""} else . end'
	is 'select(.kind == "CALENDAR" and .id == 7) | [.synctoken, .components]' \
		'[4,"VEVENT,VTODO,VJOURNAL"]'
}

@test "members of other names stay, behind the others" {
	changed 'if .id == 9 then {kind, note: {a: "\u0000 \""}} + . else . end'
	is "$object | [keys_unsorted[-1], .note.a]" '["note","\u0000 \""]'
	changed 'if .kind == "CARD" then . + {"na\"me": 1} else . end'
	is 'select(.kind == "CARD") | [."na\"me", .size]' '[1,33]'
}

@test "cards and address books grow at their end only" {
	sed 's/{"kind":"CARD","book":/{"kind":"CARD", "x":1.50 , "book" : /; s/r\\n"}$/r\\n" } /' "$S/18" >"$D/18"
	records --edited "$D/18" >"$D/32"
	grep -q '^{"kind":"CARD", "x":1.50 , "book" : .*,"etag":"[0-9a-f]*","size":33}$' "$D/32"
}

@test "objects without data, with bytes that are no text, and without anything to tell" {
	records --edited "$S/18" >"$D/32"
	is 'select(.kind == "CALENDAR_OBJECT" and .id == 10) | del(.kind, .calendar, .uri, .lastmodified)' \
		'{"id":10,"calendardata":null,"etag":"d41d8cd98f00b204e9800998ecf8427e","size":0,
		"componenttype":"","firstoccurence":null,"lastoccurence":null,"uid":null}'
	data=$(printf 'BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:\xff\xfe\nEND:VTODO\nEND:VCALENDAR\n' | base64 -w 0)
	changed 'if .id == 9 then .calendardata = {base64: "'"$data"'"} elif .id == 10 then
		.calendardata = "no calendar" else . end'
	is "$object | [.calendardata.base64, .size, .componenttype, .firstoccurence, .uid]" \
		'["'"$data"'",59,"VTODO",null,{"base64":"//4="}]'
	is "$object | .etag" "\"$(base64 -d <<<"$data" | md5sum | cut -c 1-32)\""
	is 'select(.kind == "CALENDAR_OBJECT" and .id == 10) | [.size, .componenttype, .uid]' '[11,"",null]'
	changed 'if .kind == "CARD" then .data = null else . end'
	is 'select(.kind == "CARD") | [.etag, .size]' '["d41d8cd98f00b204e9800998ecf8427e",0]'
}

@test "a UID that the column cannot hold is shortened, and a WARN before the object says so" {
	changed 'if .id == 9 then .calendardata |= sub("u1"; "u" * 300) else . end' --rejects "$D/rejects"
	is "$object | .uid | length" 255
	is "$object | .uid | test(\"^u{246}-[0-9a-f]{8}$\")" true
	is 'select(.kind == "WARN" and .id == 9) | [.stage, .code, .table, .user]' \
		'["dav-schema-upgrade","uid-shortened","calendarobjects","anna@example.test"]'
	grep -A 1 uid-shortened "$D/32" | grep -q '"kind":"CALENDAR_OBJECT"'
	cmp "$D/rejects" <(grep '"stage":"dav-schema-upgrade"' "$D/32")
	changed 'if .id == 9 then .calendardata |= sub("u1"; "u" * 255) else . end'
	is "$object | .uid | length" 255
	lacks uid-shortened "$D/32"
}

@test "a share of another calendar, or with nobody, is a REJECT with what to do" {
	for change in '.calendar = "99999999-2222-5222-8222-222222222222"' 'del(.calendar)' \
		'.principaluri = null' '.principaluri = 7'; do
		jq -c "if .id == 3 then $change else . end" "$S/18" >"$D/18"
		exits 1 records --edited --rejects "$D/rejects" -o "$D/32" "$D/18"
		[[ $output = *rejects* ]]
		is 'select(.kind == "REJECT") | [.table, .id, .user, (.remedy | test("run this stage and those behind it again, with --edited"))]' \
			'["calendarshares",3,"anna@example.test",true]'
		is 'select(.id == 3) | .kind' '"REJECT"'
		jq -se 'any(.record.id == 3)' "$D/rejects"
		# the others come
		is 'select(.kind == "CALENDAR_INSTANCE") | .access' '1 3 1'
	done
	# at 2.1 it is a share still
	records --edited --to 2.1 "$D/18" | grep -q '"kind":"CALENDAR_SHARE","id":3'
	changed 'if .id == 3 then del(.readonly) else . end'
	is 'select(.kind == "CALENDAR_INSTANCE" and .id == 3) | .access' 2
	is 'select(.code == "share-without-right") | .kind' '"WARN"'
}

@test "a calendar without UUID and data that are neither text nor base64 are REJECTs" {
	changed 'if .id == 8 then .uuid = "x" elif .id == 9 then .calendardata = [1] elif .kind == "CARD"
		then .data = {base64: "?"} else . end'
	is 'select(.kind == "REJECT") | [.code, .table]' \
		'["unreadable-data","cards"]["unreadable-data","calendarobjects"]["calendar-without-uuid","calendars"]'
	grep '"access":1' "$D/32" | lacks room
}

@test "a stream that is cut off: no END, and status 65" {
	whole
	n_lines=$(wc -l <"$D/20")
	for n in $(seq 1 $((n_lines - 1))); do
		head -n "$n" "$D/20" >"$D/cut"
		exits 65 records "$D/cut" -o "$D/none"
		[ ! -e "$D/none" ]
		[[ $output = *"without its END"* ]]
		records <"$D/cut" 2>/dev/null >"$D/out" || :
		lacks '"kind":"END"' "$D/out"
	done
	exits 65 records <<<""
}

@test "damage: status 65 before the block's end is written" {
	whole
	sed 's/FN:Anna/FN:Anne/' "$D/20" >"$D/bad"
	run --separate-stderr records "$D/bad"
	[ "$status" = 65 ]
	[[ $stderr = *"hash does not fit"*"--edited"* ]]
	[[ $output != *USER_END* ]]
	grep -v '"kind":"REMINDER"' "$D/20" >"$D/bad"
	exits 65 records "$D/bad"
	[[ $output = *"1 announced, 0 read"* && $output != *USER_END* ]]
	sed 's/"run":"r1"/"run":"r2"/' "$D/20" >"$D/bad"
	exits 65 records "$D/bad"
	[[ $output = *"hash of the HEADER"* ]]
	# on purpose: as it is, with fresh hashes, and the header says so
	records --edited "$D/bad" >"$D/32"
	records "$D/32" | cmp - "$D/32"
	is 'select(.kind == "HEADER") | [.run, .edited]' '["r2",true]'
}

@test "marks of blocks keep their members" {
	changed 'if .kind == "USER_BEGIN" or .kind == "PRINCIPAL_END" then .more = {a: [1]} else . end'
	is 'select(.more) | .kind' '"USER_BEGIN""PRINCIPAL_END"'
	records "$D/32" | cmp - "$D/32"
}

@test "a P7 stream is refused with what to do; so is a schema that nobody knows" {
	jq -c 'if .kind == "HEADER" then .stream = "p7" else . end' "$S/18" >"$D/p7"
	exits 65 records --edited "$D/p7"
	[[ $output = *"put p7-transform in between"* ]]
	jq -c 'if .kind == "HEADER" then .dav = "4.0" else . end' "$S/18" >"$D/p7"
	exits 65 records --edited "$D/p7"
	[[ $output = *"schema 4.0"* ]]
	# without a version: 1.8
	changed 'if .kind == "HEADER" then del(.dav) else . end'
	is 'select(.kind == "HEADER") | .dav' '"3.2"'
}

@test "files: others can read it, it is what is written to, it is not there" {
	cp "$S/18" "$D/18"
	chmod 644 "$D/18"
	exits 77 records --edited "$D/18"
	[[ $output = *chmod* ]]
	chmod 600 "$D/18"
	ln "$D/18" "$D/other"
	for out in "$D/18" "$D/other"; do
		exits 64 records --edited "$D/18" -o "$out"
		exits 64 records --edited "$D/18" -o "$D/out" --rejects "$out"
	done
	exits 64 records --edited "$D/18" -o "$D/out" --rejects "$D/out"
	cmp "$S/18" "$D/18"
	exits 66 records "$D/nowhere"
	exits 73 records --edited "$D/18" -o "$D/no/where"
	records --edited "$D/18" -o "$D/out"
	[ "$(stat -c %a "$D/out")" = 600 ]
	cat "$D/18" | records --edited - | cmp - "$D/out"
}

@test "a full disk and a reader that is gone: an error, and no output takes its place" {
	exits 75 bash -c "dav-schema-upgrade records --edited '$S/18' >/dev/full"
	exits 75 records --edited "$S/18" -o "$D/out" --rejects /dev/full
	exits 75 records --edited "$S/18" -o /dev/full --rejects "$D/rejects"
	[ -z "$(ls "$D")" ]
	for _ in $(seq 300); do
		sed -n '3,12p' "$S/18"
	done | cat <(head -n 2 "$S/18") - <(tail -n 1 "$S/18") >"$D/many"
	exits 74 bash -c "dav-schema-upgrade records --edited '$D/many' | head -n 1 >/dev/null
		exit \${PIPESTATUS[0]}"
	[[ $output = *"its reader has ended"* ]]
}

@test "wrong use" {
	exits 64 records --to 3.1 "$S/18"
	exits 64 records --to 1.8 "$S/18"
	exits 64 records "$S/18" "$S/18"
	exits 64 records --host h "$S/18"
	exits 64 records --with-public "$S/18"
	exits 64 records --prefix p "$S/18"
	exits 64 records 'mysql:host=x;dbname=y' </dev/null
	exits 64 dav-schema-upgrade status --edited
	exits 64 dav-schema-upgrade apply -o x
	exits 0 dav-schema-upgrade --help
	[[ $output = *"records"*"--rejects"* ]]
}

# events N: a user of that many, on standard output.
events() {
	jq -c 'select(.kind == "HEADER" or .kind == "USER_BEGIN" or .id == 7)' "$S/18"
	awk -v n="$1" 'BEGIN { for (i = 1; i <= n; i++) printf("{\"kind\":\"CALENDAR_OBJECT\",\"id\":%d," \
		"\"calendar\":\"'$home'\",\"uri\":\"%d.ics\",\"lastmodified\":1,\"calendardata\":\"BEGIN:VEVENT" \
		"\\r\\nUID:%d\\r\\nDTSTART:20240101T100000Z\\r\\nEND:VEVENT\\r\\n\"}\n", i, i, i) }'
	jq -c 'select(.kind == "USER_END" or .kind == "END")' "$S/18"
}

# in_kb KB COMMAND...: it takes no more memory than that.
in_kb() {
	local most=$1
	shift
	/usr/bin/time -f %M -o "$D/kb" "$@"
	echo "$(tail -n 1 "$D/kb") kB, at most $most"
	[ "$(tail -n 1 "$D/kb")" -le "$most" ]
}

@test "edited streams: a value that is not of its member's type counts as null, and is told" {
	changed 'if .id == 7 then . + {calendarorder: "first", transparent: "yes", displayname: 5, synctoken: {}}
		elif .id == 9 then .size = "large" else . end'
	[ "$(jq -r 'select(.code == "value-dropped") | .field' "$D/32" | sort | xargs)" = \
		'calendarorder displayname size synctoken transparent' ]
	is 'select(.kind == "CALENDAR_INSTANCE" and .access == 1 and .uri == "home") |
		[.calendarorder, .transparent, .displayname]' '[0, 0, null]'
	is 'select(.kind == "CALENDAR" and .id == 7) | .synctoken' 1
	is "$object | .size" 116
	# those that are as they should be are not told of
	changed 'if .id == 7 then . + {transparent: true, displayname: {base64: "eA=="}, calendarorder: null} else . end'
	lacks value-dropped "$D/32"
	# a block must say whose it is
	jq -c 'if .kind == "USER_BEGIN" then .email = {base64: "//4="} else . end' "$S/18" >"$D/18"
	exits 65 records --edited "$D/18"
	[[ $output = *"line 3: a USER_BEGIN that does not say whose it is"* ]]
}

@test "a user with many events streams in 32 MiB" {
	! grep -q __asan_init "$(command -v dav-schema-upgrade)" || skip "sanitizers need memory of their own"
	n=20000
	[ -z "${P7M_LONG:-}" ] || n=200000
	events "$n" >"$D/18"
	in_kb 32768 dav-schema-upgrade records --edited "$D/18" -o "$D/32"
	grep -c '"uid":"' "$D/32" | grep -qx "$n"
}

@test "one object of 15.7 MB takes twice its record besides" {
	! grep -q __asan_init "$(command -v dav-schema-upgrade)" || skip "sanitizers need memory of their own"
	for value in '"BEGIN:VEVENT\r\nUID:big\r\nDTSTART:20240101T100000Z\r\nDESCRIPTION:" + "x " * 7850000 +
		"\r\nEND:VEVENT\r\n"' '{base64: ("////" * 5225000)}'; do
		jq -c "if .id == 9 then .calendardata = $value else . end" "$S/18" >"$D/18"
		in_kb $((32768 + 2 * $(stat -c %s "$D/18") / 1024)) \
			dav-schema-upgrade records --edited "$D/18" -o "$D/32"
	done
}
