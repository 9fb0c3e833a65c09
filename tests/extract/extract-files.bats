# p7-extract: the files of users and tenants.
# not sanitized but for --long

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

# bats removes what we made unreadable.
teardown() {
	chmod -R u+rwX "$D"
}

setup() {
	cp -a "$S/p7" "$D/p7"
	P=$D/p7/data/files/private
	A=$P/anna.weber@linden.example
}

extract() {
	local want=$1
	shift
	exits "$want" --separate-stderr p7-extract --p7 "$D/p7" "$@" -o "$D/out"
}

all() {
	jq -c "select(.kind == \"$1\" and .code != \"not-carried\") | $2" "$D/out" | xargs -d '\n'
}

# The content of a file of Anna's, put together from its chunks.
content() {
	jq -r --arg path "$1" 'select(.kind == "FILE_CHUNK" and .path == $path).data.base64' \
		"$D/out" | while read -r line; do
		base64 -d <<<"$line"
	done
}

@test "every file and directory, parents first, in the order of bytes, with times and modes" {
	chmod 640 "$A/leer.bin"
	touch -d '2001-02-03 04:05:06.789012345Z' "$A/leer.bin"
	extract 0 --user anna.weber@linden.example
	[ "$(all FILE .path)" = \
		'"Rechnungen" "Rechnungen/März.csv" "leer.bin" "Übersicht 2024.txt"' ]
	[ "$(all FILE '[.root, .directory, .from]' | cut -d' ' -f1,2)" = \
'["private",true,"files/private/anna.weber@linden.example/Rechnungen"] '\
'["private",null,"files/private/anna.weber@linden.example/Rechnungen/März.csv"]' ]
	[ "$(all FILE 'select(.path == "leer.bin") | [.size, .mtime, .mtime_ns, .mode]')" = \
		'[0,981173106,789012345,416]' ]
	content 'Rechnungen/März.csv' | cmp - "$A/Rechnungen/März.csv"
	[ "$(jq -r 'select(.path == "Rechnungen/März.csv" and .sha256).sha256' "$D/out")" = \
		"$(sha256sum <"$A/Rechnungen/März.csv" | cut -c1-64)" ]
	# a chunk follows its file
	[ "$(jq -r 'select(.kind == "FILE" or .kind == "FILE_CHUNK") | .kind + " " + .path' \
		"$D/out" | grep -A 1 'FILE .*csv' | tail -n 1)" = 'FILE_CHUNK Rechnungen/März.csv' ]
}

@test "large files come in chunks of a mebibyte" {
	for n in 1048575 1048576 1048577 3000000; do
		head -c "$n" /dev/urandom >"$A/f$n"
	done
	extract 0 --only files --user anna.weber@linden.example
	for n in 1048575 1048576 1048577 3000000; do
		content "f$n" | cmp - "$A/f$n"
	done
	[ "$(jq -c 'select(.kind == "FILE_CHUNK" and .path == "f3000000").offset' "$D/out" |
		xargs)" = "0 1048576 2097152" ]
	[ "$(jq -c 'select(.kind == "FILE_CHUNK" and .path == "f1048576").offset' "$D/out")" = 0 ]
	[ "$(awk '{ if (length($0) > m) m = length($0) } END { print (m < 1500000) }' "$D/out")" = 1 ]
}

@test "files by reference have no content" {
	extract 0 --files-by-reference
	lacks 'FILE_CHUNK\|sha256' "$D/out"
	jq -r 'select(.kind == "FILE" and (.directory | not)) | "\(.size) \(.from)"' "$D/out" |
		while read -r size from; do
			[ "$(stat -c %s "$D/p7/data/$from")" = "$size" ]
		done
	[ "$(all FILE 1 | wc -w)" = 12 ]
}

