# p7-extract on the sample installation: what it writes, what it refuses, and that it only reads.

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	p7-extract --p7 "$S/p7" -o "$S/all.ndjson"
}

extract() {
	p7-extract --p7 "$S/p7" "$@"
}

# A copy of the installation whose files a test may change.
copy_p7() {
	cp -a "$S/p7" "$D/p7"
	SETTINGS=$D/p7/data/settings/settings.xml
}

body() {
	tail -n +2 "$1"
}

kinds() {
	jq -r .kind "$1" | sort | uniq -c | awk '{ printf "%s%s=%s", sep, $2, $1; sep = " " }'
}

# of KIND FILE...: the records of a kind.
of() {
	local kind=$1
	shift
	grep -h "^{\"kind\":\"$kind\"" "$@"
}

# holds FILTER FILE: it gives true, for at least one record, and never anything else.
holds() {
	local got
	got=$(jq -c "$1" "$2" | sort | uniq)
	[ "$got" = true ] || {
		echo "got: $got"
		return 1
	}
}

emails() {
	jq -r 'select(.kind == "USER_BEGIN").email' "$@"
}

# fails STATUS WORDS ARGUMENT...: the program ends so, with these words in one line of standard
# error, and writes nothing.
fails() {
	local want=$1 words=$2
	shift 2
	run --separate-stderr p7-extract -o "$D/never" "$@"
	# shellcheck disable=SC2154
	echo "$status: $stderr"
	[ "$status" = "$want" ]
	[ -z "$output" ]
	[ -z "$(find "$D" -name 'never*')" ]
	[ "$(grep -c '^p7-extract: ' <<<"$stderr")" = 1 ] || [ "$(grep -vc warning <<<"$stderr")" = 1 ]
	grep -qF -- "$words" <<<"$stderr"
}

@test "help and version" {
	exits 0 p7-extract --help
	grep -q -- '--files-by-reference' <<<"$output"
	exits 0 p7-extract --version
	[[ $output = "p7-extract "* ]]
}

@test "wrong use" {
	fails 64 'where is P7?'
	fails 64 'unknown option --nonsense' --nonsense=secret
	fails 64 '--user needs a value' --p7 "$S/p7" --user
	fails 64 'an argument that is not an option: x' --p7 "$S/p7" x
	fails 64 'no such kind: mail' --p7 "$S/p7" --only users,mail
	fails 64 'leave nothing' --p7 "$S/p7" --only files --without files
	fails 64 '--shard needs I/N' --p7 "$S/p7" --shard 3/2
	fails 64 '--shard needs I/N' --p7 "$S/p7" --shard 0/2
	fails 64 '--shard needs I/N' --p7 "$S/p7" --shard 1
	fails 64 '--db-port needs a number from 1 to 65535, not 70000' --p7 "$S/p7" --db-port 70000
	fails 64 'lists all users' --p7 "$S/p7" --list-users --user x@mir.test
	fails 64 'needs an e-mail' --p7 "$S/p7" --user ''
	fails 64 '--source-id' --db-socket "$SOCKET" --db-user root --db-name p7 --prefix wm_
}

@test "a password on the command line is refused and not repeated" {
	local option
	for option in --db-password=hunter2 --password=hunter2 -phunter2 -p; do
		fails 64 'option file' --p7 "$S/p7" "$option"
		lacks hunter2 <<<"$stderr"
	done
}

@test "the sample: every kind of record, as many as there are rows" {
	jq -e . "$S/all.ndjson" >/dev/null
	[ "$(head -n 1 "$S/all.ndjson" | jq -r '[.kind, .stream, .version, .selection.users,
		.shard, .source.database, .source.prefix, .source.consistent] | map(tostring) |
		join(" ")')" = "HEADER p7 2 all null p7 wm_ true" ]
	kinds "$S/all.ndjson"
	[ "$(kinds "$S/all.ndjson")" = "ACCOUNT=14 ADDRESSBOOK=1 CALENDAR=6 CALENDAR_OBJECT=8 CALENDAR_SETTINGS=5 \
CALENDAR_SHARE=4 CARD=9 CONTACT=16 \
DOMAIN=4 END=1 FILE=12 FILE_CHUNK=7 FOLDERS_ORDER=3 GROUP=6 HEADER=1 IDENTITY=5 PUBLIC_LINK=2 REMINDER=1 \
SENDER=3 SETTINGS=1 SOCIAL=3 SYSTEM_FOLDER=11 TWO_FACTOR=1 USER=11 USER_BEGIN=11 USER_CONTACT=3 \
USER_END=11 WARN=2" ]
	[ "$(tail -n 1 "$S/all.ndjson" | jq -r '.kind, .users' | xargs)" = "END 11" ]
}

