# A dry run prints what a real run with --itemize prints, line by line, and writes nothing: on a
# sample, on P7's own data, with users that P8 has, with rejects, and when all is there.
# not sanitized but for --long: the servers take the time

load ../load

setup_file() {
	server_start "$S/server" --character-set-server=utf8mb4
	make_sample_p7 "$S/p7" p7
	p7-extract --p7 "$S/p7" -o "$S/users"
}

setup() {
	fresh_p8
	cp "$S/users" "$D/"
	transformed
}

# The stream in $D, for the P8 in $D.
transformed() {
	load --describe -o "$D/target.json"
	p7-transform --target "$D/target.json" "$D/users" | dav-schema-upgrade records -o "$D/p8.ndjson" || [ $? = 1 ]
}

# Database and files, every byte.
all() {
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date "$DB"
	find "$D/p8" -printf '%p %s %T@\n' | sort
}

# dry_is_real [OPTION...]: the lists are the same, the first of them costs nothing, statuses agree.
dry_is_real() {
	local dry=0 real=0
	all >"$D/1"
	load --dry-run --rejects "$D/r1" "$@" >"$D/dry" 2>"$D/err" || dry=$?
	all >"$D/2"
	cmp "$D/1" "$D/2"
	load --itemize --rejects "$D/r2" "$@" >"$D/real" 2>"$D/err" || real=$?
	diff "$D/dry" "$D/real"
	[ "$dry" -eq "$real" ]
	# what was refused is the same, too
	diff <(jq -c 'select(.kind == "REJECT") | [.user, .code, .field]' "$D/r1" | sort) \
		<(jq -c 'select(.kind == "REJECT") | [.user, .code, .field]' "$D/r2" | sort)
	STATUS=$real
}

whole_run() {
	dry_is_real "$D/p8.ndjson"
	cat "$D/real" >"$D/list"
}

# No line is like that.
none() {
	local rc=0
	grep -E "$@" || rc=$?
	[ "$rc" -eq 1 ]
}

# No numbers of the database, which a dry run cannot know.
no_ids() {
	none -v '^[+=~-] [A-Z_]+ ' "$D/list"
	none '^\+ (CONTACT|USER|ACCOUNT) [^ ]+ [0-9]+( |$)' "$D/list"
}

@test "the sample; then nothing is left to do" {
	whole_run
	[ "$STATUS" -le 1 ]
	no_ids
	grep -q '^+ CALENDAR anna.weber@linden.example ' "$D/list"
	grep -q '^+ CALENDAR_OBJECT anna.weber@linden.example .*ics$' "$D/list"
	grep -q '^+ SHARE ' "$D/list"
	grep -q '^+ CONTACT anna.weber@linden.example ' "$D/list"
	grep -q '^+ FILE ' "$D/list"
	grep -q '^+ SERVER - ' "$D/list"
	[ "$(grep -c '^+ USER ' "$D/list")" = "$(load --list migrated | wc -l)" ]
	# again: nobody, nothing
	whole_run
	none '^[+]' "$D/list"
	[ "$(grep -c '^= USER ' "$D/list")" = "$(load --list migrated | wc -l)" ]
}

@test "P7 as its own code wrote it" {
	need_long
	need_shared
	make_rich_p7 "$D/rich" rich
	p7-extract --p7 "$D/rich" -o "$D/users"
	transformed
	whole_run
	no_ids
	whole_run
	none '^[+]' "$D/list"
	db -e 'drop database rich'
}

@test "a user that P8 has already" {
	local id
	sql "insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name)
		values (uuid(), '', 'Aurora\\\\Modules\\\\Core\\\\Classes\\\\User', 'Core')"
	id=$(sql "select max(id) from au_eav_entities")
	sql "insert into au_eav_attributes_string (id_entity, name, value)
		values ($id, 'PublicId', 'IVAN.PETROV@mir.test')"
	dry_is_real "$D/p8.ndjson"
	[ "$STATUS" -eq 1 ]
	grep -q '^- USER ivan.petrov@mir.test: user-exists$' "$D/real"
	none '^[+] CONTACT ivan' "$D/real"
}

@test "rejects of every kind, and users who are the same to P8" {
	need_long
	jq -c 'if .kind == "CONTACT" then .string.FullName = "x" * 300 | .int.Frequency = 5000000000
		elif .kind == "GROUP" then .uuid = "none" elif .kind == "CARD" then del(.data)
		elif .kind == "ADDRESSBOOK" and .uri == "Collected" then .uri = "u" * 300
		elif .kind == "FILE" then .path = "../" + .path
		elif .kind == "SYSTEM_FOLDER" then .ref.IdAccount = "12345678-0000-4000-8000-000000000000"
		elif .kind == "USER" and .string.PublicId == "li.wei@hafen.example" then
		.string.PublicId = "IVAN.petrov@mir.test" else . end' "$D/p8.ndjson" >"$D/edited"
	chmod 600 "$D/edited"
	dry_is_real "$D/edited"
	[ "$STATUS" -eq 1 ]
	grep -q '^- USER .*: user-duplicate$' "$D/real"
	[ "$(jq -r 'select(.kind == "REJECT" and .stage == "p8-load").code' "$D/r2" | sort -u |
		wc -l)" -ge 5 ]
	dry_is_real "$D/edited"
}

@test "half of the users are there" {
	need_long
	p7-extract --p7 "$S/p7" --shard 1/2 -o "$D/half"
	p7-transform --target "$D/target.json" "$D/half" | dav-schema-upgrade records -o "$D/p8half" || [ $? = 1 ]
	load -q "$D/p8half" || [ $? = 1 ]
	dry_is_real "$D/p8.ndjson"
	grep -q '^= USER ' "$D/real"
	grep -q '^+ USER ' "$D/real"
}

@test "a user whose load was interrupted" {
	load -q --transaction-rows 10 <(head -n 60 "$D/p8.ndjson") || [ $? = 65 ]
	sql "update au_p7m_users set state='loading' where state='done' limit 1"
	dry_is_real "$D/p8.ndjson"
}

@test "D08: a name with a NUL in it is shown whole" {
	jq -c 'if .kind == "CONTACT" then .string.FullName = "a\u0000b\\c\u001bd" else . end' \
		"$TESTS/fixtures/load-small.ndjson" >"$D/nul.ndjson"
	chmod 600 "$D/nul.ndjson"
	run load --dry-run "$D/nul.ndjson"
	[ "$(grep -c '^+ CONTACT .* a\\000b\\134c\\033d$' <<<"$output")" = 5 ]
}

@test "C12: of a user whose undo was interrupted a dry run says what the run says" {
	fresh_p8
	small
	load -q "$D/small.ndjson" || [ $? = 1 ]
	sql "update au_p7m_users set state = 'undoing' where email = 'ann@north.test'"
	exits 1 load --dry-run --rejects "$D/dry" "$D/small.ndjson"
	exits 1 load --rejects "$D/run" "$D/small.ndjson"
	[ "$(grep -c 'an undo of ann@north.test was interrupted' "$D/dry")" = 1 ]
	cmp "$D/dry" "$D/run"
}