@test "links and special files are reported and never followed" {
	ln -s /etc "$A/etc"
	ln -s leer.bin "$A/link.bin"
	mkfifo "$A/fifo"
	ln -s anna.weber@linden.example "$P/karl.old@linden.example"
	extract 1
	[ "$(all WARN '[.code, .user, .record.path]')" = \
'["symbolic-link","anna.weber@linden.example","etc"] '\
'["special-file","anna.weber@linden.example","fifo"] '\
'["symbolic-link","anna.weber@linden.example","link.bin"]' ]
	[ "$(all REJECT '[.code, .user]')" = '["directory-unreadable","karl.old@linden.example"]' ]
	lacks '"etc/' "$D/out"
	[ "$(all FILE '.path | select(test("etc|link|fifo"))')" = "" ]
}

@test "directories whose name differs from the e-mail by letter case" {
	mkdir -p "$P/Anna.Weber@Linden.example/Rechnungen" "$P/ANNA.weber@linden.example"
	echo new >"$P/Anna.Weber@Linden.example/Rechnungen/Neu.csv"
	echo other >"$P/Anna.Weber@Linden.example/Rechnungen/März.csv"
	echo third >"$P/ANNA.weber@linden.example/leer.bin"
	echo fine >"$P/ANNA.weber@linden.example/fine.txt"
	extract 1 --user anna.weber@linden.example
	[ "$(all FILE .path)" = '"Rechnungen" "Rechnungen/März.csv" "leer.bin" "Übersicht 2024.txt" '\
'"fine.txt" "Rechnungen/Neu.csv"' ]
	[ "$(all FILE 'select(.path == "Rechnungen/Neu.csv") | .from')" = \
		'"files/private/Anna.Weber@Linden.example/Rechnungen/Neu.csv"' ]
	[ "$(all WARN '[.code, .record.owner]')" = \
'["files-other-case","ANNA.weber@linden.example"] '\
'["files-other-case","Anna.Weber@Linden.example"]' ]
	[ "$(all REJECT '[.code, .record.owner, .record.path]')" = \
'["file-name-taken","ANNA.weber@linden.example","leer.bin"] '\
'["file-name-taken","Anna.Weber@Linden.example","Rechnungen/März.csv"]' ]
}

@test "a directory that is exactly another user's is his" {
	db p7 -e "insert into wm_awm_accounts (id_acct, id_user, def_acct, email) values
			(95, 95, 1, 'IVAN.PETROV@mir.test');
		insert into wm_awm_settings (id_user) values (95)"
	mkdir "$P/IVAN.PETROV@mir.test"
	echo x >"$P/IVAN.PETROV@mir.test/mine.txt"
	extract 0
	db p7 -e "delete from wm_awm_accounts where id_user = 95;
		delete from wm_awm_settings where id_user = 95"
	[ "$(sed -n '/"USER_BEGIN","email":"IVAN/,/"USER_END"/p' "$D/out" |
		jq -r 'select(.kind == "FILE").path')" = mine.txt ]
	[ "$(all WARN .code)" = "" ]
}

@test "directories of nobody" {
	mkdir "$P/gone@mir.test" "$P/.hidden"
	echo x >"$P/gone@mir.test/x"
	extract 0
	[ "$(all WARN '[.code, .record.owner]' | tr ' ' '\n' | sort | xargs)" = \
		"$(printf '%s\n' '["files-without-user",".hidden"]' \
			'["files-without-user","gone@mir.test"]' | sort | xargs)" ]
	# it is no matter of a selection
	extract 0 --user karl.old@linden.example
	[ "$(all WARN .code)" = "" ]
}

@test "names that are no UTF-8, with blanks and quotes" {
	touch "$A/$(printf 'latin1-\xe4')" "$A/ sp ace\"'\\" "$A/$(printf 'a\nb')"
	extract 0 --only files --user anna.weber@linden.example
	[ "$(jq -r 'select(.kind == "FILE").path | select(type == "object").base64' "$D/out")" = \
		'bGF0aW4xLeQ=' ]
	jq -r 'select(.kind == "FILE").path | select(type == "string")' "$D/out" |
		grep -qxF " sp ace\"'\\"
	jq -c 'select(.kind == "FILE").path' "$D/out" | grep -qxF '"a\nb"'
}

