# The alternative approach by hand: dav-schema-upgrade stage, the steps on tables, records --staged.
# also on MySQL

load ../site

umask 077

setup_file() {
	server_start "$S/server"
	jq -c 'if .kind == "HEADER" then .source = {id: "55555555-5555-5555-8555-555555555555",
		snapshot: "2026-11-30 10:00:00"} else . end' "$TESTS/fixtures/dav-records.ndjson" >"$S/18"
	# as it comes without staged tables, but for the orders that steps on tables tell of themselves
	dav-schema-upgrade records --edited "$S/18" | grep -v calendar-order >"$S/all"
	dav-schema-upgrade records --edited "$S/all" >"$S/want"
}

setup() {
	db -e 'DROP DATABASE IF EXISTS dav; CREATE DATABASE dav CHARACTER SET latin1'
}

upgrade() {
	local command=$1
	shift
	dav-schema-upgrade "$command" --socket "$SOCKET" --user root --database dav "$@"
}

stage() {
	upgrade stage --prefix s_ --edited "${1:-$S/18}"
}

back() {
	upgrade records --staged s_ --edited "$@"
}

of() {
	dbq dav "$1"
}

@test "stage, apply, records --staged: the same stream as without tables" {
	run stage
	[ "$status" = 0 ]
	# the commands that come next can be run as they stand
	options="--socket '$SOCKET' --user 'root' --database 'dav'"
	[[ $output = *"next: dav-schema-upgrade apply --with-public --prefix 's_' $options (or"* ]]
	[[ $output = *"dav-schema-upgrade records --staged 's_' $options, with the same stream"* ]]
	upgrade stage --quiet --prefix s_ --edited "$S/18" >"$D/said"
	lacks next: "$D/said"
	[[ $output = *"2 calendars, 2 objects and 2 shares in 2 blocks"*"apply --with-public --prefix 's_'"* ]]
	[ "$(of 'select id, principaluri, uri, ctag, calendarorder from s_calendars order by 1')" = \
		'7	principals/anna@example.test	home	5	2
8	principals/room@example.test	room	1	-2' ]
	[ "$(of 'select id, calendarid, etag, size, componenttype, firstoccurence from s_calendarobjects
		order by 1')" = '9	7	0c48177eb7ee4ce7e036cfec3b8af138	116	VEVENT	1704103200
10	8	d41d8cd98f00b204e9800998ecf8427e	0			NULL' ] || of 'select * from s_calendarobjects'
	upgrade apply --with-public --prefix s_
	back "$S/18" | diff - "$S/want"
	# through files and pipes
	back -z -o "$D/32" <"$S/18"
	zcat "$D/32" | cmp - "$S/want"
	upgrade unstage --prefix s_
	[ -z "$(of 'show tables')" ]
	run upgrade unstage --prefix s_
	[ "$status" = 0 ]
	[[ $output = *"nothing is staged"* ]]
}

@test "step by step, as a DSN has it, and without a prefix" {
	dsn="mysql:unix_socket=$SOCKET;dbname=dav"
	dav-schema-upgrade stage --edited "$S/18" "$dsn" root
	for to in 2.0 2.1 3.0 3.2; do
		dav-schema-upgrade apply --to "$to" "$dsn" root
	done
	dav-schema-upgrade records --staged '' --edited "$S/18" "$dsn" root | diff - "$S/want"
	dav-schema-upgrade records --staged '' --edited "$dsn" root <"$S/18" | diff - "$S/want"
	dav-schema-upgrade unstage "$dsn" root
	[ -z "$(of 'show tables')" ]
}

@test "tables that are not ours are refused, and never dropped" {
	for table in s_calendars s_principals s_cards s_calendarinstances s_calendars_dsu32 s_dsu_journal; do
		db dav -e "create table $table (id int); insert into $table values (7)"
		exits 78 stage
		[[ $output = *"$table is in database dav already"* ]]
		[ "$(of 'show tables')" = "$table" ]
		upgrade unstage --prefix s_
		[ "$(of "select id from $table")" = 7 ]
		db dav -e "drop table $table"
	done
	# of other names or prefixes: left alone
	db dav -e "create table s_reminders (id int); create table calendars (id int); create table s_others (id int)"
	stage
	upgrade apply --with-public --prefix s_
	upgrade unstage --prefix s_
	[ "$(of 'show tables' | sort | xargs)" = 'calendars s_others s_reminders' ]
}

@test "staged again: the earlier stage goes" {
	stage
	upgrade apply --prefix s_
	jq -c 'if .id == 7 then .displayname = "New" else . end' "$S/18" >"$D/18"
	stage "$D/18"
	exits 78 back "$D/18"
	upgrade apply --prefix s_
	back "$D/18" | grep -q '"displayname":"New"'
}

@test "half-lifted tables are refused with the command to run" {
	exits 78 back "$S/18"
	[[ $output = *"nothing is staged"*"dav-schema-upgrade stage --prefix 's_' --socket '$SOCKET' --user 'root' --database 'dav', with this stream"* ]]
	stage
	for to in none 2.0 2.1 3.0; do
		[ "$to" = none ] || upgrade apply --prefix s_ --to "$to"
		exits 78 back "$S/18" -o "$D/none"
		[[ $output = *"not at sabre/dav 3.2"*"dav-schema-upgrade apply --with-public --prefix 's_'"* ]]
		[ ! -e "$D/none" ]
	done
	exits 75 upgrade apply --prefix s_ --stop-after 9
	exits 78 back "$S/18"
	[[ $output = *"dav-schema-upgrade apply --with-public --prefix 's_'"* ]]
	upgrade apply --prefix s_
	back "$S/18" | diff - "$S/want"
	# the stage itself
	db dav -e 'update s_dsu_stage set whole = 0'
	exits 78 back "$S/18"
	[[ $output = *"did not come to its end"*"dav-schema-upgrade stage"* ]]
	head -n 8 "$S/18" >"$D/cut"
	exits 65 stage "$D/cut"
	exits 78 back "$S/18"
	[[ $output = *"did not come to its end"* ]]
}

# What sabre's scripts make of the tables: no time zones, no UID of what they cannot read, the old
# calendars put aside, no column public, and no owner if they died.
stock() {
	{
		cat <<-'SQL'
		alter table @P@addressbooks add synctoken int unsigned not null default 1, drop ctag;
		alter table @P@cards add etag varbinary(32), add size int unsigned not null;
		create table @P@addressbookchanges (id int unsigned not null auto_increment primary key,
			uri varchar(200) not null, synctoken int unsigned not null, addressbookid int unsigned not null,
			operation tinyint(1) not null);
		create table @P@calendarsubscriptions (id int unsigned not null auto_increment primary key,
			uri varchar(200) not null);
		SQL
		cat "$TESTS/fixtures/stock-scripts.sql"
	} | sed "s/@P@/${1-s_}/g" | db dav
}

@test "what sabre's scripts made: as it is, and completed by apply" {
	stage
	stock
	# the time zones are in the stream, a UID that was left out is that of the record
	back "$S/18" | diff - "$S/want"
	upgrade apply --with-public --prefix s_
	back "$S/18" | diff - "$S/want"
	# nothing left to do
	upgrade apply --with-public --prefix s_ | grep -q 'nothing to do'
	# a name without the prefix may be another site's
	upgrade unstage --prefix s_ | grep -q 'calendars_3_1_1700000000 .* is left'
	[ "$(of 'show tables')" = calendars_3_1_1700000000 ]
}

@test "time zones that sabre's scripts lose are put back into the tables, too" {
	dav-schema-upgrade stage --socket "$SOCKET" --user root --database dav --edited "$S/18"
	stock ''
	dav-schema-upgrade apply --with-public --socket "$SOCKET" --user root --database dav
	[ "$(of 'select length(timezone) from calendarinstances where calendarid = 7')" = 17 ]
	upgrade records --staged '' --edited "$S/18" | diff - "$S/want"
	upgrade unstage
	[ -z "$(of 'show tables')" ]
}

@test "calendars without an owner's instance are refused; apply gives them one" {
	stage
	stock
	db dav -e 'delete from s_calendarinstances'
	exits 78 back "$S/18"
	[[ $output = *"2 of the staged calendars have no owner"*"apply --with-public --prefix 's_'"* ]]
	upgrade apply --with-public --prefix s_
	back "$S/18" | diff - "$S/want"
}

@test "another source or snapshot is refused" {
	stage
	upgrade apply --prefix s_
	for change in '.source.id = "66666666-5555-5555-8555-555555555555"' '.source.snapshot = "2026-11-30 11:00:00"'; do
		jq -c "if .kind == \"HEADER\" then $change else . end" "$S/18" >"$D/other"
		exits 78 back "$D/other"
		[[ $output = *"of another "*"than this stream"*"stage --prefix 's_'"* ]]
	done
	jq -c 'del(.source)' "$S/18" >"$D/other"
	exits 65 back "$D/other"
	exits 65 stage "$D/other"
}

@test "users who were not staged are held back" {
	jq -c 'select(.kind == "HEADER"), (select(.kind == "PRINCIPAL_BEGIN"), select(.id == 8 or .id == 10),
		select(.kind == "PRINCIPAL_END")), select(.kind == "END")' "$S/18" >"$D/some"
	stage "$D/some"
	upgrade apply --prefix s_
	exits 1 back "$S/18" -o "$D/32"
	lacks '"kind":"\(USER_BEGIN\|CARD\|SETTING\|REMINDER\|USER_END\)"' "$D/32"
	jq -se '[.[] | select(.kind == "REJECT")] | length == 1 and .[0].code == "user-not-staged" and
		.[0].user == "anna@example.test" and (.[0].remedy | test("dav-schema-upgrade stage"))' "$D/32"
	grep -q '"uri":"room"' "$D/32"
	dav-schema-upgrade records "$D/32" | cmp - "$D/32"
}

@test "rows that somebody took out, added or changed" {
	stage
	upgrade apply --with-public --prefix s_
	db dav -e "delete from s_calendarobjects where id = 9;
		update s_calendarinstances set displayname = 'Mine', uri = 'other' where calendarid = 7;
		insert into s_calendarobjects (id, calendarid, uri, calendardata, etag, size)
			values (99, 8, 'new', 'BEGIN:VEVENT\nUID:n\nEND:VEVENT\n', '', 0)"
	exits 1 back "$S/18" -o "$D/32"
	jq -se 'any(.code == "objects-not-staged" and .count == 1 and .user == "anna@example.test")' "$D/32"
	jq -se 'any(.kind == "CALENDAR_INSTANCE" and .access == 1 and .uri == "other" and .displayname == "Mine")' "$D/32"
	jq -se 'any(.kind == "CALENDAR_INSTANCE" and .id == 3 and .displayname == "Mine")' "$D/32"
	# reminders follow the calendar
	jq -se 'any(.kind == "REMINDER" and .calendaruri == "other" and .id == 1)' "$D/32"
	jq -se 'any(.id == 99 and .uid == "n" and .componenttype == "" and .size == 0 and .etag != "")' "$D/32"
	db dav -e "delete from s_calendars where id = 7"
	exits 78 back "$S/18"
	[[ $output = *"calendar 7 of anna@example.test"*"not in the staged tables"* ]]
}

@test "shares that somebody took out are counted, as objects are" {
	stage
	upgrade apply --with-public --prefix s_
	db dav -e "delete from s_calendarshares where calendarid = 7"
	exits 1 back "$S/18" -o "$D/32"
	jq -se '[.[] | select(.kind == "REJECT")] | length == 1 and (.[0] | .code == "shares-not-staged" and
		.count == 2 and .table == "calendarshares" and .user == "anna@example.test" and
		(.remedy | test("dav-schema-upgrade stage")))' "$D/32"
	lacks '"access":[23]' "$D/32"
	# one of them, and an object
	db dav -e "insert into s_calendarshares values (3, 7, 'principals/ben@example.test', 1, null);
		delete from s_calendarobjects"
	exits 1 back "$S/18" -o "$D/32"
	[ "$(jq -c 'select(.kind == "REJECT") | [.code, .count]' "$D/32" | xargs)" = \
		'[shares-not-staged,1] [objects-not-staged,1] [objects-not-staged,1]' ]
}

