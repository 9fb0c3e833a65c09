# The examples of the manual pages, as they read, under the umask that most people have.
# not sanitized but for --long: they start programs more than they feed them

load ../server

setup_file() {
	S=$(mktemp -d "${TMPDIR:-/tmp}/p7m.XXXXXX")
	export S
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/blank" p8
	db -e 'create database dav'
	db dav <"$TESTS/fixtures/dav-1.8.sql"
	printf '[client]\nuser=root\nsocket=%s\n' "$SOCKET" >"$S/.my.cnf"
	chmod 600 "$S/.my.cnf"
}

teardown_file() {
	server_stop
	rm -rf "$S"
}

setup() {
	D=$(mktemp -d "$S/t.XXXXXX")
	db -e 'drop database if exists p8'
	make_blank_p8 "$D/p8" p8
	cd "$D" || return
	p8-load --p8 p8 --describe >target.json
	p7-extract --p7 "$S/p7" -o p7.ndjson
	p7-transform --target target.json p7.ndjson | dav-schema-upgrade records -o p8.ndjson
	p7-transform --target target.json p7.ndjson --rejects rejects.ndjson |
		dav-schema-upgrade records -z -o p8.ndjson.gz
}

teardown() {
	rm -rf "$D"
}

# examples PAGE: its literal blocks under EXAMPLES, with the names that are here; where commands
# stand behind a dollar sign the other lines are what they print.
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE ALSO/p' "$REPO/man/$1" |
		awk '/^\.Bd/ { on = 1; prompt = 0; next } /^\.Ed/ { on = 0; print "" } !on { next }
			/^\$ / { prompt = 1; go = 1; sub(/^\$ /, "") } prompt && !go { next }
			{ print; go = /\\e$|\|$/ }' |
		sed -e 's/\\e$/\\/' -e "s,/var/www/webmail\|/var/www/p7\|/srv/p7,$S/p7,g" \
			-e "s,/var/www/p8\|/srv/p8,$D/p8,g" -e 's/anna@[a-z]*\.[a-z]*/anna.weber@linden.example/g' \
			-e 's/ivan@mir.test/ivan.petrov@mir.test/g'
}

run_examples() {
	examples "$1" >script
	cat script
	[ "$(grep -c . script)" -ge "$2" ]
	HOME=$S run bash -e -o pipefail -c 'umask 022; . ./script'
	echo "$output"
	[ "$status" = 0 ]
}

@test "p7-extract(1)" {
	run_examples p7-extract.1 6
	grep -qx '0	nadia.horak@mir.test' <<<"$output"
	[ -s two.ndjson.gz ] && [ -s calendars.ndjson ]
}

@test "p7-transform(1)" {
	run_examples p7-transform.1 6
	[ "$(jq -r 'select(.kind == "USER").string.Language' p8.ndjson | sort -u)" = English ]
	grep -q ' card-kept$' <<<"$output"
	grep -q '11 users read: 11 loaded' <<<"$output"
	# what is done to several things is not said as if it were done to all
	grep -q '2 altered:  not-carried: left in P7: .* (of some of them; each record has its own)$' <<<"$output"
}

@test "p8-load(1)" {
	run_examples p8-load.1 10
	grep -q '^verified: P8 holds what was loaded of 11 users$' <<<"$output"
	grep -q '^0 rejects repaired, 0 left$' <<<"$output"
}

@test "p7-records(5)" {
	need_long
	run_examples p7-records.5 6
	grep -qx '{"FullName":"Jürgen Groß","ViewEmail":"juergen@gross.test"}' <<<"$output"
	[ "$(grep -c '^{"FullName"' <<<"$output")" = \
		"$(jq -r 'select(.kind == "USER_END" and .email == "anna.weber@linden.example").counts.CONTACT' \
			p8.ndjson)" ]
	grep -q '1 user read: 1 loaded' <<<"$output"
}

@test "dav-schema-upgrade(1)" {
	need_long
	examples dav-schema-upgrade.1 | sed '/bk_/,$d' >script
	[ "$(grep -c . script)" = 5 ]
	HOME=$S run bash -e -c '. ./script'
	echo "$output"
	[ "$status" = 0 ]
	grep -q 'backups dropped' <<<"$output"
}