@test "A10: a file or directory that may not be read ends the run, and the next one has it" {
	local as=() what mode
	# root can read everything: be somebody else
	if [ "$(id -u)" = 0 ]; then
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		let_others_in
		chmod 711 "$S/server"
		chmod 777 "$D"
		chown -R 65534:65534 "$D/p7"
	fi
	for what in leer.bin Rechnungen ''; do
		chmod 000 "$A/$what"
		run --separate-stderr "${as[@]}" "$BIN/p7-extract" --p7 "$D/p7" -o "$D/out" \
			--user anna.weber@linden.example
		chmod 755 "$A/$what"
		# shellcheck disable=SC2154
		echo "$stderr"
		[ "$status" = 77 ]
		[[ $stderr == *"/files/private/anna.weber@linden.example/$what; make it readable"* ]]
		[ ! -e "$D/out" ]
	done
	# what may not be looked at is not missing, and --check says what a run would end at
	for what in "" settings salt.php files/private files/corporate files/private/anna.weber@linden.example; do
		for mode in --check ''; do
			chmod 000 "$D/p7/data/$what"
			# shellcheck disable=SC2086 # one word or none
			run --separate-stderr "${as[@]}" "$BIN/p7-extract" --p7 "$D/p7" $mode
			chmod 755 "$D/p7/data/$what"
			echo "$what $mode: $status $stderr"
			[ "$status" = 77 ]
			[[ $stderr == *"$D/p7/data/$what"*"Permission denied; "* || $mode$what == files/private/* ]]
			[[ $output != *'P7 can be read'* ]]
		done
	done
	# what is nobody's is not read
	mkdir -m 000 "$D/p7/data/files/private/lost+found"
	run "${as[@]}" "$BIN/p7-extract" --p7 "$D/p7" --check
	echo "$output"
	[ "$status" = 0 ]
	[[ $output == *'P7 can be read'* ]]
	run "${as[@]}" "$BIN/p7-extract" --p7 "$D/p7" -o "$D/out"
	[ "$status" = 0 ]
	[ "$(all WARN 'select(.code == "files-without-user").owner')" != "" ]
	run "${as[@]}" "$BIN/p7-extract" --p7 "$D/p7" -o "$D/out" --user anna.weber@linden.example
	[ "$status" = 0 ]
	[ "$(all FILE .path | wc -w)" = 5 ]
}

@test "a file that changes while it is read" {
	( while :; do
		echo x >>"$A/busy.log"
	done ) &
	local pid=$!
	head -c 40000000 /dev/zero >"$A/busy.log"
	run --separate-stderr p7-extract --p7 "$D/p7" --only files \
		--user anna.weber@linden.example -o "$D/out"
	kill "$pid"
	[ "$status" = 1 ]
	[ "$(all REJECT '[.code, .record.path]')" = '["file-changed","busy.log"]' ]
	[ "$(tail -n 1 "$D/out" | jq -r .kind)" = END ]
}

@test "directories that are too deep below each other" {
	( cd "$A" && for _ in $(seq 130); do
		mkdir d && cd d || exit 1
	done )
	extract 1 --only files --user anna.weber@linden.example
	[ "$(all REJECT .code)" = '"directory-too-deep"' ]
}

@test "another place of files, and none" {
	mv "$D/p7/data/files" "$D/files"
	extract 0
	[ "$(all FILE 1)" = "" ]
	printf "<?php return array('labs.files-root-path' => '%s');\n" "$D" \
		>"$D/p7/data/settings/config.php"
	extract 0
	[ "$(all FILE 1 | wc -w)" = 12 ]
}
