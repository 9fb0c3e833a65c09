# Hostile names: e-mails that move the cursor, forge lines, or look like options; hosts that are
# options; streams that were edited by hand.
# not sanitized

load ../site

umask 077

# E-mails of P7's users, by the number of their account in the order of accounts.
setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	db p7 <<-'SQL'
	set names utf8mb4;
	create temporary table h (n int auto_increment primary key, e varchar(255) character set utf8mb4);
	insert into h (e) values (concat('esc', char(27), ']0;P', char(7), char(27), '[31m@x.test')),
		(concat('nl', char(10), 'admin@x.test')), (concat('tab', char(9), 'x@x.test')),
		(concat('rtl', convert(0xE280AE using utf8mb4), '@x.test')),
		(concat('c1', convert(0xC285 using utf8mb4), '@x.test')), ('--all'), ('#@x.test'),
		('-rf@x.test'), ('$(touch pw)@x.test'), ('%n%s%s@x.test');
	set @i := 0;
	create temporary table a as select id_acct, (@i := @i + 1) n from wm_awm_accounts
		where def_acct = 1 order by id_acct;
	update wm_awm_accounts x join a using (id_acct) join h using (n)
		set x.email = h.e, x.mail_inc_login = h.e;
	SQL
	make_blank_p8 "$S/p8" p8
	p7-extract --list-users --p7 "$S/p7" >"$S/list" 2>"$S/list.err" || echo $? >"$S/list.status"
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/state" --verbose --itemize \
		--log "$S/log" >"$S/out" 2>"$S/err" || echo $? >"$S/status"
}

# gives STATUS FILE COMMAND...: what it says goes to the file.
gives() {
	local want=$1 file=$2 status=0
	shift 2
	"$@" >"$file" 2>&1 || status=$?
	echo "status $status: $*" | tr -d '\000-\011\013-\037'
	[ "$status" = "$want" ]
}

# No byte of these files moves a cursor or turns the direction of writing.
harmless() {
	local f
	for f in "$@"; do
		[ -s "$f" ]
		if LC_ALL=C grep -naP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xa8-\xae]' "$f"; then
			return 1
		fi
	done
}

@test "D08: a list of users has everybody; those who cannot stand in it are comments" {
	cat "$S/list" "$S/list.err"
	[ ! -e "$S/list.status" ]
	harmless "$S/list" "$S/list.err"
	[ "$(wc -l <"$S/list")" = 11 ]
	[ "$(grep -c '^# ' "$S/list")" = 7 ]
	grep -qxF '# nl\012admin@x.test' "$S/list"
	grep -qxF '# esc\033]0;P\007\033[31m@x.test' "$S/list"
	grep -qxF '# rtl\342\200\256@x.test' "$S/list"
	grep -qxF -e '--all' "$S/list"
	grep -qxF -e '-rf@x.test' "$S/list"
	# It can be given back: those that stand in it are users.
	p7-extract --p7 "$S/p7" --users "$S/list" --only settings >"$BATS_TEST_TMPDIR/again"
	! grep -q '"code":"user-' "$BATS_TEST_TMPDIR/again"
}

@test "D08: nothing that a run prints, logs or lists is raw, and everybody is counted" {
	cat "$S/out" "$S/err"
	# Shares with users who have other names now wait; nothing else is rejected.
	[ "$(cat "$S/status")" = 1 ]
	[ "$(jq -r 'select(.kind == "REJECT").code' "$S/state/rejects.ndjson" | sort -u)" = sharee-not-in-p8 ]
	harmless "$S/out" "$S/err" "$S/log" "$S/state/migrated-users"
	[ "$(wc -l <"$S/state/migrated-users")" = "$(wc -l <"$S/list")" ]
	# Names without an @, or with blanks, are users who are done, too.
	grep -q '11/11 .*: loaded' "$S/out"
	[ ! -s "$S/state/not-migrated-users" ]
	grep -q "^In P8, but for what was rejected: $(wc -l <"$S/list") users of P7" "$S/out"
	grep -qxF 'nl\012admin@x.test' "$S/state/migrated-users"
	grep -qF '+ USER nl\012admin@x.test' "$S/out"
	# they are what they were
	[ "$(dbq p8 "select count(*) from au_eav_attributes_string where name = 'PublicId' and
		value = concat('nl', char(10), 'admin@x.test')")" = 1 ]
}

