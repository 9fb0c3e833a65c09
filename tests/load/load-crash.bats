# p8-load: killed, disconnected, two at once, and taken back again.
# not sanitized but for --long: the servers take the time

load ../load

setup_file() {
	server_start "$S/server" --innodb-lock-wait-timeout=5
}

# What a load without accidents gives, for comparison.
expected() {
	local here=$D
	fresh_p8
	p8-load --p8 "$D/p8" --edited -q "$@"
	content >"$S/expected"
	D=$here
	db -e "drop database p8; create database p8"
	db p8 <"$TESTS/sample/p8-schema.sql"
}

# A load whose connection is killed in the middle of a user, after line 20 of the small stream.
start_and_cut() {
	start -v --transaction-rows 20
	head -n 20 "$D/small.ndjson" >&4
	until_sql "select units > 1 from au_p7m_users" 1
	db -e "kill $(sql "select is_used_lock($(lock_of ann@north.test))")"
}

as_expected() {
	content >"$D/content"
	diff "$S/expected" "$D/content"
	no_orphans
}

users_in_p8() {
	sql "select count(*) from au_eav_attributes_string where name='PublicId'"
}

@test "SIGKILL in the middle of a user of several transactions" {
	need_long
	expected "$D/small.ndjson"
	start -v --transaction-rows 20
	head -n 30 "$D/small.ndjson" >&4
	until_sql "select state from au_p7m_users" loading
	until_sql "select units > 2 from au_p7m_users" 1
	kill -9 "$PID"
	wait "$PID" || :
	exec 4>&-
	until_gone
	[ "$(users_in_p8)" = 0 ]
	[ "$(sql "select count(*) > 5 from au_eav_entities")" = 1 ]
	[ -n "$(load --list not-migrated)" ]
	exits 0 load -q --transaction-rows 20 "$D/small.ndjson"
	as_expected
	load --verify --deep
}

@test "SIGKILL at many moments, always resumed by the same command" {
	need_long
	local n i
	many 6 200 >"$D/many.ndjson"
	chmod 600 "$D/many.ndjson"
	expected "$D/many.ndjson"
	for i in 1 2 3 4 5 6 7 8; do
		p8-load --p8 "$D/p8" --edited -q --transaction-rows 700 "$D/many.ndjson" 3>&- &
		PID=$!
		sleep "0.0$((i * 7 % 10))$i"
		kill -9 "$PID" 2>/dev/null || :
		wait "$PID" 2>/dev/null || :
		until_gone
		no_orphans
		n=$(sql "select count(*) from au_p7m_users where state='done'" 2>/dev/null || echo 0)
		[ "$(users_in_p8)" = "$n" ]
	done
	exits 0 load -q --transaction-rows 700 "$D/many.ndjson"
	as_expected
	load --verify
}

@test "corporate files that came before a run ended, however, are in the ledger, and are undone" {
	local tenant root=$D/p8/data/files/corporate signal
	tenant=$(sql "select id from au_eav_entities where entity_type like '%Tenant'")
	{
		head -n 1 "$D/small.ndjson"
		echo '{"kind":"FILE","root":"corporate","path":"0","directory":true,"mtime":1,"mode":493}'
		for name in one two three; do
			echo '{"kind":"FILE","root":"corporate","path":"0/'$name'","size":2,"mtime":1,"mode":420}'
			echo '{"kind":"FILE_CHUNK","path":"0/'$name'","offset":0,"data":{"base64":"aGk="}}'
		done
		sed 1d "$D/small.ndjson"
	} >"$D/corp.ndjson"
	chmod 600 "$D/corp.ndjson"
	for signal in KILL TERM; do
		: >"$D/pause"
		start --pause-file "$D/pause"
		if [ "$signal" = KILL ]; then
			head -n 7 "$D/corp.ndjson" >&4
			wait_for '[ -e "$1" ]' "$root/$tenant/two"
		else
			cat "$D/corp.ndjson" >&4
			exec 4>&-
			wait_for 'grep -q waiting "$1"' "$D/err"
		fi
		kill "-$signal" "$PID"
		exec 4>&-
		wait "$PID" || :
		[ "$(sql "select count(*) from au_p7m_users")" = 0 ]
		load -q "$D/corp.ndjson"
		[ "$(sql "select count(*), sum(directory) from au_p7m_files where user_id = 0")" = "4	1" ]
		[ "$(ls -A "$root/$tenant" | sort | tr '\n' ' ')" = 'one three two ' ]
		load --verify --deep
		load --undo --all --yes -q
		[ ! -e "$root/$tenant" ]
	done
}