# as_without FILTER [STATUS [FILE]]: what jq's filter makes of the stream comes back as it does without
# tables, and stage exits with STATUS.
as_without() {
	jq -c "$1" "${3:-$S/18}" >"$D/18"
	local status=0
	stage "$D/18" 2>"$D/said" || status=$?
	[ "$status" = "${2:-0}" ]
	upgrade apply --with-public --prefix s_
	dav-schema-upgrade records --edited "$D/18" >"$D/want" || [ $? = 1 ]
	back "$D/18" >"$D/32" || [ $? = 1 ]
	diff <(plain "$D/want") <(plain "$D/32")
}

# Without counts and hashes, and orders that either the steps on tables or those on records tell of.
plain() {
	grep -v '_END"\|"END"\|calendar-order' "$1"
}

@test "a calendar that cannot be staged: it, its shares and objects as without tables" {
	for change in 'del(.uuid)' '.uuid = "x"' '.id = null' '.id = 4294967296'; do
		as_without "if .kind == \"CALENDAR\" and .id == 7 then $change else . end" 1
		grep -q '"id":9,' "$D/32"
	done
	as_without 'if .kind == "CALENDAR" and .id == 7 then del(.uuid) else . end' 1
	jq -se '[.[] | select(.kind == "REJECT") | .code] | sort ==
		["calendar-without-uuid", "share-without-calendar", "share-without-calendar"]' "$D/32"
	# neither has a calendar at all
	as_without 'select(.kind != "CALENDAR")' 1
}

