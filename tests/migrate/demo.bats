# scripts/demo as a newcomer runs it.
# not sanitized: it is about the scripts; the programs have tests of their own

load ../site

setup() {
	export TMPDIR=$D/tmp
	mkdir "$TMPDIR"
}

# Servers whose data are below $D.
servers() {
	local p
	for p in /proc/[0-9]*; do
		! tr '\0' '\n' <"$p/cmdline" 2>/dev/null | grep -q "^--datadir=$D" || echo "${p#/proc/}"
	done
}

@test "the demo migrates the whole sample and says so" {
	exits 0 "$REPO/scripts/demo" --keep "$D/kept"
	# a line per user, and the verdict
	[ "$(grep -c '^ *[0-9]*/11 [^ ]*@[^ ]*: ' <<<"$output")" = 11 ]
	grep -q '^All in P8: 11 users of P7, .* 0 rejects; verified\.$' <<<"$output"
	# nothing that a migration can make is missing
	p7-transform --print-mapping |
		sed -n 's/^ *class: Aurora\\Modules\\\(.*\)\\Classes\\\(.*\)$/\1 \2/p' | sort -u >"$D/kinds"
	[ -s "$D/kinds" ]
	while read -r kind; do
		grep -Eq "^ +[1-9][0-9]* $kind\$" <<<"$output" || {
			echo "P8 has no $kind"
			return 1
		}
	done <"$D/kinds"
	for table in addressbooks cards calendars calendarinstances calendarobjects reminders; do
		grep -Eq "^ +[1-9][0-9]* adav_$table\$" <<<"$output" || {
			echo "adav_$table is empty"
			return 1
		}
	done
	grep -Eq '^ +[1-9][0-9]* public links$' <<<"$output"
	grep -Eq '^ +[1-9][0-9]* files$' <<<"$output"
	# the events of a day, no others
	[ "$(sed -n '/^What a CalDAV server finds/,/^$/p' <<<"$output" | sed 1d)" = \
		"$(printf '  Kalender: ev-urlaub.ics\n  Team Einkauf: ev-jourfixe.ics')" ]
	# cards: a photo and a second number of a contact, one without a contact, another address book
	zcat "$D"/kept/state/dumps/p8.ndjson.gz >"$D/p8.ndjson"
	jq -r 'select(.kind == "CARD") | .data' "$D/p8.ndjson" | tr -d '\r' >"$D/cards"
	grep -q '^PHOTO;TYPE=PNG;ENCODING=b:iVBORw0KGgo' "$D/cards"
	[ "$(grep -c '5550199$' "$D/cards")" = 1 ]
	grep -q '^FN:Jürte Möwes$' "$D/cards"
	[ "$(jq -r 'select(.kind == "ADDRESSBOOK") | .displayname' "$D/p8.ndjson" | sort -u |
		xargs -d '\n' printf '%s,')" = 'Address Book,Collected Addresses,Kleingärtner,' ]
	rm "$D/cards" "$D/p8.ndjson"
	# what it did not bring, and what is to be reviewed
	grep -q '^Not carried:$' <<<"$output"
	grep -Eq '^P7 and P8 differ in [1-9][0-9]* settings: review ' <<<"$output"
	# what it keeps: secret streams, both installations, dumps; and nothing else
	[ "$(stat -c %a "$D"/kept/state/dumps/p7.ndjson.gz)" = 600 ]
	zcat "$D"/kept/state/dumps/p8.ndjson.gz | jq -r .kind | grep -q '^USER_END$'
	grep -q 'INSERT INTO `au_eav_entities`' "$D/kept/p8.sql"
	[ -z "$(servers)" ]
	[ "$(ls "$D")" = "$(printf 'kept\nkinds\ntmp')" ]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "without --keep nothing is left" {
	need_long
	exits 0 "$REPO/scripts/demo"
	[ -z "$(servers)" ]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "Ctrl-C stops the server and removes everything" {
	need_long
	setsid env --default-signal=INT "$REPO/scripts/demo" >"$D/out" 2>&1 3>&- &
	PID=$!
	wait_for 'ls -d "$TMPDIR"/p7demo.*/demo/state 2>/dev/null'
	kill -INT -- "-$PID"
	ends 130
	[ -z "$(servers)" ]
	[ -z "$(ls "$TMPDIR")" ]
}

@test "wrong use" {
	exits 64 "$REPO/scripts/demo" --nonsense
	mkdir "$D/full"
	touch "$D/full/x"
	exits 73 "$REPO/scripts/demo" --keep "$D/full"
	grep -q 'not empty' <<<"$output"
}

# A system that lacks packages: dpkg-query and apt-get are ours.
poor_system() {
	mkdir -p "$D/bin"
	printf '#!/bin/sh\necho "make installed"\n' >"$D/bin/dpkg-query"
	printf '#!/bin/sh\necho "$@" >>"%s/apt"\nexit "${APT_STATUS:-0}"\n' "$D" >"$D/bin/apt-get"
	chmod -R a+rx "$D"
	chmod +x "$D/bin/"*
	PATH=$D/bin:$PATH
}

@test "packages that are missing: root gets them, others the one command, and 69" {
	local as=()
	poor_system
	if [ "$(id -u)" = 0 ]; then
		exits 0 "$REPO/scripts/packages" run
		grep -qx 'update -qq' "$D/apt"
		grep -q '^install -y .* gcc .* default-libmysqlclient-dev .*jq' "$D/apt"
		! grep -qw make "$D/apt" || false
		APT_STATUS=100 run "$REPO/scripts/packages" run
		[ "$status" = 69 ]
		grep -q 'could not install' <<<"$output"
		as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
		rm "$D/apt"
	fi
	# scripts/demo and scripts/test end there, too; in a place that others can read
	mkdir "$D/tree"
	cp -R "$REPO/scripts" "$REPO/tests" "$D/tree/"
	let_others_in
	chmod -R a+rX "$D"
	for script in "packages run" demo test; do
		# shellcheck disable=SC2086
		exits 69 "${as[@]}" "$D/tree"/scripts/$script
		[ "$(grep -c '^sudo apt-get install -y .* gcc ' <<<"$output")" = 1 ]
	done
	grep -q ' mariadb-server-core ' <<<"$output"
	[ ! -e "$D/apt" ]
}

# missing MODE: what that system lacks, as root, of which no other program is there.
missing() {
	rm -f "$D/apt"
	PATH=$D/bin "$REPO/scripts/packages" "$1"
	grep ^install "$D/apt"
}

@test "C02: no package is removed; the run needs no server or client, the demo either product's" {
	local program
	poor_system
	for program in bash grep tail mktemp rm sed; do
		ln -s "$(command -v $program)" "$D/bin/$program"
	done
	printf '#!/bin/sh\necho 0\n' >"$D/bin/id"
	chmod +x "$D/bin/id"
	missing run >"$D/run"
	lacks 'mariadb-server-core\|mariadb-client' "$D/run"
	grep -q -- ' --no-remove ' "$D/run"
	# PATH has /usr/sbin added: only a machine without a server lacks one
	missing demo >"$D/demo"
	grep -q ' mariadb-client' "$D/demo"
	missing test | grep ' mariadb-server-core mariadb-client ' | grep -q -- ' --no-remove '
	ln -s /bin/true "$D/bin/mysqld"
	ln -s /bin/true "$D/bin/mysql"
	missing demo | lacks 'mariadb-server-core\|mariadb-client'
}