@test "D08: users of a domain who cannot stand in a list are not left out silently" {
	need_long
	run "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/state" --domain x.test --dry-run
	echo "$output"
	[ "$status" -le 1 ]
	grep -q '^Left out: 7 users of the domain' <<<"$output"
	run "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/state" --user -rf@x.test --dry-run
	[[ $output != *"Left out"* ]]
}

@test "D08: --redo of a user by the name that a list shows" {
	local d=$BATS_TEST_TMPDIR name='nl\012admin@x.test'
	was=$(dbq p8 "select id from au_p7m_users where email = concat('nl', char(10), 'admin@x.test')")
	run "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$d/state" --redo "$name"
	echo "$output"
	[ "$status" -le 1 ]
	now=$(dbq p8 "select id from au_p7m_users where email = concat('nl', char(10), 'admin@x.test')
		and state = 'done'")
	[ -n "$now" ] && [ "$now" != "$was" ]
	grep -q '^Users: 1\b' <<<"$output"
	[ "$(dbq p8 "select count(*) from au_p7m_users where state = 'done' and not principal")" = 11 ]
}

@test "D08: users are named as lists print them, where nobody has that very name" {
	need_long
	local d=$BATS_TEST_TMPDIR name
	for name in 'nl\012admin@x.test' 'NL\012admin@X.test' 'esc\033]0;P\007\033[31m@x.test' \
		'tab\011x@x.test' 'rtl\342\200\256@x.test' 'c1\302\205@x.test'; do
		p7-extract --p7 "$S/p7" --user "$name" --only settings >"$d/stream"
		[ "$(jq -r 'select(.kind == "USER_BEGIN") | .email' "$d/stream" | wc -l)" -ge 1 ]
		! grep -q user-unknown "$d/stream"
		printf '%s\n' "$name" | p7-extract --p7 "$S/p7" --users - --only settings |
			tail -n +2 | diff - <(tail -n +2 "$d/stream")
		gives 0 "$d/undo" p8-load --p8 "$S/p8" --undo --dry-run "$name"
		grep -q 'would be undone' "$d/undo"
	done
	# what is not printed so is somebody else's name
	for name in 'n\154\012admin@x.test' 'nl\12admin@x.test' 'nl\nadmin@x.test'; do
		p7-extract --p7 "$S/p7" --user "$name" --only settings | grep -q user-unknown
		gives 1 "$d/undo" p8-load --p8 "$S/p8" --undo --dry-run "$name"
	done
	# and that very name comes first
	dbq p7 "update wm_awm_accounts set email = 'nl\\\\012admin@x.test' where email = '#@x.test'"
	p7-extract --p7 "$S/p7" --user 'nl\012admin@x.test' --only settings >"$d/stream" || :
	# nor does a run take back who is only shown so
	name="select id from au_p7m_users where email = concat('nl', char(10), 'admin@x.test') and state = 'done'"
	was=$(dbq p8 "$name")
	gives 1 "$d/redo" "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$d/state" \
		--redo 'nl\012admin@x.test'
	[ -n "$was" ] && [ "$(dbq p8 "$name")" = "$was" ]
	dbq p7 "update wm_awm_accounts set email = '#@x.test' where email = 'nl\\\\012admin@x.test'"
	[ "$(jq -r 'select(.kind == "USER_BEGIN") | .email' "$d/stream")" = 'nl\012admin@x.test' ]
}

@test "D08: neither is what p8-load says of them later" {
	need_long
	local d=$BATS_TEST_TMPDIR
	p8-load --p8 "$S/p8" --list migrated >"$d/list"
	dbq p8 "update au_eav_attributes_string set value = concat(value, '?') where name = 'FullName' or
		name = 'FriendlyName'"
	p8-load --p8 "$S/p8" --verify --deep >"$d/verify" 2>&1 || [ $? = 1 ]
	p8-load --p8 "$S/p8" --undo --all --dry-run >"$d/undo" 2>&1 || [ $? = 1 ]
	cat "$d/verify" "$d/undo"
	grep -qF 'nl\012admin@x.test' "$d/undo"
	harmless "$d/list" "$d/verify" "$d/undo"
	gives 1 "$d/none" p8-load --p8 "$S/p8" --undo $'\e[31m'
	harmless "$d/none"
}

@test "D08: errors and warnings about names are harmless, too" {
	local d=$BATS_TEST_TMPDIR name=$'\e]0;x\a\u202e\u0085\xff'
	gives 66 "$d/1" p7-extract --p7 "/$name"
	gives 66 "$d/2" p7-transform "/$name"
	gives 66 "$d/3" p8-load --p8 "/$name"
	gives 66 "$d/4" dav-schema-upgrade status --defaults-file "/$name" --database x
	gives 66 "$d/5" "$REPO/scripts/migrate" --p7 "/$name" --list-users --state "$d/state"
	gives 66 "$d/6" "$REPO/scripts/migrate" --p7 /x --p8 "/$name" --state "$d/state"
	gives 64 "$d/7" "$REPO/scripts/migrate" "--$name"
	cat "$d"/[1-7]
	harmless "$d"/[1-7]
	grep -qF '\033]0;x\007\342\200\256\302\205\377' "$d/1"
	# what is not hostile is shown as it is
	gives 66 "$d/8" p7-extract --p7 '/Grüße\x'
	grep -F '/Grüße\x' "$d/8"
}

fake_ssh() {
	mkdir "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/ssh" <<-X
		#!/bin/sh
		printf '%s\n' "\$@" >"$BATS_TEST_TMPDIR/ssh"
	X
	chmod +x "$BATS_TEST_TMPDIR/bin/ssh"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
}

@test "D09: a host that is an option, or none, is refused before anything is called" {
	local p7
	fake_ssh
	cd "$BATS_TEST_TMPDIR"
	for p7 in -oProxyCommand=touch:/dir ':/dir' 'eva@-oProxyCommand=x:/dir' 'eva@:/dir' 'p7.test:' \
		'p7.test -oX:/dir' $'p7\n.test:/dir' '@p7.test:/dir' '@-oX:/dir' '[-oX]:/dir' '[::1:/dir' \
		'[::1]:' 'p7.test]:/dir' '$(touch x).test:/dir' '`x`@p7.test:/dir' 'p7;x:/dir' 'p7|x:/dir'; do
		run "$REPO/scripts/migrate" "--p7=$p7" --list-users --state "$BATS_TEST_TMPDIR/state"
		echo "$output"
		[ "$status" = 64 ]
		[ ! -e "$BATS_TEST_TMPDIR/ssh" ]
		[ ! -e "$BATS_TEST_TMPDIR/state" ]
	done
	# Names that begin with a hyphen are names.
	run "$REPO/scripts/migrate" --p7 -x --list-users --state -state
	echo "$output"
	[ -d ./-state ]
	[[ $output == *./-x* ]]
}

@test "D09: any other host is one, and what is behind it cannot become an option" {
	local p7
	fake_ssh
	for p7 in p7.test:/dir eva@p7.test:/dir p7-x.test:dir; do
		run "$REPO/scripts/migrate" --p7 "$p7" --list-users --state "$BATS_TEST_TMPDIR/state"
		[ "$(sed -n 1p "$BATS_TEST_TMPDIR/ssh")" = -- ]
		[ "$(sed -n 2p "$BATS_TEST_TMPDIR/ssh")" = "${p7%%:*}" ]
		[[ $(sed -n 3p "$BATS_TEST_TMPDIR/ssh") == "p7-extract --p7 ${p7#*:} --list-users"* ]]
	done
	run "$REPO/scripts/migrate" --p7 "./-o:x" --list-users --state "$BATS_TEST_TMPDIR/state"
	[ "$(sed -n 2p "$BATS_TEST_TMPDIR/ssh")" = p7-x.test ]
	for p7 in '[2001:db8::7]:/dir' 'eva@[fe80::1%eth0]:/d:r' 'dom\eva@bücher.test:/dir'; do
		run "$REPO/scripts/migrate" --p7 "$p7" --list-users --state "$BATS_TEST_TMPDIR/state"
		sed -n 1,3p "$BATS_TEST_TMPDIR/ssh" >>"$BATS_TEST_TMPDIR/asked"
	done
	cat "$BATS_TEST_TMPDIR/asked"
	[ "$(grep -v '^p7-extract' "$BATS_TEST_TMPDIR/asked" | xargs -d '\n')" = \
		'-- 2001:db8::7 -- eva@fe80::1%eth0 -- dom\eva@bücher.test' ]
	[ "$(grep -o -- '--p7 /[^ ]*' "$BATS_TEST_TMPDIR/asked" | xargs)" = '--p7 /dir --p7 /d:r --p7 /dir' ]
}

# edited COMMAND [ARG...]: P8's stream of three users goes through a command, then to p8-load.
edited() {
	[ -e "$S/p9" ] || make_blank_p8 "$S/p9" p9
	[ -e "$S/stream" ] || p7-extract --p7 "$S/p7" --without files | p7-transform --salt-file \
		"$S/p9/data/salt8.php" | dav-schema-upgrade records >"$S/stream" || [ $? = 1 ]
	"$@" <"$S/stream" >"$BATS_TEST_TMPDIR/edited" || [ $? = 1 ]
	run p8-load --p8 "$S/p9" --dry-run ${loose:+--edited} "$BATS_TEST_TMPDIR/edited"
	echo "${output: -600}"
}

@test "C15: records over several lines: one record a line, jq -c" {
	edited jq .
	[ "$status" = 65 ]
	[[ $output == *"line 1: "*"one record a line"*"jq -c"* ]]
	edited jq -s .
	[[ $output == *"jq -c"* ]]
	edited jq -sc .
	[[ $output == *"jq -c"* ]]
	edited sed '3s/^{/{\n  /'
	[[ $output == *"line 3: "*"jq -c"* ]]
	# what is only damaged is not said to be jq's
	edited sed '3s/:/;/'
	[ "$status" = 65 ]
	[[ $output != *"jq -c"* ]]
}

@test "C15: what editors add does no harm: CRLF, byte order mark, empty lines" {
	local how
	for how in 's/$/\r/' '1s/^/\xef\xbb\xbf/' '2s/$/\n\n/' '$s/$/\n\r\n /'; do
		edited sed "$how"
		[ "$status" -le 1 ]
	done
	edited head -c -1
	[ "$status" = 65 ]
	[[ $output == *newline* ]]
}

@test "C15: lines that were deleted or moved are told of by name" {
	loose=1
	edited sed '0,/"kind":"USER_END"/{/"kind":"USER_END"/d}'
	[ "$status" = 65 ]
	[[ $output == *"USER_BEGIN, but the USER_END before it is missing"* ]]
	edited sed '0,/"kind":"USER_BEGIN"/{/"kind":"USER_BEGIN"/d}'
	[ "$status" = 65 ]
	edited sed '$!{h;d};G'
	[ "$status" = 65 ]
}

@test "C15: an edited stream without --edited: who is loaded, and what to do" {
	edited true
	jq -c 'if .kind == "HEADER" then . + {note: "mine"} else . end' "$S/stream" >"$BATS_TEST_TMPDIR/edited"
	run p8-load --p8 "$S/p9" "$BATS_TEST_TMPDIR/edited"
	[ "$status" = 65 ]
	[[ $output == *"hash of the HEADER"*"use --edited"* ]]
	sed 's/"totals":{/"totals":{"X":1,/' "$S/stream" >"$BATS_TEST_TMPDIR/edited"
	run p8-load --p8 "$S/p9" "$BATS_TEST_TMPDIR/edited"
	echo "${output: -600}"
	[ "$status" = 65 ]
	[[ $output == *"use --edited"* ]]
	[[ $output == *"the 11 users before it are loaded and stay in P8"* ]]
	[ "$(dbq p9 "select count(*) from au_eav_entities where entity_type like '%User'")" -ge 11 ]
	# The first user's block: nobody is loaded, and nobody is said to be.
	edited sed '0,/"FriendlyName":"/s/"FriendlyName":"/&x/'
	[ "$status" = 65 ]
	[[ $output == *"use --edited"* ]]
	[[ $output != *"stay in P8"* ]]
}