@test "SIGKILL between the commit and the move of the files" {
	expected "$D/small.ndjson"
	load -q "$D/small.ndjson"
	# as if it had been killed there: rows are in, files are beside their place
	local u
	u=$(sql "select uuid from au_p7m_users where email='ann@north.test'")
	mv "$D/p8/data/files/private/$u" "$D/p8/data/files/private/.p7m-$u"
	sql "update au_p7m_users set state='rows' where email='ann@north.test'"
	exits 0 load "$D/small.ndjson"
	[ "$(sql "select group_concat(distinct state) from au_p7m_users")" = "done" ]
	as_expected
}

@test "a stream that ends in mid-user, after SIGTERM in mid-user" {
	start -v
	head -n 12 "$D/small.ndjson" >&4
	until_taken_up ann@north.test
	kill -TERM "$PID"
	rest 13
	ends 75
	grep -q "stopped by a signal after ann@north.test" "$D/err"
	[ "$(users_in_p8)" = 1 ]
	exits 0 load -q "$D/small.ndjson"
	[ "$(users_in_p8)" = 3 ]
}

@test "the connection is killed in the middle of a user" {
	expected "$D/small.ndjson"
	start_and_cut
	rest 21
	wait "$PID"
	as_expected
	load --verify --deep
}

@test "the connection is killed in the middle of a user, and another loader takes him up" {
	need_long
	expected "$D/small.ndjson"
	start_and_cut
	load -q --transaction-rows 20 "$D/small.ndjson" 4>&-
	rest 21
	wait "$PID"
	cat "$D/err"
	as_expected
	load --verify --deep
}

@test "another loader took a user up and was killed: nothing of it is taken back" {
	local other
	expected "$D/small.ndjson"
	start_and_cut
	mkfifo "$D/second"
	p8-load --p8 "$D/p8" --edited -q --transaction-rows 20 <"$D/second" 3>&- 4>&- &
	other=$!
	exec 5>"$D/second"
	head -n 14 "$D/small.ndjson" >&5
	until_sql "select units > 0 and owner like '% $other %' from au_p7m_users" 1
	kill -9 "$other"
	wait "$other" || :
	exec 5>&-
	rest 21
	ends 75
	grep -q "another p8-load took up ann@north.test while the connection was lost" "$D/err"
	[ "$(users_in_p8)" = 0 ]
	exits 0 load -q "$D/small.ndjson"
	as_expected
	load --verify --deep
}

@test "a user is removed in P8 while his files are loaded" {
	need_long
	load -q --without files "$D/small.ndjson"
	start -v
	head -n 28 "$D/small.ndjson" >&4
	until_taken_up ann@north.test
	sql "delete from au_eav_entities where id=(select entity from au_p7m_users
		where email='ann@north.test')"
	rest 29
	wait "$PID" || :
	cat "$D/err"
	[ "$(sql "select count(*) from au_eav_attributes_bigint a left join au_eav_entities e
		on e.id=a.id_entity where e.id is null")" = 0 ]
}

@test "files that a loader without its lock is writing still are left alone" {
	need_long
	local stage holder
	# The directory has the user's UUID.
	stage=$D/p8/data/files/private/.p7m-$(jq -r 'select(.kind == "USER_BEGIN" and
		.email == "ann@north.test") | .uuid' "$D/small.ndjson")
	mkdir -p "$stage"
	echo half >"$stage/half"
	sh -c 'exec 9<"$1"; flock 9; exec sleep 60' sh "$stage" 3>&- &
	holder=$!
	while flock -n "$stage" true; do sleep 0.05; done
	exits 75 load -q "$D/small.ndjson"
	[[ $output == "p8-load: "*"another p8-load is writing files of ann@north.test still"* ]]
	[ "$(cat "$stage/half")" = half ]
	kill "$holder"
	wait "$holder" || :
	load -q "$D/small.ndjson"
	load --verify --deep
	[ ! -e "$stage" ]
}

