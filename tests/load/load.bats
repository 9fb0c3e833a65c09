# p8-load: what it writes, that it writes it once, and how it looks at the target.

load ../load

@test "--help and --version" {
	exits 0 p8-load --help
	[[ $output == usage:* ]]
	exits 0 p8-load --version
	[[ $output == "p8-load "* ]]
}

@test "--check prints what was found" {
	exits 0 load --check
	[[ $output == *"15 of P8, prefix \"au_\""* ]]
	[[ $output == *"P8 can be loaded"* ]]
	[ -z "$(sql "show tables like 'au_p7m%'")" ]
}

@test "--describe describes the target" {
	load --describe >"$D/t.json"
	[ "$(jq -r '.kind, .prefix, .database' "$D/t.json" | tr '\n' ' ')" = "TARGET au_ p8 " ]
	[ "$(jq -r .salt_file "$D/t.json")" = "$(realpath "$D/p8/data/salt8.php")" ]
	jq -e '.modules | index("Contacts")' "$D/t.json"
	mkdir -p "$D/p8/data/settings/modules"
	echo '{"Disabled": [true, "bool"]}' >"$D/p8/data/settings/modules/Calendar.config.json"
	load --describe -o "$D/u.json"
	jq -e '.modules | index("Contacts") and (index("Calendar") | not)' "$D/u.json"
}

@test "explicit options instead of a directory" {
	printf '[client]\nuser=p8user\npassword=p8 secret\nsocket=%s\n' "$SOCKET" >"$D/my.cnf"
	chmod 600 "$D/my.cnf"
	exits 0 p8-load --db-defaults-file "$D/my.cnf" --db-name p8 --prefix au_ --edited \
		--without files "$D/small.ndjson"
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 3 ]
}

@test "users with everything that belongs to them" {
	exits 0 load -v --dav-text utf8 "$D/small.ndjson"
	[[ $output == *"ann@north.test: loaded"* ]]
	[[ $output == *"3 users read: 3 loaded, 0 already there, 0 rejected"* ]]
	no_orphans
	local tenant ann
	tenant=$(sql "select id from au_eav_entities where entity_type like '%Tenant'")
	ann=$(sql "select entity from au_p7m_users where email='ann@north.test'")
	[ "$(sql "select parent_uuid = (select uuid from au_eav_entities where id=$tenant)
		from au_eav_entities where id=$ann")" = 1 ]
	[ "$(sql "select value from au_eav_attributes_string where id_entity=$ann
		and name='PublicId'")" = ann@north.test ]
	[ "$(sql "select value from au_eav_attributes_int where id_entity=$ann
		and name='IdTenant'")" = "$tenant" ]
	# @snapshot is the time of the header
	[ "$(sql "select count(*) from au_eav_attributes_datetime
		where value='2024-05-06 07:08:09'")" = 3 ]
	# a mediumblob takes any character, NULL stays NULL
	[ "$(sql "select count(*) from au_eav_attributes_mediumblob
		where hex(value)='3C623EE2988220F09F98803C2F623E'")" = 4 ]
	[ "$(sql "select count(*) from au_eav_attributes_mediumblob
		where name='FoldersOrder' and value is null")" = 4 ]
	# a private server belongs to its account
	[ "$(sql "select s.value from au_eav_attributes_int r join au_eav_attributes_string s
		on s.id_entity=r.value and s.name='Name' join au_eav_attributes_string e
		on e.id_entity=r.id_entity and e.name='Email' where r.name='ServerId'
		and e.value='bob@elsewhere.test'")" = elsewhere.test ]
}

@test "the team's CTag counts the users" {
	load -q "$D/small.ndjson"
	[ "$(sql "select c.value from au_eav_attributes_int c join au_eav_attributes_string s
		on s.id_entity=c.id_entity and s.name='Storage' and s.value='team'
		where c.name='CTag'")" = 3 ]
	many 2 0 | load -q
	[ "$(sql "select group_concat(c.value) from au_eav_attributes_int c
		join au_eav_attributes_string s on s.id_entity=c.id_entity and s.name='Storage'
		and s.value='team' where c.name='CTag'")" = 5 ]
}

@test "address books and cards as P8 writes them" {
	load -q "$D/small.ndjson"
	[ "$(sql "select count(*) from au_adav_addressbooks where synctoken=1
		and principaluri='principals/ann@north.test'")" = 2 ]
	[ "$(sql "select count(*) from au_adav_cards")" = 5 ]
	[ "$(sql "select count(*) from au_adav_cards where size<>length(carddata)")" = 0 ]
	[ "$(sql "select group_concat(etag) from au_adav_cards where carddata like '%FN:Eve%'")" = \
		"$(jq -j 'select(.kind == "CARD" and (.data | test("FN:Eve"))) | .data' \
			"$D/small.ndjson" | md5sum | cut -c 1-32)" ]
	[ "$(sql "select count(*) from au_adav_addressbookchanges")" = 0 ]
}

