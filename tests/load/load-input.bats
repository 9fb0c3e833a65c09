# p8-load: targets and streams that are not as they should be.

load ../load

# refused STATUS TEXT COMMAND...: it ends with STATUS and says TEXT in one line, on standard error.
refused() {
	local want=$1 text=$2
	shift 2
	run --separate-stderr "$@"
	echo "status $status: ${stderr:-}"
	[ "$status" -eq "$want" ]
	[[ ${stderr:-} == *"$text"* ]]
}

nothing_written() {
	[ "$(sql "select count(*) from au_eav_entities")" = 2 ]
	[ "$(sql "select count(*) from au_adav_addressbooks")" = 0 ]
}

@test "wrong use" {
	refused 64 "see p8-load --help" p8-load
	refused 64 "unknown option --nonsense" p8-load --p8 "$D/p8" --nonsense
	refused 64 "needs a value" p8-load --p8
	refused 64 "option file" p8-load --p8 "$D/p8" --db-password=x
	refused 64 "option file" p8-load --p8 "$D/p8" -psecret
	refused 64 "more than one input" p8-load --p8 "$D/p8" a b
	refused 64 "are two runs" p8-load --p8 "$D/p8" --check --describe
	refused 64 "--undo needs" p8-load --p8 "$D/p8" --undo
	refused 64 "--list is" p8-load --p8 "$D/p8" --list everything
	refused 64 "number from" p8-load --p8 "$D/p8" --transaction-rows none
}

@test "a directory that is none, or P7's" {
	refused 66 "not a directory" p8-load --p8 "$D/none" --check
	mkdir -p "$D/empty/data"
	refused 66 "is not a P8 directory" p8-load --p8 "$D/empty" --check
	mkdir -p "$D/p7/data/settings"
	touch "$D/p7/data/settings/settings.xml"
	refused 78 "is a P7 directory" p8-load --p8 "$D/p7" --check
	for v in 9.7.3 8.2.1 7.7.9; do
		echo "$v" >"$D/p8/VERSION"
		refused 78 "release $v; a P8 of release 8.3 to 8.8" p8-load --p8 "$D/p8" --check
	done
}

@test "config.json: broken, other database, no database" {
	local c=$D/p8/data/settings/config.json
	cp "$c" "$D/c"
	echo '{"DBHost": ["x"' >"$c"
	refused 78 "config.json" p8-load --p8 "$D/p8" --check
	jq '.DBType[0] = "PostgreSQL"' "$D/c" >"$c"
	refused 78 "PostgreSQL" p8-load --p8 "$D/p8" --check
	jq '.DBName[0] = "nowhere"' "$D/c" >"$c"
	run p8-load --p8 "$D/p8" --check
	[ "$status" -eq 78 ] || [ "$status" -eq 77 ]
	jq '.DBPassword[0] = "wrong"' "$D/c" >"$c"
	refused 77 "Access denied" p8-load --p8 "$D/p8" --check
	jq '.DBHost[0] = "localhost:/nowhere/socket"' "$D/c" >"$c"
	refused 69 "/nowhere/socket" p8-load --p8 "$D/p8" --check
}

@test "a salt that is missing, or none" {
	local s=$D/p8/data/salt8.php
	echo '<?php echo 1;' >"$s"
	refused 78 "salt" load "$D/small.ndjson"
	rm "$s"
	refused 66 "open P8 once in a browser" load "$D/small.ndjson"
	nothing_written
}

@test "a database that is no P8, incomplete, P7's, or release 9's" {
	refused 78 "no table of P8" load --prefix xx_ "$D/small.ndjson"
	sql "drop table au_eav_attributes_bigint, au_adav_cards"
	refused 78 "it lacks au_eav_attributes_bigint, au_adav_cards" load "$D/small.ndjson"
	fresh_p8
	small
	sql "alter table au_adav_calendarinstances drop column public"
	refused 78 "au_adav_calendarinstances.public" load "$D/small.ndjson"
	sql "alter table au_adav_calendarinstances add public tinyint(1) not null default 0"
	sql "create table mail_awm_accounts (a int, def_acct int)"
	refused 78 "tables of P7 (mail_awm_accounts)" load "$D/small.ndjson"
	sql "drop table mail_awm_accounts"
	sql "create table au_core_users (a int)"
	refused 78 "au_core_users" load "$D/small.ndjson"
	sql "drop table au_core_users"
	sql "delete from au_eav_entities where entity_type like '%Tenant'"
	refused 78 "has no tenant" load "$D/small.ndjson"
	[ -z "$(sql "show tables like 'au_p7m%'")" ]
}

