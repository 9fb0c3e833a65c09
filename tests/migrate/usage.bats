# What a person mistypes, or leaves out: each program says which option or file is wrong, in one
# line, with the documented status, and does nothing.
# not sanitized but for --long: they start programs more than they feed them

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/p8" p8
	umask 077
	p7-extract --p7 "$S/p7" -o "$S/p7.ndjson"
	p8-load --p8 "$S/p8" --describe -o "$S/target.json"
	p7-transform --target "$S/target.json" "$S/p7.ndjson" -o "$S/p8.ndjson"
}

setup() {
	cd "$D" || return
}

teardown() {
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
}

# says STATUS TEXT COMMAND...: exactly one line on standard error, and nothing on standard output
says() {
	local status_wanted=$1 text=$2 got=0
	shift 2
	"$@" >out 2>err </dev/null || got=$?
	cat err
	[ "$got" = "$status_wanted" ]
	[ "$(wc -l <err)" = 1 ]
	grep -q -- "^${1##*/}: .*$text" err
	[ ! -s out ]
}

@test "an option that is unknown, lacks its value, or has one" {
	local p
	for p in p7-extract p7-transform p8-load dav-schema-upgrade; do
		says 64 'unknown option -x; see' "$p" -x
		says 64 'unknown option --foo; see' "$p" --foo=secret
		says 64 '--version takes no value; see' "$p" --version=2
	done
	says 64 'unknown option -x; see' p7-extract --p7 p7 -zx
	says 64 'unknown option -x; see' p7-transform --edited -zx
	says 64 'unknown option -x; see' p8-load --check -vx
	says 64 '--p7 needs a value' p7-extract --p7
	says 64 '--target needs a value' p7-transform --target
	says 64 '--p8 needs a value' p8-load --p8
	says 64 '--to needs a value' dav-schema-upgrade --to
	says 64 '--port needs a number from 1 to 65535, not x' dav-schema-upgrade --port x status
}

@test "options that say nothing to the run at hand are refused, not passed over" {
	local load="p8-load --p8 $S/p8"
	says 64 '--deep has no meaning for a load, only for --verify' $load --deep "$S/p8.ndjson"
	says 64 '--output has no meaning for --check' $load --check -o f
	says 64 '--dry-run has no meaning for --verify' $load --verify --dry-run
	says 64 '--force has no meaning for a load, only for --undo' $load --force "$S/p8.ndjson"
	says 64 '--files-from has no meaning for --undo' $load --undo --all --files-from "$S"
	says 64 'an input has no meaning for --check' $load --check "$S/p8.ndjson"
	says 64 '--check and --verify are two runs' $load --check --verify
	says 64 '--check prints to standard output' p7-extract --p7 "$S/p7" --check -o f
	says 64 'an input has no meaning for --print-mapping' p7-transform --print-mapping "$S/p7.ndjson"
	for option in --discard --force --journal '--to 2.0' --with-public; do
		says 64 "${option% *} has no meaning for status, only for .*" dav-schema-upgrade $option status
	done
	says 64 '--force has no meaning for apply, only for cleanup' dav-schema-upgrade --force apply
	[ -z "$(find . -name 'f*')" ]
}

@test "outputs that cannot be" {
	local transform="p7-transform --target $S/target.json"
	says 73 'cannot create /nonexistent/f' p8-load --p8 "$S/p8" --rejects /nonexistent/f "$S/p8.ndjson"
	says 73 'cannot create /nonexistent/f' $transform --rejects /nonexistent/f "$S/p7.ndjson"
	says 73 "cannot write $D: it is a directory" $transform -o "$D" "$S/p7.ndjson"
	says 73 "cannot write $D: it is a directory" p7-extract --p7 "$S/p7" -o "$D"
	says 64 '--output and --rejects name the same file' p7-extract --p7 "$S/p7" -o f --rejects f
	says 64 '--output and --rejects name the same file' $transform -o f --rejects f "$S/p7.ndjson"
	ln -s "$S/p7.ndjson" link
	says 64 '--output and the input name the same file' $transform -o link "$S/p7.ndjson"
	[ "$(find . ! -name out ! -name err ! -name link -type f)" = '' ]
}

# on_terminal COMMAND: a shell's command whose three descriptors, unless it says otherwise, are a
# terminal on which nothing is typed; "seen" is what stands there.
on_terminal() {
	local got=0
	script -qec "$1" log </dev/null >/dev/null || got=$?
	tr -d '\r' <log | sed '/^Script /d; /^$/d' >seen
	cat seen
	return "$got"
}