@test "blocks of one name, and names of any length" {
	# of another user whom somebody gave this name
	as_without 'if .kind == "PRINCIPAL_BEGIN" then .kind = "USER_BEGIN" | .email = "anna@example.test" | del(.principal)
		elif .kind == "PRINCIPAL_END" then {kind: "USER_END", email: "anna@example.test"} else . end'
	grep -q 'anna@example.test has a block in the stream already' "$D/said"
	grep -q '"uri":"room"' "$D/32"
	[ "$(of 'select count(*) from s_calendars')" = 1 ]
	# the same block once more
	{
		grep -v '"END"' "$S/18"
		sed -n '/USER_BEGIN/,/USER_END/p' "$S/18"
		tail -n 1 "$S/18"
	} >"$D/again"
	as_without . 0 "$D/again"
	[ "$(grep -c '"id":9,' "$D/32")" = 2 ]
	long=$(printf '%0500d' 1)
	as_without "if .email != null then .email = \"$long@example.test\" else . end"
	[ ! -s "$D/said" ]
}

@test "two blocks of different names with one calendar id: stage names both" {
	jq -c 'if .id == 8 then .id = 7 else . end' "$S/18" >"$D/18"
	exits 65 stage "$D/18"
	[[ $output = *"line 14 "*"calendar 7 of principals/room@example.test has the id of a calendar of principals/anna@example.test before it"*"under a prefix of its own"* ]]
	exits 78 back "$D/18"
	[[ $output = *"did not come to its end"* ]]
}