@test "records stand in the documented order" {
	[ "$(emails "$S/all.ndjson" | wc -l)" = 11 ]
	[ "$(jq -r 'select(.kind == "USER_BEGIN").id_user' "$S/all.ndjson" | xargs)" = \
		"1 2 3 4 5 6 7 8 9 10 11" ]
	[ "$(jq -r 'select(.kind == "DOMAIN").id_domain' "$S/all.ndjson" | xargs)" = "0 1 2 3" ]
	# Anna: the default account first, then by id, each followed by what belongs to it
	sed -n '/"USER_BEGIN","email":"anna\.weber/,/"USER_END"/p' "$S/all.ndjson" >"$D/anna"
	jq -r .kind "$D/anna" | uniq | xargs
	[ "$(jq -r .kind "$D/anna" | uniq | head -n 31 | xargs)" = "USER_BEGIN USER \
CALENDAR_SETTINGS USER_CONTACT TWO_FACTOR ACCOUNT FOLDERS_ORDER SYSTEM_FOLDER IDENTITY SOCIAL \
ACCOUNT SYSTEM_FOLDER IDENTITY ACCOUNT SENDER PUBLIC_LINK GROUP CARD CONTACT CARD CONTACT CARD \
ADDRESSBOOK CARD CALENDAR CALENDAR_OBJECT CALENDAR CALENDAR_SHARE CALENDAR_OBJECT REMINDER FILE" ]
	[ "$(tail -n 1 "$D/anna" | jq -r .kind)" = USER_END ]
	[ "$(jq -r 'select(.kind == "ACCOUNT").id_acct' "$D/anna" | xargs)" = "1 21 22" ]
	[ "$(jq -r 'select(.kind == "CONTACT").id_addr' "$D/anna" | xargs)" = \
		"1 2 3 11 15 31 32" ]
}

@test "values are those of the database" {
	holds 'select(.kind == "CONTACT" and .id_addr == 1) |
		.fullname == "Jürgen Groß" and .notes == "Erste Zeile\\n\nZweite Zeile" and
		.birthday_day == 29 and .use_frequency == 17 and .groups == [1, 2] and
		(has("deleted") | not)' "$S/all.ndjson"
	holds 'select(.kind == "CONTACT" and .id_addr == 3) |
		.h_street == null and .notes == null and .groups == [2]' "$S/all.ndjson"
	# a global contact in a group stands for user 2
	holds 'select(.kind == "CONTACT" and .id_addr == 15) |
		.type == 1 and .global_user == 2 and .groups == [2]' "$S/all.ndjson"
	holds 'select(.kind == "USER_CONTACT" and .id_addr == 12) | .b_job_title == "Einkäuferin"' \
		"$S/all.ndjson"
	holds 'select(.kind == "ACCOUNT" and .id_acct == 1) | .mail_inc_pass == "67020f020e0a46" and
		.mail_inc_port == 993 and .deleted == 0' "$S/all.ndjson"
	holds 'select(.kind == "USER" and .id_user == 4) | .def_time_fmt == "1" and .answer_1 == null' \
		"$S/all.ndjson"
}

@test "settings, and the default domain that is made of them" {
	holds 'select(.kind == "SETTINGS") | .values["Common/SiteName"] == "Linden & Hafen Webmail" and
		.values["WebMail/UseLoginWithoutDomain"] == false and
		.values["Common/DefaultTimeFormat"] == 0 and
		.sieve == {"enabled": true, "host": "", "port": 4190, "file": "sieve",
			"charset": "utf-8", "domains": ["imap.linden.example", "localhost"]}' \
		"$S/all.ndjson"
	holds 'select(.kind == "DOMAIN" and .id_domain == 0) | .name == "" and
		.mail_inc_host == "localhost" and .override_settings == 1 and .check_interval == 3 and
		.use_threads == 1 and .def_user_dateformat == "DD/MM/YYYY"' "$S/all.ndjson"
	# no password of the database or the administrator
	lacks 'p7&secret\|AdminPassword\|DBPassword\|LicenseKey' "$S/all.ndjson"
}

