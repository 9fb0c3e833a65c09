# not sanitized: the sanitizers need more time than what is measured here.
# Input that would take for ever, wrap around or leave passwords behind.

load ../load

setup_file() {
	server_start "$S/server" --innodb-flush-log-at-trx-commit=0
	make_sample_p7 "$S/p7" p7
}

@test "D13: a mapping that is nested 200,000 deep is refused at once" {
	p7-extract --p7 "$P7" -o "$D/p7.ndjson"
	head -c 200000 /dev/zero | tr '\0' '[' >"$D/map"
	exits 78 timeout 5 p7-transform --mapping "$D/map" --salt-file "$D/p8/data/salt8.php" "$D/p7.ndjson"
	[[ $output == *'nested more than 32 deep'* ]]
	head -c 200000 /dev/zero | tr '\0' '{' >"$D/map"
	exits 78 timeout 5 p7-transform --mapping "$D/map" --salt-file "$D/p8/data/salt8.php" "$D/p7.ndjson"
	for ((i = 0; i < 500; i++)); do printf '%*s-\n' "$i" ''; done >"$D/map"
	exits 78 timeout 5 p7-transform --mapping "$D/map" --salt-file "$D/p8/data/salt8.php" "$D/p7.ndjson"
	# the project's own is far from that
	p7-transform --print-mapping >"$D/map"
	exits 0 p7-transform --mapping "$D/map" --salt-file "$D/p8/data/salt8.php" -o "$D/out" "$D/p7.ndjson"
}

@test "D13: settings.xml with 100,000 attributes, used or declared, is refused at once" {
	cp -R "$P7" "$D/p7"
	xml=$D/p7/data/settings/settings.xml
	cp "$xml" "$D/good"
	many=$(seq -f 'a%.0f=""' 100000 | tr '\n' ' ')
	single=$(tr '"' "'" <<<"$many")
	printf '<Settings %s/>' "$many" >"$xml"
	exits 78 timeout 5 p7-extract --p7 "$D/p7" -o "$D/stream"
	[[ $output == *'more than 256 attributes'* ]]
	{ printf '<!DOCTYPE Settings [ <!ATTLIST Settings %s> ]>' "$many" && cat "$D/good"; } >"$xml"
	exits 78 timeout 5 p7-extract --p7 "$D/p7" -o "$D/stream"
	# nor is anything hidden in an entity, or between quotes
	for text in "<!DOCTYPE Settings [<!ENTITY e \"<x $single/>\">]><Settings>&e;</Settings>" \
		"<!DOCTYPE Settings [<!ENTITY % e \"<!ATTLIST Settings $single>\"> %e;]><Settings/>" \
		"<!DOCTYPE Settings [<!ENTITY e '<!--'><!ATTLIST Settings $many>]><Settings/>" \
		"<!DOCTYPE Settings SYSTEM '<!--' [<!ATTLIST Settings $many>]><Settings/>" \
		"<Settings><Other a='<x $many/>'/></Settings>"; do
		printf '%s' "$text" >"$xml"
		exits 78 timeout 5 p7-extract --p7 "$D/p7" -o "$D/stream"
		[[ $output == *'which P7 does not write; put '* ]]
	done
	[[ $output == *"has a '<' between quotes"* ]]
	# an equals sign in a text is none of an attribute
	sed 's|</Settings>|<Other>'"$many"'</Other></Settings>|' "$D/good" >"$xml" 2>/dev/null ||
		{ sed 's|</Settings>||' "$D/good" && printf '<Other>%s</Other></Settings>' "$many"; } >"$xml"
	exits 0 timeout 20 p7-extract --p7 "$D/p7" -o "$D/stream"
	# nor one in a comment, a CDATA section, an instruction, or an attribute's value
	for text in "<!-- it's <a $many -->" "<![CDATA[<a $many]]>" "<?a $many?>" "<Other a='$many >'/>"; do
		{ echo '<!DOCTYPE Settings [' && [[ $text != '<!--'* ]] || printf '%s' "$text"; echo ']>' &&
			sed 's|</Settings>||' "$D/good" && printf '%s</Settings>' "$text"; } |
			sed '/<?xml/d' >"$xml"
		exits 0 timeout 20 p7-extract --p7 "$D/p7" -o "$D/stream"
	done
	# and none of these hides an element
	for text in '<!-- -->' '<![CDATA[<]]>' "<?a '?>" '<Other a=">"/>' "<Other a='\"'/>" "it's"; do
		printf '<Settings>%s<Other %s/></Settings>' "$text" "$many" >"$xml"
		exits 78 timeout 5 p7-extract --p7 "$D/p7" -o "$D/stream"
		[[ $output == *'more than 256 attributes'* ]]
	done
}