@test "values that are not of their members' type are told, and left out of the tables" {
	jq -c 'if .id == 7 then . + {ctag: "five", transparent: "yes", displayname: ["x"],
			description: {base64: "//4="}}
		elif .id == 9 then .size = "large" else . end' "$S/18" >"$D/18"
	exits 1 stage "$D/18"
	for said in 'has a ctag, but it is not a number' 'has a transparent, but it is neither' \
		'has a displayname, but it is neither text nor base64' 'has a description, but it is not UTF-8' \
		'a CALENDAR_OBJECT has a size, but it is not a number; the tables have no value of it'; do
		grep -q "$said" <<<"$output"
	done
	[ "$(of 'select ctag, transparent, displayname, description from s_calendars where id = 7')" = \
		'0	0	NULL	NULL' ]
}

@test "seven texts in base64: each comes back as its own" {
	jq -c 'if .id == 7 then .description = "d" | .components = "VEVENT" else . end' "$S/18" >"$D/text"
	jq -c 'if .id == 7 then with_entries(if .key | IN("principaluri", "displayname", "uri", "description",
		"calendarcolor", "timezone", "components") then .value |= {base64: @base64} else . end) else . end' \
		"$D/text" >"$D/18"
	[ "$(grep -o base64 "$D/18" | wc -l)" = 7 ]
	stage "$D/18"
	[ "$(of 'select principaluri, displayname, uri, description, calendarcolor, timezone, components
		from s_calendars where id = 7' | tr -d '\r' | xargs)" = \
		'principals/anna@example.test Home home d #f00 BEGIN:VCALENDAR VEVENT' ]
	upgrade apply --with-public --prefix s_
	dav-schema-upgrade records --edited "$D/text" >"$D/want"
	# the principal is the record's: no step alters it
	back "$D/18" >"$D/32"
	diff <(plain "$D/want" | jq -c .) \
		<(plain "$D/32" | jq -c '.principaluri |= if type == "object" then (.base64 | @base64d) else . end |
			if .principaluri == null then del(.principaluri) else . end')
}

@test "a reader of records --staged that stalls does not lose the connection" {
	{
		jq -c 'select(.kind == "HEADER" or .kind == "USER_BEGIN")' "$S/18"
		awk 'BEGIN { for (i = 1000; i < 5000; i++) printf("{\"kind\":\"CALENDAR\",\"id\":%d," \
			"\"uuid\":\"22222222-2222-5222-8222-22222222%d\",\"principaluri\":\"principals/anna@example.test\"," \
			"\"uri\":\"%d\",\"displayname\":\"A calendar\",\"description\":\"None\",\"ctag\":1," \
			"\"calendarorder\":0,\"transparent\":0}\n", i, i, i) }'
		jq -c 'select(.kind == "USER_END" or .kind == "END")' "$S/18"
	} >"$D/18"
	stage "$D/18"
	upgrade apply --with-public --prefix s_
	back "$D/18" >"$D/want"
	[ "$(stat -c %s "$D/want")" -gt 1500000 ]
	mkfifo "$D/pipe"
	db -e 'set global wait_timeout = 1'
	back "$D/18" >"$D/pipe" 3>&- &
	exec 4<"$D/pipe"
	IFS= read -r first <&4
	# the server hangs up after a second, or does not
	wait_for '[ -z "$(dbq "" "select 1 from information_schema.processlist where db = \"dav\" and time < 2")" ]'
	db -e 'set global wait_timeout = 28800'
	{ printf '%s\n' "$first"; cat; } <&4 | cmp "$D/want"
	exec 4<&-
	wait
}

@test "texts of all kinds come back as they were" {
	jq -c 'if .id == 7 then . + {displayname: "Büro 😀 \"x\" \\ ", description: "a\u0000b", uri: "дом",
			timezone: "", calendarcolor: null, components: "VEVENT"}
		elif .id == 9 then . + {uri: {base64: "//4="}, calendardata: {base64: "/w=="}, size: 4294967295,
			lastmodified: -5, etag: "x", uid: "keep"} else . end' "$S/18" >"$D/18"
	dav-schema-upgrade records --edited "$D/18" | grep -v calendar-order >"$D/want"
	stage "$D/18"
	upgrade apply --with-public --prefix s_
	back "$D/18" >"$D/32"
	diff <(grep -v '_END"\|"END"' "$D/want" | sed 's/"uid":"keep"/"uid":null/') <(grep -v '_END"\|"END"' "$D/32")
}