@test "two runs are the same but for the header, also compressed" {
	extract >"$D/a"
	extract -z -o "$D/b.gz"
	extract --shard 1/1 >"$D/c"
	diff <(body "$S/all.ndjson") <(body "$D/a")
	diff <(body "$S/all.ndjson") <(gunzip -c "$D/b.gz" | tail -n +2)
	diff <(body "$S/all.ndjson") <(body "$D/c")
	[ "$(stat -c %a "$D/b.gz")" = 600 ]
	[ "$(stat -c %a "$S/all.ndjson")" = 600 ]
}

@test "nothing is written to P7, and SELECT is privilege enough" {
	local tables before after
	tables=$(dbq p7 'show tables' | sed 's/.*/`&`/' | paste -sd,)
	before=$(dbq p7 "checksum table $tables extended")
	(cd "$S/p7" && find . -type f -printf '%p %T@ %s\n' | sort) >"$D/files"
	# the sample's user has SELECT and nothing else
	[ "$(dbq mysql "show grants for p7reader@localhost" | grep -vc 'USAGE')" = 1 ]
	dbq mysql "show grants for p7reader@localhost" | grep -q 'GRANT SELECT ON'
	extract >/dev/null
	extract --list-users >/dev/null
	after=$(dbq p7 "checksum table $tables extended")
	[ "$before" = "$after" ]
	diff "$D/files" <(cd "$S/p7" && find . -type f -printf '%p %T@ %s\n' | sort)
}

@test "the list of users" {
	extract --list-users >"$D/list"
	[ "$(wc -l <"$D/list")" = 11 ]
	[ "$(head -n 1 "$D/list")" = anna.weber@linden.example ]
	grep -qx Giorgos.Pappas@hafen.example "$D/list"
	lacks vertrieb "$D/list"
	LC_ALL=C sort -f -c "$D/list"
	extract --users "$D/list" >"$D/out"
	diff <(body "$S/all.ndjson" | grep -v '"corporate"\|Handbook\|"WARN"\|"END"') \
		<(body "$D/out" | grep -v '"END"')
	head -n 1 "$D/out" | jq -e '.selection.users == 11'
}

@test "selected users" {
	extract --user IVAN.petrov@MIR.test --user li.wei@hafen.example >"$D/out"
	[ "$(emails "$D/out" | xargs)" = "ivan.petrov@mir.test li.wei@hafen.example" ]
	head -n 1 "$D/out" | jq -e '.selection.users == 2'
	diff <(sed -n '/"USER_BEGIN","email":"ivan/,/"USER_END"/p' "$S/all.ndjson") \
		<(sed -n '/"USER_BEGIN","email":"ivan/,/"USER_END"/p' "$D/out")
	# the whole record of other users, corporate files and strays are left out
	lacks 'linden.example","id_user"\|"corporate"' "$D/out"
}

@test "a list with a byte order mark, CRLF, blanks, comments, duplicates and unknown names" {
	printf '\xef\xbb\xbfanna.weber@linden.example\r\n\r\n  ivan.petrov@mir.test \t# vip\r\n' >"$D/l"
	printf '# karl.old@linden.example\nIvan.Petrov@mir.test\nnobody@mir.test\n' >>"$D/l"
	printf 'Nobody@mir.test\nvertrieb@hafen.example\njose.nunez@gast.test' >>"$D/l"
	exits 1 extract --users "$D/l" -o "$D/out" --rejects "$D/rejects"
	[ "$output" = "p7-extract: 2 rejected; the REJECT records in $D/rejects say why and what to do" ]
	[ "$(emails "$D/out" | xargs)" = \
		"anna.weber@linden.example ivan.petrov@mir.test jose.nunez@gast.test" ]
	# a linked account is no user; a name is reported once
	[ "$(jq -r 'select(.kind == "REJECT") | .code + " " + .user' "$D/out")" = \
		"$(printf 'user-unknown nobody@mir.test\nuser-unknown vertrieb@hafen.example')" ]
	diff <(jq -c . "$D/rejects") <(jq -c 'select(.kind == "REJECT")' "$D/out")
	jq -e '.remedy != null and .reason != null' "$D/rejects" >/dev/null
	head -n 1 "$D/out" | jq -e '.selection.users == 5'
	exits 0 bash -c 'echo li.wei@hafen.example | p7-extract --p7 "$1" --users -' sh "$S/p7"
	[ "$(emails <<<"$output")" = li.wei@hafen.example ]
	# names that P7's database cannot even be asked for
	exits 1 extract --user '😀@mir.test' --user $'\xe4@mir.test' -o "$D/out"
	[ "$(of REJECT "$D/out" | jq -c .user | xargs -d '\n')" = \
		'"😀@mir.test" {"base64":"5EBtaXIudGVzdA=="}' ]
	fails 66 'cannot open' --p7 "$S/p7" --users "$D/absent"
	head -c 3000 /dev/zero | tr '\0' x >"$D/long"
	fails 65 'one e-mail a line' --p7 "$S/p7" --users "$D/long"
}