@test "two loaders with a part of the users each" {
	need_long
	local a b
	{ many 8 100; } >"$D/all.ndjson"
	many 4 100 >"$D/a.ndjson"
	many 4 100 5 >"$D/b.ndjson"
	chmod 600 "$D"/*.ndjson
	expected "$D/all.ndjson"
	load -q --transaction-rows 500 "$D/a.ndjson" 3>&- &
	a=$!
	load -q --transaction-rows 500 "$D/b.ndjson" 3>&- &
	b=$!
	wait "$a"
	wait "$b"
	as_expected
	load --verify
}

@test "two loaders with the same stream" {
	need_long
	local a b
	many 8 100 >"$D/all.ndjson"
	sed '1!d' "$D/small.ndjson" >/dev/null
	chmod 600 "$D/all.ndjson"
	expected "$D/all.ndjson"
	load -q "$D/all.ndjson" 3>&- &
	a=$!
	load -q --transaction-rows 500 "$D/all.ndjson" 3>&- &
	b=$!
	wait "$a"
	wait "$b"
	as_expected
	[ "$(sql "select count(*) from au_p7m_users")" = 8 ]
}

@test "two loaders with the same servers and files" {
	need_long
	local a b
	expected "$D/small.ndjson"
	load -q "$D/small.ndjson" 3>&- &
	a=$!
	load -q "$D/small.ndjson" 3>&- &
	b=$!
	wait "$a"
	wait "$b"
	as_expected
	[ "$(sql "select count(*) from au_p7m_globals")" = 3 ]
}

@test "a full disk: 75, and it goes on" {
	[ "$(id -u)" = 0 ] || skip "needs root to mount a small file system"
	local from=$D/p7data/files/private/ann@north.test status
	mkdir -p "$D/p8/data/files" "$from/Büro"
	mount -t tmpfs -o size=66m none "$D/p8/data/files" 2>/dev/null || skip "cannot mount"
	printf 'hello, world\n' >"$from/hello.txt"
	: >"$from/Büro/empty.bin"
	head -c 70M /dev/urandom >"$from/Büro/plan.txt"
	jq -c 'select(.kind != "FILE_CHUNK") | del(.sha256)
		| if .path == "Büro/plan.txt" then .size = 73400320 else . end' "$D/small.ndjson" \
		>"$D/ref.ndjson"
	chmod 600 "$D/ref.ndjson"
	run load --transaction-rows 50 --files-from "$D/p7data" "$D/ref.ndjson"
	echo "$output"
	[ "$status" -eq 75 ] && [[ $output == *"make room"* ]] || status=wrong
	[ "$(users_in_p8)" = 0 ] && no_orphans || status=wrong
	[ -z "$(find "$D/p8/data/files" -name '.p7m*')" ] || status=wrong
	truncate -s 60M "$D/p8/data/files/filler"
	head -c 60M /dev/zero >"$D/p8/data/files/filler"
	run load --check
	[ "$status" -eq 75 ] || status=wrong
	# what makes room needs none
	run load --undo --all --yes
	echo "$output"
	[ "$status" -eq 0 ] || status=wrong
	umount "$D/p8/data/files"
	[ "$status" != wrong ]
	exits 0 load --files-from "$D/p7data" "$D/ref.ndjson"
	load --verify --deep
}

@test "--undo one user, and all: P8 is as it was" {
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 |
		sed 's/ AUTO_INCREMENT=[0-9]*//' >"$D/before"
	many 2 30 >"$D/many.ndjson"
	chmod 600 "$D/many.ndjson"
	load -q --transaction-rows 500 "$D/many.ndjson"
	content >"$D/with-many"
	load -q "$D/small.ndjson"
	exits 0 load --undo ann@north.test bob@default.example Cléo@north.test
	[[ $output == *"3 users undone, 0 not"* ]]
	load --verify --deep
	load -q "$D/small.ndjson"
	load --verify --deep
	exits 0 load --undo --all --yes
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 |
		sed 's/ AUTO_INCREMENT=[0-9]*//' | sed '/p7m_/,/^UNLOCK/d' >"$D/after"
	diff <(grep -v '^--\|^/\*\|^$\|^DROP\|^LOCK\|^UNLOCK' "$D/before") \
		<(grep -v '^--\|^/\*\|^$\|^DROP\|^LOCK\|^UNLOCK' "$D/after")
	[ -z "$(find "$D/p8/data/files" -type f)" ]
	[ -z "$(load --list migrated)" ]
}