@test "D13: counts that are no numbers of 64 bits are refused, and shown as they stand there" {
	p7-extract --p7 "$P7" -o "$D/p7.ndjson"
	p7-transform --salt-file "$D/p8/data/salt8.php" "$D/p7.ndjson" | dav-schema-upgrade records -o "$D/p8.ndjson"
	n=$(tail -n 1 "$D/p8.ndjson" | jq .totals.ACCOUNT)
	for count in 184467440737095516160000 "$(bc <<<"2^64 + $n")" "$(bc <<<"$n - 2^64")" "-$n" \
		"$n.5" "${n}e0" '"x"' 1e999; do
		sed "\$s/\"ACCOUNT\":$n/\"ACCOUNT\":$count/" "$D/p8.ndjson" >"$D/wrong"
		chmod 600 "$D/wrong"
		exits 65 p8-load --p8 "$D/p8" --dry-run "$D/wrong"
		[[ $output == *"${count//\"/} announced, $n read"* ]]
	done
}

@test "D13: no program can leave a core file, which would hold passwords" {
	[ "$(id -u)" = 0 ] || skip "only root can look at a process of somebody else"
	mkfifo "$D/in"
	cp "$D/p8/data/salt8.php" "$D/salt"
	chown 65534 "$D/salt"
	let_others_in
	setpriv --reuid=65534 --clear-groups p7-transform --salt-file "$D/salt" <"$D/in" 2>&1 3>&- &
	PID=$!
	exec 4>"$D/in"
	# what cannot be dumped belongs to root
	wait_for '[ "$(cat /proc/$1/comm) $(stat -c %u /proc/$1/environ)" = "p7-transform 0" ]' "$PID"
	exec 4>&-
}

# ajar: copies of both installations as installers leave them, in directories that others can enter.
ajar() {
	cp -R "$S/p7" "$D/p7"
	P7=$D/p7
	let_others_in
	chmod -R a+rX "$D/p7" "$D/p8"
	cp "$P7/data/settings/settings.xml" "$P7/data/settings/settings.xml.bak"
}

@test "C04: products' own files that others can read: one warning with the chmod that mends it" {
	ajar
	exits 0 --separate-stderr p7-extract --p7 "$P7" -o "$D/stream"
	[ "$(grep -c 'chmod o-rwx' <<<"$stderr")" = 1 ]
	[[ $stderr == *"'$P7/data/settings/settings.xml' '$P7/data/settings/settings.xml.bak' '$P7/data/salt.php'"* ]]
	exits 0 --separate-stderr load "$D/small.ndjson"
	[ "$(grep -c 'chmod o-rwx' <<<"$stderr")" = 1 ]
	[[ $stderr == *"/settings/config.json' '"*"/salt8.php'"* ]]
	# what it says can be run, and is enough
	eval "$(grep -o "chmod o-rwx.*" <<<"$stderr")"
	exits 0 --separate-stderr load "$D/small.ndjson"
	[[ $stderr != *chmod* ]]
	[ "$(stat -c %a "$D/p8/data/salt8.php")" = 640 ]
}

@test "C04: migrate says it once, for both installations, and does what it was asked" {
	need_long
	ajar
	exits 0 --separate-stderr migrate --quiet
	[ "$(grep -c 'chmod o-rwx' <<<"$stderr$output")" = 1 ]
	[[ $stderr == *settings.xml*salt.php*config.json*salt8.php* ]]
	P7M_MODES_SAID=1 exits 0 --separate-stderr migrate --quiet
	[[ $stderr$output != *chmod* ]]
}

@test "C04: a file below a directory that others cannot enter is no matter; our own are refused" {
	ajar
	chmod 750 "$D/p7" "$D/p8/data"
	exits 0 --separate-stderr migrate --quiet
	[[ $stderr$output != *chmod* ]]
	exits 0 --separate-stderr p7-extract --p7 "$P7" -o "$D/stream"
	[[ $stderr != *chmod* ]]
	chmod 644 "$D/small.ndjson"
	exits 77 load "$D/small.ndjson"
	printf '[client]\n' >"$D/my.cnf"
	exits 77 load --db-defaults-file "$D/my.cnf" --check
}