# As a user who is not root; what he may not read or write is a matter of modes then.
nobody() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# The installation belongs to him.
given_away() {
	let_others_in
	[ "$(id -u)" != 0 ] || chown -R 65534:65534 "$D"
	nobody test -r "$D/p8/data/salt8.php" || skip "another user cannot get at $D"
}

@test "a salt, a config.json and a stream that cannot be read" {
	local f
	given_away
	for f in p8/data/salt8.php p8/data/settings/config.json small.ndjson; do
		chmod 000 "$D/$f"
		refused 77 "cannot open $D/$f: Permission denied" \
			nobody p8-load --p8 "$D/p8" --edited "$D/small.ndjson"
		chmod 600 "$D/$f"
	done
	nothing_written
	[ -z "$(sql "show tables like 'au_p7m%'")" ]
}

@test "data/files that cannot be written" {
	given_away
	mkdir "$D/p8/data/files"
	chmod 555 "$D/p8/data/files"
	[ "$(id -u)" != 0 ] || chown 65534 "$D/p8/data/files"
	refused 77 "cannot write into" nobody p8-load --p8 "$D/p8" --edited "$D/small.ndjson"
	nothing_written
	chmod 755 "$D/p8/data/files"
	nobody p8-load --p8 "$D/p8" --edited --quiet "$D/small.ndjson"
}

@test "a user of the database with too few rights: --check says so, and changes nothing" {
	local right all='select,insert,update,delete,create,alter,drop'
	db -e "create user few@localhost identified by 'x'; grant $all on p8.* to few@localhost"
	printf '[client]\nuser=few\npassword=x\n' >"$D/few"
	chmod 600 "$D/few"
	p8-load --p8 "$D/p8" --db-user few --db-defaults-file "$D/few" --check |
		grep -q '^rights  *all that a load needs$'
	for right in insert update delete create alter drop; do
		db -e "revoke $right on p8.* from few@localhost"
		refused 77 "${right^^} command denied" \
			p8-load --p8 "$D/p8" --db-user few --db-defaults-file "$D/few" --check
		db -e "grant $right on p8.* to few@localhost"
	done
	db -e 'drop user few@localhost'
	nothing_written
}

@test "input that is missing, open to others, empty, foreign, of another stage" {
	refused 66 "nowhere" load "$D/nowhere"
	chmod 644 "$D/small.ndjson"
	refused 77 "chmod" load "$D/small.ndjson"
	refused 65 "empty" load /dev/null
	echo hello >"$D/x"
	chmod 600 "$D/x"
	refused 65 "line 1" load "$D/x"
	jq -c 'if .kind == "HEADER" then .stream = "p7" else . end' "$D/small.ndjson" >"$D/x"
	refused 65 "p7-transform" load "$D/x"
	nothing_written
}

@test "a truncated stream: nothing beyond the last whole user" {
	local line
	# behind the first user, in the middle of the second one
	line=$(grep -n '"USER_BEGIN","email":"bob' "$D/small.ndjson" | cut -d : -f 1)
	head -n $((line + 2)) "$D/small.ndjson" >"$D/x"
	chmod 600 "$D/x"
	refused 65 "last complete user: ann@north.test" load "$D/x"
	[ "$(sql "select count(*) from au_eav_attributes_string where name='PublicId'")" = 1 ]
	[ "$(sql "select group_concat(email) from au_p7m_users")" = ann@north.test ]
	# the same with a user of whom something was committed already
	refused 65 "last complete user: ann@north.test" load --transaction-rows 20 "$D/x"
	[ "$(sql "select count(*) from au_eav_entities where entity_type like '%User'")" = 1 ]
	no_orphans
	# cut within the line
	head -c -5 "$D/small.ndjson" >"$D/x"
	refused 65 "END" load "$D/x"
	exits 0 load "$D/small.ndjson"
	load --verify
}

@test "every prefix of the stream is refused, and no user is half there" {
	local n lines
	lines=$(wc -l <"$D/small.ndjson")
	for n in 1 2 5 9 14 20 26 31 33 36 40 44 47 $((lines - 1)); do
		head -n "$n" "$D/small.ndjson" >"$D/x"
		chmod 600 "$D/x"
		exits 65 load -q --transaction-rows 30 "$D/x"
		[ "$(sql "select count(*) from au_eav_entities where entity_type like '%User'")" = \
			"$(sql "select count(*) from au_p7m_users where state='done'")" ]
		no_orphans
	done
}