@test "files: content, times, used space; the modes are those of P8" {
	load -q "$D/small.ndjson"
	local f
	f=$D/p8/data/files/private/$(sql "select uuid from au_p7m_users where email='ann@north.test'")
	[ "$(cat "$f/hello.txt")" = "hello, world" ]
	[ "$(cat "$f/Büro/plan.txt")" = "a plan of many words" ]
	[ "$(stat -c '%a %s' "$f/Büro/empty.bin")" = "644 0" ]
	[ "$(stat -c '%.9Y' "$f/hello.txt")" = 1600000000.123456789 ]
	[ "$(stat -c '%a %Y' "$f/Büro")" = "755 1500000000" ]
	[ "$(sql "select value from au_eav_attributes_bigint
		where name='PersonalFiles::UsedSpace'")" = 33 ]
	[ -z "$(find "$D/p8/data/files" -name '.p7m*')" ]
}

@test "--files-from copies from P7's data directory" {
	local from=$D/p7data/files/private/ann@north.test f
	mkdir -p "$from/Büro"
	printf 'hello, world\n' >"$from/hello.txt"
	touch -d @1600000000 "$from/hello.txt"
	printf 'a longer plan of many words' >"$from/Büro/plan.txt"
	jq -c 'select(.kind != "FILE_CHUNK") | del(.sha256)' "$D/small.ndjson" >"$D/ref.ndjson"
	chmod 600 "$D/ref.ndjson"
	exits 1 load --files-from "$D/p7data" --rejects "$D/rejects" "$D/ref.ndjson"
	[ "$(jq -r 'select(.user == "ann@north.test") | [.kind, .code] | join(" ")' "$D/rejects" |
		sort)" = "REJECT file-missing
WARN file-changed" ]
	f=$D/p8/data/files/private/$(sql "select uuid from au_p7m_users where email='ann@north.test'")
	[ "$(cat "$f/hello.txt")" = "hello, world" ]
	[ "$(cat "$f/Büro/plan.txt")" = "a longer plan of many words" ]
	[ ! -e "$f/Büro/empty.bin" ]
}

@test "files that follow later: --without files, then all" {
	load -q --without files "$D/small.ndjson"
	[ ! -e "$D/p8/data/files/private" ]
	[ "$(sql "select count(*) from au_eav_attributes_bigint")" = 0 ]
	exits 0 load -v "$D/small.ndjson"
	[[ $output == *"ann@north.test: files loaded"* ]]
	[ "$(sql "select value from au_eav_attributes_bigint")" = 33 ]
	content >"$D/a"
	load -q "$D/small.ndjson"
	content >"$D/b"
	cmp "$D/a" "$D/b"
	load --verify --deep
}

@test "files that follow later, to a user whose space P8 has counted already" {
	need_long
	load -q --without files "$D/small.ndjson"
	sql "insert into au_eav_attributes_bigint (id_entity, name, value) select entity,
		'PersonalFiles::UsedSpace', 100 from au_p7m_users where email='ann@north.test'"
	exits 0 load -v "$D/small.ndjson"
	[[ $output == *"ann@north.test: files loaded"* ]]
	[ "$(sql "select value from au_eav_attributes_bigint")" = 133 ]
	load --verify --deep
	# What P8 counts later is not taken for a loss, nor is it counted twice.
	load -q "$D/small.ndjson"
	[ "$(sql "select value from au_eav_attributes_bigint")" = 133 ]
}

@test "corporate files: P8's own stay" {
	local tenant
	tenant=$(sql "select id from au_eav_entities where entity_type like '%Tenant'")
	mkdir -p "$D/p8/data/files/corporate/$tenant"
	echo mine >"$D/p8/data/files/corporate/$tenant/taken.txt"
	{
		head -n 1 "$D/small.ndjson"
		echo '{"kind":"FILE","root":"corporate","path":"0/taken.txt","size":2,"mtime":1,"mode":420}'
		echo '{"kind":"FILE_CHUNK","path":"0/taken.txt","offset":0,"data":{"base64":"aGk="}}'
		echo '{"kind":"FILE","root":"corporate","path":"0/a/new.txt","size":2,"mtime":1,"mode":420}'
		echo '{"kind":"FILE_CHUNK","path":"0/a/new.txt","offset":0,"data":{"base64":"aGk="}}'
		sed 1d "$D/small.ndjson"
	} >"$D/corp.ndjson"
	chmod 600 "$D/corp.ndjson"
	# What killed runs left goes; what another run writes to, or somebody else made, stays.
	local dir=$D/p8/data/files/corporate/$tenant/a holder
	mkdir "$dir"
	touch "$dir/.p7m-11111111-2222-4333-8444-555555555555" "$dir/.p7m-mine" \
		"$dir/.p7m-99999999-2222-4333-8444-555555555555"
	sh -c 'exec 9<"$1"; flock 9; exec sleep 60' sh "$dir"/.p7m-9* 3>&- &
	holder=$!
	while flock -n "$dir"/.p7m-9* true; do sleep 0.05; done
	run load --rejects "$D/rejects" "$D/corp.ndjson"
	kill "$holder"
	[ "$status" -eq 0 ]
	[ "$(cd "$dir" && echo .p7m*)" = ".p7m-99999999-2222-4333-8444-555555555555 .p7m-mine" ]
	[ "$(cat "$D/p8/data/files/corporate/$tenant/taken.txt")" = mine ]
	[ "$(cat "$D/p8/data/files/corporate/$tenant/a/new.txt")" = hi ]
	[ "$(jq -r 'select(.code == "file-exists") | .kind' "$D/rejects")" = WARN ]
	load --verify --deep
}

