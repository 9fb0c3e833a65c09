# p8-load --verify FILE, --reset, and what has changed in P7 since.
# not sanitized but for --long

load ../load

@test "verify against the stream that was loaded" {
	load -q "$D/small.ndjson"
	exits 0 load --verify --deep "$D/small.ndjson"
	[[ $output == "verified: P8 holds what the stream says of 3 users, 235 values" ]]
	exits 0 load --verify --deep - <"$D/small.ndjson"
	# it writes nothing
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 >"$D/1.sql"
	load --verify "$D/small.ndjson"
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 >"$D/2.sql"
	cmp "$D/1.sql" "$D/2.sql"
	# a later stream: dates that P7 does not know are those of the one that was loaded
	jq -c 'if .kind == "HEADER" then .source.snapshot = "2031-02-03 04:05:06" else . end' \
		"$D/small.ndjson" >"$D/later.ndjson"
	chmod 600 "$D/later.ndjson"
	exits 0 load --verify "$D/later.ndjson"
}

@test "verify against a stream names each difference" {
	load -q "$D/small.ndjson"
	sql "update au_eav_attributes_string set value='Eva' where value='Eve'"
	sql "insert into au_eav_attributes_bool (id_entity, name, value)
		select id, 'New', 1 from au_eav_entities where entity_type like '%Group'"
	sql "delete from au_eav_entities where entity_type like '%Identity'"
	sql "delete from au_adav_cards order by id limit 1"
	sql "update au_adav_cards set lastmodified=5 order by id limit 1"
	sql "delete from au_eav_attributes_text where value like 'line%'"
	sql "update au_eav_attributes_string set value='x' where name='PublicId' and value like 'bob%'"
	sql "update au_eav_attributes_mediumblob set value='s' where name='Signature' limit 1"
	sql "update au_eav_attributes_int set value=3 where name='Frequency'"
	sql "update au_adav_addressbooks set displayname='My own' where uri='AddressBook' limit 1"
	sql "update au_adav_addressbooks set uri='elsewhere' where uri='Collected' limit 1"
	printf 'A plan of many words' >"$(find "$D/p8/data/files" -name plan.txt)"
	touch -d @1600000000 "$(find "$D/p8/data/files" -name plan.txt)"
	rm "$(find "$D/p8/data/files" -name hello.txt)"
	exits 1 load --verify "$D/small.ndjson"
	[[ $output == *"FILE hello.txt: not in P8 any more"* ]]
	[[ $output == *"IDENTITY "*": not in P8"* ]]
	[[ $output == *'FullName is "Eva" in P8, "Eve" in the stream'* ]]
	[[ $output == *'Signature is "s" in P8, "<b>☂ 😀</b>" in the stream'* ]]
	[[ $output == *"New is in P8, not in the stream"* ]]
	[[ $output == *"Notes is not in P8"* ]]
	[[ $output == *"CARD "*": not in P8"* ]]
	[[ $output == *"CARD "*": other in P8 than in the stream"* ]]
	[[ $output == *'PublicId is "x" in P8, "bob@default.example" in the stream'* ]]
	echo "$output"
	[[ $output == *'ADDRESSBOOK AddressBook: its name is "My own" in P8, "Address Book" in the stream'* ]]
	[[ $output == *"ADDRESSBOOK Collected: not in P8"* ]]
	[[ $output == *"11 differences between P8 and the stream"* ]]
	run load --verify --deep "$D/small.ndjson"
	[[ $output == *"FILE Büro/plan.txt: other content in P8, at the same size and time"* ]]
	[[ $output == *"12 differences"* ]]
}

# The small stream without the contents of files in $D/by-ref.ndjson, for --files-from $D/data.
by_reference() {
	local dir="$D/data/files/private/ann@north.test"
	mkdir -p "$dir/Büro"
	printf 'hello, world\n' >"$dir/hello.txt"
	printf 'a plan of many words' >"$dir/Büro/plan.txt"
	: >"$dir/Büro/empty.bin"
	find "$dir" -type f -exec touch -d @1600000000.123456789 {} +
	jq -c 'select(.kind != "FILE_CHUNK") | del(.sha256)' "$D/small.ndjson" >"$D/by-ref.ndjson"
	chmod 600 "$D/by-ref.ndjson"
}