@test "an altered stream needs --edited" {
	refused 65 "--edited" p8-load --p8 "$D/p8" "$D/small.ndjson"
	[ "$(sql "select count(*) from au_eav_attributes_string where name='PublicId'")" = 0 ]
}

@test "malformed records" {
	edit 'if .kind == "USER" then .uuid = "00000000-0000-4000-8000-000000000000" else . end'
	refused 65 "does not belong to its USER_BEGIN" load "$D/edited.ndjson"
	edit 'if .kind == "USER_BEGIN" then del(.uuid) else . end'
	refused 65 "USER_BEGIN needs" load "$D/edited.ndjson"
	edit 'if .kind == "HEADER" then del(.source.snapshot) else . end'
	refused 65 "snapshot" load "$D/edited.ndjson"
	edit 'select(.kind == "HEADER" or .kind == "END")'
	refused 65 "holds no user" load "$D/edited.ndjson"
}

@test "one bad value costs one value" {
	edit 'if .kind == "CONTACT" and .string.FullName == "Eve" then
		.string.PersonalEmail = "x" * 300 | .string.ETag = {base64: "/w=="}
		| .int.BirthDay = 5000000000 | .datetime.DateModified = "yesterday"
		| .text.Notes = "n" * 70000 | .string.ViewEmail = "😀" | .bool.Auto = 7
		else . end'
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | [.field, .code] | join(" ")' "$D/rejects" | sort)" = \
"Auto value-out-of-range
BirthDay value-out-of-range
DateModified value-no-date
ETag value-no-utf8
Notes value-too-long
PersonalEmail value-too-long
ViewEmail value-not-bmp" ]
	[ "$(jq -r 'select(.kind == "REJECT") | .user' "$D/rejects" | sort -u)" = ann@north.test ]
	# its row is there, empty, so that P8 finds the contact
	[ "$(sql "select count(*) from au_eav_attributes_string a join au_eav_attributes_string b
		on b.id_entity=a.id_entity and b.name='ViewEmail' and b.value=''
		where a.name='FullName' and a.value='Eve'")" = 1 ]
	[ "$(sql "select count(*) from au_p7m_rejects where is_reject=1")" = 7 ]
	load --verify
}

@test "a value that only the server refuses is found and left out" {
	# P8's column is narrower here than P8 makes it, behind the loader's back
	db p8 <<-'S'
	delimiter //
	create trigger t before insert on au_eav_attributes_string for each row
	if new.value like 'D''Arcy%' then
		signal sqlstate '22001' set mysql_errno=1406, message_text='Data too long';
	end if//
	S
	exits 1 load --rejects "$D/rejects" "$D/small.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | [.code, .field] | join(" ")' "$D/rejects")" = \
		"value-refused FullName" ]
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 3 ]
	[ "$(sql "select count(*) from au_eav_attributes_string where name='FullName'
		and value=''")" = 4 ]
	sql "drop trigger t"
	load --verify
}

@test "one bad user costs one user" {
	edit 'if .kind == "USER" and .string.PublicId == "bob@default.example" then
		.string.PublicId = "b" * 300 else . end'
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	[[ $output == *"3 users read: 2 loaded, 0 already there, 1 rejected"* ]]
	[ "$(jq -r 'select(.kind == "REJECT") | [.user, .code] | join(" ")' "$D/rejects")" = \
		"bob@default.example user-bad-email" ]
	[ "$(load --list not-migrated | cut -f 1)" = bob@default.example ]
	# corrected, he is loaded, and not listed any more
	exits 0 load "$D/small.ndjson"
	[ -z "$(load --list not-migrated)" ]
	[ "$(load --list migrated | wc -l)" = 3 ]
}

@test "bad records, one by one" {
	edit 'if .kind == "GROUP" then .uuid = "none" elif .kind == "IDENTITY" then .entity = ""
		elif .kind == "CARD" and (.data | test("Eve")) then del(.data)
		elif .kind == "SYSTEM_FOLDER" and .string.FolderFullName == "Sent" then
		.ref.IdAccount = "12345678-0000-4000-8000-000000000000"
		elif .kind == "FILE" and .path == "hello.txt" then .path = "../hello.txt"
		elif .kind == "FILE" and .path == "Büro/empty.bin" then .path = "d/" * 2050 + "f"
		elif .kind == "FILE_CHUNK" and .path == "Büro/plan.txt" and .offset == 0 then
		.data.base64 = "AAAA" else . end'
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | .code' "$D/rejects" | sort | uniq -c |
		awk '{print $2 ":" $1}' | tr '\n' ' ')" = \
"bad-card:1 bad-entity:1 bad-uuid:1 file-chunk:1 file-path:2 ref-unknown:4 " ]
	[ "$(jq -r 'select(.code == "file-path") | [.record.path[0:4], .reason] | join(": ")' \
		"$D/rejects" | sort)" = "\
../h: path, size or time are missing or not allowed
d/d/: its path is too long for P8 (4096 bytes or more)" ]
	[ ! -e "$D/p8/data/files/private/hello.txt" ]
	load --verify --deep
	no_orphans
}