@test "--undo refuses a user whom P8 has changed, and names what" {
	need_long
	local ann
	load -q "$D/small.ndjson"
	ann=$(sql "select entity from au_p7m_users where email='ann@north.test'")
	# what P8 changes by being used does not count
	sql "insert into au_eav_attributes_datetime (id_entity, name, value) values
		($ann, 'LastLogin', now())"
	sql "insert into au_eav_attributes_string (id_entity, name, value) values
		($ann, 'DefaultTimeZone', 'Europe/Berlin')"
	sql "update au_eav_attributes_int set value=value+7 where name in ('Frequency', 'CTag')"
	sql "update au_adav_addressbooks set synctoken=9"
	load --verify
	sql "update au_eav_attributes_string set value='Eva' where name='FullName' and value='Eve'"
	exits 1 load --verify
	[[ $output == *"! ann@north.test CONTACT: as many as were loaded, but not the same"* ]]
	exits 1 load --undo ann@north.test
	[[ $output == *"! ann@north.test CONTACT: changed in P8"* ]]
	sql "update au_eav_attributes_string set value='Eve' where name='FullName' and value='Eva'"
	sql "insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name) values
		(uuid(), '', 'Aurora\\\\Modules\\\\Contacts\\\\Classes\\\\Contact', 'Contacts')"
	sql "insert into au_eav_attributes_int (id_entity, name, value)
		select max(id), 'IdUser', $ann from au_eav_entities"
	touch "$D/p8/data/files/private/$(sql "select uuid from au_p7m_users
		where entity=$ann")/new.txt"
	exits 1 load --undo ann@north.test
	[[ $output == *"! ann@north.test Contact: 1 added in P8"* ]]
	[[ $output == *"! ann@north.test FILE: 1 added in P8"* ]]
	load --verify
	exits 0 load --undo --force ann@north.test
	# what is not ours stays
	[ -n "$(find "$D/p8/data/files" -name new.txt)" ]
	[ "$(sql "select count(*) from au_eav_entities where entity_type like '%Contact'
		and entity_type not like '%GroupContact'")" = 2 ]
	exits 0 load "$D/small.ndjson"
}

@test "an undo that waited for a loader looks at what that one left" {
	need_long
	local ann other
	load -q "$D/small.ndjson"
	ann=$(sql "select uuid from au_p7m_users where email='ann@north.test'")
	sql "update au_p7m_users set state='loading' where uuid='$ann'"
	sql "select get_lock($(lock_of ann@north.test), 0), sleep(600)" >/dev/null 2>&1 3>&- &
	other=$!
	until_taken_up ann@north.test
	load --undo ann@north.test >"$D/out" 3>&- &
	PID=$!
	until_sql "select count(*) > 0 from information_schema.processlist where state='User lock'" 1
	sql "update au_p7m_users set state='done' where uuid='$ann'"
	sql "update au_eav_attributes_string set value='Eva' where name='FullName' and value='Eve'"
	sql "kill $(sql "select is_used_lock($(lock_of ann@north.test))")"
	wait "$other" || :
	ends 1
	grep -q '^! ann@north.test CONTACT: changed in P8' "$D/out"
	[ "$(sql "select state from au_p7m_users where uuid='$ann'")" = "done" ]
}

@test "an undo that was interrupted goes on" {
	load -q "$D/small.ndjson"
	cp -a "$D/p8/data/files" "$D/files"
	load --undo ann@north.test
	load -q "$D/small.ndjson"
	# as if it had been killed before the files were removed
	local id
	id=$(sql "select id from au_p7m_users where email='ann@north.test'")
	sql "delete e from au_eav_entities e join au_p7m_own o on o.user_id=$id and o.what='e'
		and e.id between o.first and o.last"
	sql "delete c from au_adav_cards c join au_p7m_own o on o.user_id=$id and o.what='c'
		and c.id between o.first and o.last"
	sql "delete b from au_adav_addressbooks b join au_p7m_own o on o.user_id=$id and o.what='b'
		and b.id between o.first and o.last"
	sql "delete from au_p7m_own where user_id=$id"
	sql "delete from au_p7m_kinds where user_id=$id"
	sql "update au_p7m_users set state='undoing' where id=$id"
	exits 1 load "$D/small.ndjson"
	[[ $output == *"--undo"* ]]
	exits 0 load --undo ann@north.test
	[ -z "$(find "$D/p8/data/files" -type f)" ]
	exits 0 load "$D/small.ndjson"
	load --verify --deep
}

@test "verify names what is missing, changed or other" {
	load -q "$D/small.ndjson"
	local f
	f=$(find "$D/p8/data/files" -name plan.txt)
	printf 'A plan of many words' >"$f"
	touch -d @1600000000 "$f"
	load --verify
	exits 1 load --verify --deep
	[[ $output == *"! ann@north.test FILE Büro/plan.txt: other content in P8"* ]]
	rm "$f"
	sql "delete from au_adav_cards limit 2"
	sql "update au_adav_addressbooks set displayname='x' where uri='Collected'"
	sql "delete from au_eav_attributes_string where name='Name' and value='north.test'"
	exits 1 load --verify
	[[ $output == *"! ann@north.test FILE Büro/plan.txt: not in P8 any more"* ]]
	[[ $output == *"CARD: loaded 5, found 3"* ]]
	[[ $output == *"ADDRESSBOOK: as many as were loaded, but not the same"* ]]
	[[ $output == *"SERVER: loaded 17 values, found 16"* ]]
}