@test "a second load changes nothing" {
	load -q "$D/small.ndjson"
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 >"$D/1.sql"
	exits 0 load "$D/small.ndjson"
	[[ $output == *"3 users read: 0 loaded, 3 already there, 0 rejected"* ]]
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 >"$D/2.sql"
	cmp "$D/1.sql" "$D/2.sql"
}

@test "a dry run prints the same list as the load and writes nothing" {
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 >"$D/1.sql"
	load --dry-run "$D/small.ndjson" >"$D/dry"
	mariadb-dump --no-defaults -S "$SOCKET" -u root --skip-dump-date p8 >"$D/2.sql"
	cmp "$D/1.sql" "$D/2.sql"
	[ ! -e "$D/p8/data/files" ]
	load --itemize "$D/small.ndjson" >"$D/real"
	cmp "$D/dry" "$D/real"
	grep -q '^+ CONTACT ann@north.test .* Bo Öberg$' "$D/dry"
	load --dry-run "$D/small.ndjson" >"$D/dry"
	[ "$(cut -d ' ' -f 1 "$D/dry" | sort -u)" = "=" ]
}

@test "one user out of a stream, as p7-records(5) shows it" {
	local example user
	example=$(sed -n "/^sed -n '1,/,/p8-load/p" "$REPO/man/p7-records.5" |
		sed 's|p8.ndjson .*|"$D/small.ndjson"|')
	[ "$(wc -l <<<"$example")" = 3 ]
	# the first user of the stream, and one in the middle, who has a server of his own
	for user in ann@north.test bob@default.example; do
		fresh_p8
		small
		eval "${example//anna@host.test/$user}" >"$D/one"
		chmod 600 "$D/one"
		load -q "$D/one"
		[ "$(sql "select group_concat(email) from au_p7m_users")" = "$user" ]
		[ "$(sql "select count(*) - count(distinct uuid) from au_eav_entities")" = 0 ]
		load --verify
	done
}

@test "from a pipe and from gzip" {
	need_long
	gzip -c "$D/small.ndjson" >"$D/small.gz"
	chmod 600 "$D/small.gz"
	load -q "$D/small.gz"
	content >"$D/a"
	fresh_p8
	small
	load -q <"$D/small.ndjson"
	content | sed "s/^.*private.*$//" >"$D/b"
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 3 ]
}

@test "a user in several transactions is the same user" {
	need_long
	load -q "$D/small.ndjson"
	content >"$S/one"
	fresh_p8
	small
	load -q --transaction-rows 20 "$D/small.ndjson"
	content >"$S/several"
	diff "$S/one" "$S/several"
	[ "$(sql "select units from au_p7m_users where email='ann@north.test'")" -gt 3 ]
	load --verify --deep
}

@test "a P8 with users of its own, ids in steps" {
	db -e "set global auto_increment_increment=3, auto_increment_offset=2"
	many 3 20 | load -q
	db -e "set global auto_increment_increment=1, auto_increment_offset=1"
	many 3 20 4 | load -q
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 6 ]
	load --verify
	no_orphans
	load --undo user2@many.test
	load --verify
	[ "$(sql "select count(*) from au_eav_entities where entity_type like '%Contact'")" = 100 ]
}

@test "tables with another prefix, or none" {
	need_long
	local prefix
	for prefix in wm40_ ''; do
		fresh_p8
		small
		db -e "drop database p8; create database p8"
		sed "s/ au_/ $prefix/g" "$TESTS/sample/p8-schema.sql" | db p8
		sed -i "s/\(\"DBPrefix\": \[\"\)au_/\1$prefix/" "$D/p8/data/settings/config.json"
		load -q "$D/small.ndjson"
		load --verify --deep
		[ "$(sql "select count(*) from ${prefix}p7m_users where state='done'")" = 3 ]
		[ "$(load --describe | jq -r .prefix)" = "$prefix" ]
		load --undo --all --yes
		[ "$(sql "select count(*) from ${prefix}eav_entities")" = 2 ]
	done
}