@test "records of a kind that is not known" {
	{
		head -n 1 "$D/small.ndjson"
		echo '{"kind":"WEATHER","id":1}'
		echo '{"kind":"WEATHER","id":2}'
		sed 1d "$D/small.ndjson"
	} >"$D/x"
	chmod 600 "$D/x"
	exits 0 load --rejects "$D/rejects" "$D/x"
	[[ $output == *"WEATHER"*"2 left out"* ]]
	[ "$(grep -c unknown-kind "$D/rejects")" = 1 ]
}

@test "a user that P8 has already, and users that differ by case or accent" {
	edit 'if .kind == "USER" and .string.PublicId == "bob@default.example" then
		.string.PublicId = "cleo@NORTH.test" else . end'
	exits 1 load --dry-run --rejects "$D/dry" "$D/edited.ndjson"
	exits 1 load --rejects "$D/rejects" "$D/edited.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | [.user, .code] | join(" ")' "$D/rejects")" = \
		"Cléo@north.test user-duplicate" ]
	[ "$(jq -r 'select(.kind == "REJECT") | .code' "$D/dry")" = user-duplicate ]
	# the ledger forgets, P8 does not
	sql "delete from au_p7m_users where email='ann@north.test'"
	exits 1 load --rejects "$D/rejects" "$D/small.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | [.user, .code] | join(" ")' "$D/rejects" | sort)" = \
"Cléo@north.test user-duplicate
ann@north.test user-exists" ]
}

@test "rejects of earlier stages come along and make the status 1" {
	{
		head -n 1 "$D/small.ndjson"
		echo '{"kind":"REJECT","stage":"p7-extract","code":"user-without-settings","user":"zoe@north.test","reason":"no row","remedy":"none"}'
		sed 1d "$D/small.ndjson"
	} >"$D/x"
	chmod 600 "$D/x"
	exits 1 load --rejects "$D/rejects" "$D/x"
	[ "$(jq -r 'select(.kind == "REJECT") | .user' "$D/rejects")" = zoe@north.test ]
	[ "$(load --list not-migrated)" = "zoe@north.test	no row	none" ]
	exits 1 load "$D/x"
	[ "$(sql "select count(*) from au_p7m_rejects")" = 2 ]
	[ "$(load --list rejects | jq -r .kind | sort | tr '\n' ' ')" = "REJECT WARN " ]
}

@test "a ledger that another release made" {
	local mode
	load -q "$D/small.ndjson"
	sql "update au_p7m_meta set value='1' where name='version'"
	for mode in "$D/small.ndjson" "--dry-run $D/small.ndjson" --verify "--verify $D/small.ndjson" \
		"--undo --all" "--list migrated" "--repair $D/small.ndjson"; do
		# shellcheck disable=SC2086 # words
		refused 78 "is of version 1, this program's of version 4; use the release that began" \
			load $mode
	done
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 3 ]
	load --reset --yes
	refused 1 "user-exists" load "$D/small.ndjson"
}

@test "an e-mail with a NUL does not pass for its beginning" {
	jq -c 'if .kind == "USER_BEGIN" and .email == "ann@north.test" then .email += "\u0000x" else . end |
		if .string?.PublicId == "ann@north.test" then .string.PublicId += "\u0000x" else . end' \
		"$D/small.ndjson" >"$D/nul"
	chmod 600 "$D/nul"
	exits 1 load -q --rejects "$D/rejects" "$D/nul"
	[ "$(jq -r 'select(.kind == "REJECT") | .code + " " + .user' "$D/rejects")" = \
		'user-bad-email ann@north.test\000x' ]
	[ "$(sql "select count(*) from au_p7m_users where email='ann@north.test'")" = 0 ]
	[ "$(sql "select count(*) from au_eav_attributes_string where value like 'ann@north.test%'
		and name='PublicId'")" = 0 ]
	# she comes when the name is mended
	exits 0 load -q "$D/small.ndjson"
	[ "$(sql "select state from au_p7m_users where email='ann@north.test'")" = "done" ]
}