@test "C14: a stream, with its passwords, and compressed data are not written to a terminal" {
	local text="standard output is a terminal, and"
	exits 64 on_terminal "p7-extract --p7 '$S/p7'"
	grep -q "^p7-extract: $text a stream holds passwords; give it a file (-o FILE) or a pipe$" seen
	lacks '"kind"' seen
	exits 64 on_terminal "p7-extract --p7 '$S/p7' --list-users -z"
	grep -q "^p7-extract: $text compressed data" seen
	exits 64 on_terminal "p7-transform --target '$S/target.json' '$S/p7.ndjson'"
	grep -q "^p7-transform: $text a stream holds passwords" seen
	exits 64 on_terminal "p7-transform -z -o /dev/tty --target '$S/target.json' '$S/p7.ndjson'"
	grep -q '^p7-transform: /dev/tty is a terminal' seen
	exits 64 on_terminal "dav-schema-upgrade records '$S/p8.ndjson'"
	grep -q "^dav-schema-upgrade: $text a stream holds passwords" seen
	# what a person reads is, and so are pipes and files
	on_terminal "p7-extract --p7 '$S/p7' --list-users"
	[ "$(wc -l <seen)" = 11 ]
	on_terminal "p7-extract --p7 '$S/p7' | wc -l; p7-extract --p7 '$S/p7' -zo there"
	[ "$(cat seen)" = "$(wc -l <"$S/p7.ndjson")" ]
	[ "$(zcat there | wc -l)" = "$(cat seen)" ]
}

@test "C14: a program whose input is a terminal says what it waits for" {
	exits 65 on_terminal 'p7-transform -o out'
	grep -q "^p7-transform: waiting for P7's records from this terminal; give it a FILE" seen
	exits 65 on_terminal 'dav-schema-upgrade records -o out -'
	grep -q "^dav-schema-upgrade: waiting for P8's records from this terminal" seen
	exits 65 on_terminal "p8-load --p8 '$S/p8'"
	grep -q "^p8-load: waiting for P8's records from this terminal" seen
	# a file or a pipe needs no word
	on_terminal "p7-transform --target '$S/target.json' -o out '$S/p7.ndjson'; p7-transform --target \
		'$S/target.json' <'$S/p7.ndjson' | dav-schema-upgrade records | p8-load --p8 '$S/p8' --dry-run -q >out"
	[ ! -s seen ]
}

@test "help and version on a full disk" {
	local p
	for p in p7-extract p7-transform p8-load dav-schema-upgrade; do
		for o in --help --version; do
			exits 75 bash -c "$p $o >/dev/full"
			[[ $output == "$p: cannot write standard output: No space left on device; free space"* ]]
		done
	done
}

@test "standard descriptors that are closed: nothing goes to the database or a file instead" {
	exits 74 bash -c "p7-extract --p7 '$S/p7' >&-"
	[[ $output == "p7-extract: cannot write standard output: Bad file descriptor" ]]
	exits 74 bash -c "p7-transform --target '$S/target.json' '$S/p7.ndjson' >&-"
	exits 74 bash -c "p8-load --p8 '$S/p8' --check >&-"
	exits 74 bash -c "p8-load --p8 '$S/p8' --dry-run <&-"
	# what is said goes nowhere, not into the stream
	exits 1 bash -c "p7-extract --p7 '$S/p7' --user nobody@nowhere.test -o f 2>&-"
	[ "$(jq -r .kind f | sort -u | grep -c REJECT)" = 1 ]
}

@test "a reader that went away" {
	local p
	for p in "p7-extract --p7 $S/p7" "p7-transform --target $S/target.json $S/p7.ndjson"; do
		# the writer waits until nobody reads any more
		mkfifo pipe
		(sleep 0.5; exec $p) >pipe 2>err &
		: <pipe
		status=0
		wait $! || status=$?
		cat err
		[ "$status" = 74 ]
		grep -q 'cannot write standard output: its reader has ended' err
		rm pipe
	done
}

@test "input that is no stream" {
	exits 65 bash -c ": | p8-load --p8 '$S/p8'"
	[[ $output == *"standard input is empty; the stage before it failed" ]]
	exits 65 bash -c "head -c 100 /dev/zero | p8-load --p8 '$S/p8'"
	[[ $output == *"standard input is not a record stream, or one that is cut off in its first line" ]]
	exits 65 bash -c "head -c 50 '$S/p8.ndjson' | p8-load --p8 '$S/p8'"
	[[ $output == *"cut off in its first line" ]]
	says 66 'which --files-from names' p8-load --p8 "$S/p8" --files-from /nonexistent "$S/p8.ndjson"
	says 66 "its data directory: $S/p7/data" p8-load --p8 "$S/p8" --files-from "$S/p7" "$S/p8.ndjson"
	says 65 'line 1: module, key' p8-load --p8 "$S/p8" --apply-settings "$S/p8.ndjson"
}

@test "where the database is not" {
	local load="p8-load --p8 $S/p8 --check"
	says 66 'cannot open /nonexistent' $load --db-defaults-file /nonexistent
	says 66 'cannot open /nonexistent' p7-extract --p7 "$S/p7" --db-defaults-file /nonexistent
	says 66 'cannot open /nonexistent' dav-schema-upgrade --defaults-file /nonexistent --database x status
	says 69 'database p8 on 127.0.0.1' $load --db-host 127.0.0.1 --db-port 1
	says 69 'database p8 on /nonexistent' $load --db-socket /nonexistent
	# P8's password is that of P8's user
	says 77 'using password: NO' $load --db-user nobody
}