@test "a stream that is at 3.2, of P7, damaged, or readable by others" {
	exits 65 stage "$S/want"
	[[ $output = *"at sabre/dav 3.2"* ]]
	jq -c 'if .kind == "HEADER" then .dav = "1.8" else . end' "$S/want" >"$D/32"
	exits 65 stage "$D/32"
	jq -c 'if .kind == "HEADER" then .stream = "p7" else . end' "$S/18" >"$D/p7"
	exits 65 stage "$D/p7"
	[[ $output = *"put p7-transform in between"* ]]
	exits 65 upgrade stage --prefix s_ "$S/18"
	cp "$S/18" "$D/18"
	chmod 644 "$D/18"
	exits 77 stage "$D/18"
	exits 66 stage "$D/nowhere"
	[ -z "$(of 'show tables')" ] || upgrade unstage --prefix s_
}

@test "stage and unstage that were killed: the next one goes on" {
	stage
	db dav -e 'drop table s_calendars, s_cards'
	upgrade unstage --prefix s_
	[ -z "$(of 'show tables')" ]
	stage
	db dav -e 'drop table s_calendarobjects, s_dsu_users; update s_dsu_stage set whole = 0'
	stage
	upgrade apply --with-public --prefix s_
	back "$S/18" | diff - "$S/want"
	# before anything was noted
	db dav -e 'delete from s_dsu_stage'
	exits 78 back "$S/18"
	[[ $output = *"did not come to its end"* ]]
	stage
}