@test "users that an earlier run brought" {
	extract --list-users --ids >"$D/ids"
	diff <(extract --list-users) <(cut -f 3 "$D/ids")
	grep -P "\t(1|4)\t" "$D/ids" >"$D/done"
	# a user of the same number, but of another P7, and what is there for people
	printf '00000000-0000-5000-8000-000000000000\t5\tx\n\n' >>"$D/done"
	extract --except "$D/done" >"$D/out"
	diff <(extract --list-users | grep -v 'anna\|nadia' | sort) <(emails "$D/out" | sort)
	jq -e '.selection | .users == "all" and .except == 2' < <(head -n 1 "$D/out")
	# all that belongs to no user comes along
	diff <(grep -c '"corporate"\|"WARN"' "$S/all.ndjson") <(grep -c '"corporate"\|"WARN"' "$D/out")
	extract --users - --except "$D/done" < <(cut -f 3 "$D/ids" | grep mir.test) >"$D/out"
	[ "$(emails "$D/out")" = ivan.petrov@mir.test ]
	extract --only calendars >"$D/all"
	extract --only calendars --except - <"$D/done" >"$D/out"
	diff <(body "$D/all" | sed '/"USER_BEGIN","email":"\(anna\|nadia\)/,/"USER_END"/d' | grep -v '"END"') \
		<(body "$D/out" | grep -v '"END"')
	[ "$(of CALENDAR "$D/out" | jq .id | xargs)" = "3 4 5 6" ]
	fails 65 'not: anna' --p7 "$S/p7" --except <(echo anna.weber@linden.example)
	fails 65 'number' --p7 "$S/p7" --except <(printf '00000000-0000-5000-8000-000000000000\tx\n')
	fails 66 'cannot open' --p7 "$S/p7" --except "$D/absent"
	fails 64 'both be standard input' --p7 "$S/p7" --except - --users -
	fails 64 'belongs to --list-users' --p7 "$S/p7" --ids
}

@test "a list longer than a batch" {
	for i in $(seq 250); do echo "nobody$i@mir.test"; done >"$D/l"
	echo karl.old@linden.example >>"$D/l"
	exits 1 extract --users "$D/l" -o "$D/out"
	[ "$(emails "$D/out")" = karl.old@linden.example ]
	[ "$(grep -c user-unknown "$D/out")" = 250 ]
}

@test "shards are disjoint and together everything" {
	local i
	for i in 1 2 3; do
		extract --shard "$i/3" >"$D/$i"
		head -n 1 "$D/$i" | jq -e ".shard == \"$i/3\""
		grep -q '"kind":"SETTINGS"' "$D/$i"
	done
	diff <(emails "$S/all.ndjson" | sort) <(emails "$D"/[123] | sort)
	diff <(of CONTACT "$S/all.ndjson" | sort) <(of CONTACT "$D"/[123] | sort)
	diff <(of FILE "$S/all.ndjson" | sort) <(of FILE "$D"/[123] | sort)
	diff <(extract --list-users --shard 2/3 | sort) <(emails "$D/2" | sort)
	# the documented function: XXH3 of the lower-cased e-mail
	extract --user Giorgos.Pappas@hafen.example --shard 1/2 >"$D/a"
	extract --user GIORGOS.PAPPAS@hafen.example --shard 2/2 >"$D/b"
	[ "$(of USER_BEGIN "$D/a" "$D/b" | wc -l)" = 1 ]
}