# load_with_files by-ref|small: into an empty P8, files copied without checksums or carried with them;
# f is one of them.
load_with_files() {
	fresh_p8
	if [ "$1" = by-ref ]; then
		load -q --files-from "$D/data" "$D/by-ref.ndjson"
	else
		load -q "$D/small.ndjson"
	fi
	f=$(find "$D/p8/data/files" -name hello.txt)
}

# same_size FILE: it is edited, and as large as before.
same_size() {
	printf X | dd of="$1" conv=notrunc status=none
}

@test "an edited file is a difference at equal size, too, with and without checksums" {
	local stream f dir
	by_reference
	for stream in by-ref small; do
		load_with_files "$stream"
		dir=${f%/*}
		# read, and directories with other times: as loaded
		cat "$f" >/dev/null
		touch -a -d 2030-01-01 "$f"
		touch -d 2030-01-01 "$dir" "$dir/Büro"
		exits 0 load --verify
		[[ $output == *"verified: P8 holds what was loaded of 3 users" ]]
		exits 0 load --verify "$D/small.ndjson"
		exits 0 load --undo --all --dry-run
		[[ $output != *FILE* && $output != *"not undone"* ]]
		same_size "$f"
		exits 1 load --verify
		[[ $output == *"! ann@north.test FILE hello.txt: changed in P8: its time of change is "*" UTC instead of 2020-09-13 12:26:40"* ]]
		[[ $output == *$'\n'"1 difference; "* ]]
		exits 1 load --verify --deep
		[[ $output == *"FILE hello.txt: changed in P8"*"1 difference; "* ]]
		exits 1 load --verify "$D/small.ndjson"
		[[ $output == *"! ann@north.test FILE hello.txt: changed in P8"*"1 difference between P8"* ]]
	done
	# other content behind the time that it had: only the checksum knows
	touch -d @1600000000 "$f"
	exits 0 load --verify
	exits 1 load --verify --deep
	[[ $output == *"FILE hello.txt: other content in P8, at the same size and time"* ]]
	printf more >>"$f"
	rm "$dir/Büro/plan.txt" "$dir/Büro/empty.bin"
	mkdir "$dir/Büro/empty.bin"
	exits 1 load --verify
	[[ $output == *"FILE hello.txt: changed in P8: 17 bytes instead of 13"* ]]
	[[ $output == *"FILE Büro/plan.txt: not in P8 any more"* ]]
	[[ $output == *"FILE Büro/empty.bin: not a file in P8 any more"* ]]
	[[ $output == *"3 differences; "* ]]
}

@test "--deep says of how many files there is no checksum, and against what they are compared" {
	local f
	by_reference
	load -q "$D/small.ndjson"
	exits 0 load --verify --deep
	[[ $output == *"verified: P8 holds what was loaded of 3 users" ]]
	exits 0 load --verify --deep "$D/by-ref.ndjson"
	[[ $output == *" values; of 3 files only size and time were compared: the stream does not have"* ]]
	fresh_p8
	load -q --files-from "$D/data" "$D/by-ref.ndjson"
	exits 0 load --verify
	[[ $output == *"verified: P8 holds what was loaded of 3 users" ]]
	exits 0 load --verify --deep
	[[ $output == *" of 3 users; of 3 files only size and time were compared: "*"--verify FILE --deep"* ]]
	exits 0 load --verify --deep "$D/small.ndjson"
	[[ $output != *"size and time"* ]]
	# damage that left size and time as they were
	f=$(find "$D/p8/data/files" -name plan.txt)
	same_size "$f"
	touch -d @1600000000 "$f"
	exits 0 load --verify --deep
	exits 1 load --verify --deep "$D/small.ndjson"
	[[ $output == *"FILE Büro/plan.txt: other content in P8, at the same size and time"*"1 difference between"* ]]
	rm "$f"
	exits 1 load --verify --deep
	[[ $output == *"FILE Büro/plan.txt: not in P8 any more"*"1 difference; "*$'\n'"of 2 files only size and time "* ]]
}

@test "an edited file keeps its user from being undone, with and without checksums" {
	local stream f
	by_reference
	for stream in by-ref small; do
		load_with_files "$stream"
		same_size "$f"
		# content behind an old time is known by the checksum
		[ "$stream" = by-ref ] || touch -d @1600000000 "$f"
		exits 1 load --undo --dry-run ann@north.test
		[[ $output == *"! ann@north.test FILE hello.txt: "*" in P8"*"not undone, because of these changes"* ]]
		exits 1 load --undo --all --yes
		[[ $output == *"! ann@north.test FILE hello.txt: "*"no user was undone"* ]]
		exits 1 load --undo ann@north.test
		load --list migrated | grep -qx ann@north.test
		exits 0 load --undo --force ann@north.test
		[[ $output == *"! ann@north.test FILE hello.txt: "*"ann@north.test: what was changed in P8 stays: 1 file"* ]]
		grep -q ^Xello "$f"
		[ "$(find "$D/p8/data/files" -type f | wc -l)" = 1 ]
	done
	# it is P8's own from now on: named when P7's is left out, and to verify no more
	exits 0 load "$D/small.ndjson"
	[[ $output == *" file-exists: "* ]]
	[ "$(sql "select count(*) from au_p7m_files where path='hello.txt'")" = 0 ]
	exits 0 load --verify --deep
	exits 0 load --undo --force ann@north.test
	[[ $output == *"! ann@north.test FILE: 1 added in P8"* && $output != *"hello.txt:"* ]]
	[ "$(find "$D/p8/data/files" -type f)" = "$f" ]
}

@test "verify a stream with users that are not loaded, in small pieces" {
	many 5 60 >"$D/many.ndjson"
	chmod 600 "$D/many.ndjson"
	load -q --transaction-rows 100 "$D/many.ndjson"
	exits 0 load --verify "$D/many.ndjson"
	[[ $output == *"of 5 users"* ]]
	exits 1 load --verify "$D/small.ndjson"
	[[ $output == *"! ann@north.test USER "*": not loaded"* ]]
	[[ $output == *"SERVER "*": not in P8"* ]]
}

@test "verify without a ledger" {
	exits 78 load --verify
	[[ $output == *"nothing was loaded"* ]]
	exits 78 load --verify "$D/small.ndjson"
}

@test "users whom P7 has changed since they were loaded are told" {
	p7-extract --help >/dev/null 2>&1 || skip "needs p7-extract and p7-transform"
	make_sample_p7 "$D/p7" p7
	load --describe -o "$D/target.json"
	stream() {
		p7-extract --p7 "$D/p7" --without files | p7-transform --target "$D/target.json" |
			dav-schema-upgrade records
	}
	stream | p8-load --p8 "$D/p8" -q || [ "$?" -eq 1 ]
	local user
	user=$(load --list migrated | head -n 1)
	dbq p7 "update wm_awm_settings s join wm_awm_accounts a using (id_user)
		set s.msgs_per_page=s.msgs_per_page+1 where a.email='$user'"
	run bash -c "$(declare -f stream); D=$D; stream | p8-load --p8 $D/p8 --itemize"
	db -e "drop database p7"
	[[ $output == *"~ USER $user"* ]]
	[[ $output == *"changed in P7 since: 1 of those who are there"* ]]
}

@test "--reset forgets; the users stay in P8, and are refused" {
	# nobody is there any more
	load -q "$D/small.ndjson"
	load -q --undo --all --yes
	exits 0 load --reset --yes
	[ "$output" = 'the ledger is forgotten; no user of it is in P8 any more' ]
	# one was removed in P8 by hand, of one the load did not end
	load -q "$D/small.ndjson"
	sql "delete e from au_eav_entities e join au_p7m_users u on u.entity=e.id
		where u.email='ann@north.test'; update au_p7m_users set state='undoing' order by id desc limit 1"
	exits 0 load --reset --yes
	[[ $output == *'; P8 keeps 1 user, and refuses'*'; P8 keeps parts of 1 user whose'* ]]
	fresh_p8
	load -q "$D/small.ndjson"
	exits 0 load --reset --yes
	[[ $output == 'the ledger is forgotten; P8 keeps 3 users, and refuses'*'(user-exists)' ]]
	[ -z "$(sql "show tables like 'au_p7m%'")" ]
	[ "$(sql "select count(*) from au_eav_attributes_string where name='PublicId'")" = 3 ]
	exits 1 load --rejects "$D/rejects" --without files "$D/small.ndjson"
	[ "$(jq -r 'select(.kind == "REJECT") | .code' "$D/rejects" | sort -u)" = user-exists ]
	[ "$(sql "select count(*) from au_eav_attributes_string where name='PublicId'")" = 3 ]
}