@test "wrong use" {
	exits 64 upgrade records --staged s_ --to 2.1 "$S/18"
	exits 64 upgrade records --staged s_ --prefix s_ "$S/18"
	exits 64 upgrade stage --to 2.0 "$S/18"
	exits 64 upgrade stage -o x "$S/18"
	exits 64 upgrade apply --staged s_
	exits 64 upgrade stage --prefix 123456789012345678901234567890123 --edited "$S/18"
	exits 64 dav-schema-upgrade stage --socket "$SOCKET" --user root --edited "$S/18"
	exits 64 upgrade unstage file
}

@test "two runs at once: the second one is told to wait" {
	mkfifo "$D/pipe"
	stage "$D/pipe" &
	exec 4>"$D/pipe"
	head -n 3 "$S/18" >&4
	wait_for '[ -n "$(of "show tables like \"s!_dsu!_users\" escape \"!\"" 2>/dev/null)$(of "show tables like \"s%users\"")" ]'
	exits 75 stage
	[[ $output = *"another run"* ]]
	exec 4>&-
	wait || :
}

@test "many events: 32 MiB, and the order of ids" {
	! grep -q __asan_init "$(command -v dav-schema-upgrade)" || skip "sanitizers need memory of their own"
	{
		jq -c 'select(.kind == "HEADER" or .kind == "USER_BEGIN" or .id == 7)' "$S/18"
		awk 'BEGIN { for (i = 1; i <= 20000; i++) printf("{\"kind\":\"CALENDAR_OBJECT\",\"id\":%d," \
			"\"calendar\":\"22222222-2222-5222-8222-222222222222\",\"uri\":\"%d.ics\",\"lastmodified\":1," \
			"\"calendardata\":\"BEGIN:VEVENT\\r\\nUID:%d\\r\\nEND:VEVENT\\r\\n\"}\n", i, i, i) }'
		jq -c 'select(.kind == "USER_END" or .kind == "END")' "$S/18"
	} >"$D/18"
	dav-schema-upgrade records --edited "$D/18" >"$D/want"
	/usr/bin/time -f %M -o "$D/kb" dav-schema-upgrade stage --socket "$SOCKET" --user root \
		--database dav --prefix s_ --edited "$D/18"
	[ "$(cat "$D/kb")" -le 32768 ]
	upgrade apply --with-public --prefix s_
	/usr/bin/time -f %M -o "$D/kb" dav-schema-upgrade records --socket "$SOCKET" --user root \
		--database dav --staged s_ --edited "$D/18" -o "$D/32"
	[ "$(cat "$D/kb")" -le 32768 ]
	cmp "$D/want" "$D/32"
}

@test "one object of 15.7 MB takes twice its record besides, and comes back as it was" {
	! grep -q __asan_init "$(command -v dav-schema-upgrade)" || skip "sanitizers need memory of their own"
	jq -c 'if .id == 9 then .calendardata = ("BEGIN:VEVENT\r\nUID:big\r\nDTSTART:20240101T100000Z\r\n" +
		"DESCRIPTION:" + "é" * 7850000 + "\r\nEND:VEVENT\r\n") else . end' "$S/18" >"$D/18"
	most=$((32768 + 2 * $(stat -c %s "$D/18") / 1024))
	/usr/bin/time -f %M -o "$D/kb" dav-schema-upgrade stage --socket "$SOCKET" --user root \
		--database dav --prefix s_ --edited "$D/18"
	[ "$(cat "$D/kb")" -le "$most" ]
	upgrade apply --with-public --prefix s_
	/usr/bin/time -f %M -o "$D/kb" dav-schema-upgrade records --socket "$SOCKET" --user root \
		--database dav --staged s_ --edited "$D/18" -o "$D/32"
	[ "$(cat "$D/kb")" -le "$most" ]
	dav-schema-upgrade records --edited "$D/18" | grep -v '_END\|"END"\|calendar-order' |
		cmp - <(grep -v '_END\|"END"' "$D/32")
	# what the server does not take is said before anything is left out
	db -e "set global max_allowed_packet = 1048576"
	exits 78 stage "$D/18"
	db -e "set global max_allowed_packet = 16777216"
	[[ $output = *"calendar object 9 has 157"*"max_allowed_packet"* ]]
}