@test "kinds of records that are wanted, or not" {
	extract --only contacts,groups >"$D/out"
	[ "$(jq -r .kind "$D/out" | sort -u | xargs)" = \
		"ADDRESSBOOK CARD CONTACT END GROUP HEADER USER_BEGIN USER_END" ]
	lacks '"auto_create":1' "$D/out"
	head -n 1 "$D/out" | jq -e '.selection.only == ["contacts", "groups"]'
	extract --only collected >"$D/out"
	[ "$(jq -r 'select(.kind == "CONTACT").id_addr' "$D/out" | xargs)" = "31 32 33 34" ]
	extract --without groups,files --without corporate >"$D/out"
	lacks '^{"kind":"FILE"' "$D/out"
	lacks '^{"kind":"GROUP"' "$D/out"
	holds 'select(.kind == "CONTACT" and .id_addr == 1) | .groups == []' "$D/out"
	extract --only settings >"$D/out"
	[ "$(jq -r .kind "$D/out" | sort | uniq -c | xargs)" = \
		"4 DOMAIN 1 END 1 HEADER 1 SETTINGS 11 USER_BEGIN 11 USER_END 2 WARN" ]
	extract --only corporate >"$D/out"
	[ "$(jq -r 'select(.kind == "FILE").path' "$D/out" | xargs)" = "0 0/Handbook.txt" ]
}

@test "plain connection options and an option file" {
	printf '[client]\nuser=p7reader\npassword="p7&secret"\nsocket=%s\n' "$SOCKET" >"$D/my.cnf"
	chmod 600 "$D/my.cnf"
	p7-extract --db-defaults-file "$D/my.cnf" --db-name p7 --prefix wm_ --source-id x >"$D/out"
	[ "$(emails "$D/out" | wc -l)" = 11 ]
	lacks '^{"kind":"FILE"' "$D/out"
	diff <(of CONTACT "$S/all.ndjson") <(of CONTACT "$D/out")
	diff <(of ACCOUNT "$S/all.ndjson") <(of ACCOUNT "$D/out")
	p7-extract --settings "$S/p7/data/settings/settings.xml" --data "$S/p7/data" >"$D/out"
	diff <(body "$S/all.ndjson") <(body "$D/out")
	chmod 644 "$D/my.cnf"
	fails 77 "chmod o-rwx" --db-defaults-file "$D/my.cnf" --db-name p7 --prefix wm_ --source-id x
}

@test "the same installation has the same id, another one another" {
	local id
	id=$(head -n 1 "$S/all.ndjson" | jq -r .source.id)
	[ "$(extract --only settings | head -n 1 | jq -r .source.id)" = "$id" ]
	[ "$(extract --only settings --source-id a | head -n 1 | jq -r .source.id)" != "$id" ]
	copy_p7
	echo x >>"$D/p7/data/salt.php"
	[ "$(p7-extract --p7 "$D/p7" --only settings | head -n 1 | jq -r .source.id)" != "$id" ]
}

@test "settings.xml: a damaged one, its copy, and a missing one" {
	copy_p7
	cp "$SETTINGS" "$SETTINGS.bak"
	echo '<Settings><Common>' >"$SETTINGS"
	exits 0 --separate-stderr p7-extract --p7 "$D/p7" -o "$D/out"
	grep -q 'settings.xml.bak' <<<"$stderr"
	diff <(body "$S/all.ndjson") <(body "$D/out")
	# missing, also where --settings names it; its copy is a secret like itself
	mv "$SETTINGS" "$D/damaged"
	exits 0 --separate-stderr p7-extract --settings "$SETTINGS" --data "$D/p7/data" -o "$D/out"
	grep -q "warning: .*settings.xml.bak" <<<"$stderr"
	diff <(body "$S/all.ndjson") <(body "$D/out")
	mv "$D/damaged" "$SETTINGS"
	rm "$SETTINGS.bak"
	fails 78 'is not XML: line' --p7 "$D/p7"
	rm "$SETTINGS"
	fails 66 'is this a P7 directory?' --p7 "$D/p7"
	fails 66 'is not a directory' --p7 "$D/absent"
	fails 66 'is not a directory; --data needs' --p7 "$S/p7" --data "$D/absent"
	mkdir -p "$D/p8/data/settings"
	echo '{}' >"$D/p8/data/settings/config.json"
	fails 78 'belongs to a P8' --p7 "$D/p8"
}

@test "another database system, version, password, database, prefix" {
	copy_p7
	sed -i 's|<DBType>.*<|<DBType>PostgreSQL<|' "$SETTINGS"
	fails 78 'PostgreSQL' --p7 "$D/p7"
	cp "$S/p7/data/settings/settings.xml" "$SETTINGS"
	sed -i 's|<DBHost>.*<|<DBHost/><a|' "$SETTINGS"
	sed -i 's|<a/DBHost>||' "$SETTINGS"
	fails 78 'DBHost' --p7 "$D/p7"
	cp "$S/p7/data/settings/settings.xml" "$SETTINGS"
	sed -i 's|<DBPassword>.*<|<DBPassword>wrong<|' "$SETTINGS"
	fails 77 'Access denied' --p7 "$D/p7"
	lacks 'wrong' <<<"$stderr"
	echo 6.2.1 >"$D/p7/VERSION"
	fails 78 'version 6.2.1' --p7 "$D/p7"
	fails 69 'cannot connect' --p7 "$S/p7" --db-socket "$D/absent"
	fails 78 "prefix 'wm_'" --p7 "$S/p7" --prefix p7_
	db -e 'create database if not exists empty1; create table if not exists empty1.au_eav_entities (id int);
		grant select on empty1.* to p7reader@localhost'
	fails 78 'those of a P8' --p7 "$S/p7" --db-name empty1
	db -e 'drop table empty1.au_eav_entities'
	fails 78 'is not a P7 database' --p7 "$S/p7" --db-name empty1
	db -e 'drop database empty1'
}

@test "a data directory that was moved" {
	copy_p7
	mv "$D/p7/data" "$D/elsewhere"
	printf '<?php\n$dataPath = "%s";\n' "$D/elsewhere" >"$D/p7/inc_settings_path.php"
	exits 0 --separate-stderr p7-extract --p7 "$D/p7" -o "$D/out"
	grep -q 'the data directory is' <<<"$stderr"
	[ "$(emails "$D/out" | wc -l)" = 11 ]
	grep -q Handbook "$D/out"
	printf '<?php\n$dataPath = dirname(__FILE__) . "/x";\n' >"$D/p7/inc_settings_path.php"
	fails 78 '--data' --p7 "$D/p7"
}

@test "config.php that computes is reported" {
	copy_p7
	printf "<?php\nreturn array('sieve' => getenv('S') == 1, 'sieve.config.port' => 2001);\n" \
		>"$D/p7/data/settings/config.php"
	exits 0 --separate-stderr p7-extract --p7 "$D/p7" -o "$D/out"
	grep -q "computes 'sieve'" <<<"$stderr"
	holds 'select(.kind == "SETTINGS").sieve | .enabled == false and .port == 2001' "$D/out"
}

@test "an output that is full, closed or in a missing directory" {
	exits 75 --separate-stderr bash -c 'p7-extract --p7 "$1" >/dev/full' sh "$S/p7"
	run --separate-stderr bash -c 'p7-extract --p7 "$1" | true; exit ${PIPESTATUS[0]}' sh "$S/p7"
	[ "$status" = 74 ] || [ "$status" = 0 ]
	fails 73 'cannot create' --p7 "$S/p7" -o "$D/absent/out"
	# a failed run leaves what was there
	echo old >"$D/out"
	run p7-extract --p7 "$S/p7" --prefix no -o "$D/out"
	[ "$(cat "$D/out")" = old ]
	[ ! -e "$D/out.tmp" ]
}

@test "tables that the user may not read are no empty ones" {
	# all but one table of contacts; then all of its columns but one
	mapfile -t tables < <(dbq p7 "show tables" | grep -v 'awm_addr_book$')
	db -e "create user few@localhost identified by 'x'"
	printf 'grant select on p7.%s to few@localhost;' "${tables[@]}" | db
	printf '[client]\nuser=few\npassword=x\nsocket=%s\n' "$SOCKET" >"$D/few"
	chmod 600 "$D/few"
	local use=(--p7 "$S/p7" --db-defaults-file "$D/few")
	fails 77 'would count as empty: GRANT SELECT ON `p7`.* TO that user' "${use[@]}"
	grep -q 'for table .*wm_awm_addr_book' <<<"$stderr"
	db -e "grant select (id_addr, id_user, type) on p7.wm_awm_addr_book to few@localhost"
	fails 77 'may not read all of P7' "${use[@]}"
	run p7-extract "${use[@]}" --check
	[ "$status" = 77 ]
	db -e "grant select on p7.* to few@localhost"
	p7-extract "${use[@]}" --check | grep -q '^schema *that of P7 7.7.9'
	db -e 'drop user few@localhost'
}
