# The files that the programs write: never one that they read (A08), whole or as they were (A09), and
# nobody else's (D01).
# not sanitized: it takes long, and the unit tests read the same with sanitizers

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	make_blank_p8 "$S/p8" p8
	p8-load --p8 "$S/p8" --describe -o "$S/target.json"
	p7-extract --p7 "$S/p7" -o "$S/p7.ndjson"
	p7-transform --target "$S/target.json" "$S/p7.ndjson" | dav-schema-upgrade records -o "$S/p8.ndjson"
}

setup() {
	cd "$D" || return
	cp "$S"/*.ndjson .
	umask 077
	printf 'anna.weber@linden.example\n' >users
	head -n -1 p7.ndjson >p7-cut.ndjson
	head -n -1 p8.ndjson >p8-cut.ndjson
	transform=(p7-transform --target "$S/target.json")
	load=(p8-load --p8 "$S/p8")
}

# Another user, who may read what we read.  Only root can become one.
as_another() {
	[ "$(id -u)" = 0 ] || skip "only root can be two users"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# refused COMMAND...: wrong use, for the same file, and every file here is as it was.
refused() {
	local before
	before=$(find . ! -name . -exec sha256sum {} + 2>/dev/null | sort)
	exits 64 "$@"
	[[ $output == *"same file"* || $output == *"name another file"* || $output == *"name the copy"* ]]
	[ "$(find . ! -name . -exec sha256sum {} + 2>/dev/null | sort)" = "$before" ]
}

@test "A08: no program writes a file that it reads, by whatever name" {
	need_long
	ln p8.ndjson hard
	ln -s p8.ndjson soft
	mkdir sub && ln -s .. sub/up
	refused "${load[@]}" p8.ndjson --rejects p8.ndjson
	refused "${load[@]}" p8.ndjson --rejects hard
	refused "${load[@]}" p8.ndjson --rejects soft
	refused "${load[@]}" soft --rejects "$D/sub/up/p8.ndjson"
	refused "${load[@]}" p8.ndjson --log hard
	refused "${load[@]}" p8.ndjson --rejects ./p8.ndjson
	refused "${load[@]}" --repair p8.ndjson --rejects p8.ndjson
	refused "${load[@]}" --verify p8.ndjson --log p8.ndjson
	refused "${load[@]}" --list-settings p8.ndjson -o p8.ndjson
	refused "${load[@]}" --apply-settings p8.ndjson --log p8.ndjson
	refused "${load[@]}" p8.ndjson --rejects "$S/p8/data/settings/config.json"
	refused "${load[@]}" --describe -o "$S/p8/data/salt8.php"
	# what P7 and P8 have beside them, too
	local f=$S/p7/data/files/private/anna.weber@linden.example/leer.bin sum
	sum=$(find "$S/p7" "$S/p8" -type f -exec sha256sum {} + | sort)
	ln -s "$f" sub/f
	refused p7-extract --p7 "$S/p7" -o "$f"
	refused p7-extract --p7 "$S/p7" -o new --rejects sub/f
	exits 64 bash -c 'p7-extract --p7 "$1" --users users >>"$2"' sh "$S/p7" "$f"
	refused "${load[@]}" p8.ndjson --files-from "$S/p7/data" --log "$f"
	echo mine >"$S/p8/data/mine"
	refused "${load[@]}" p8.ndjson --rejects "$S/p8/data/mine"
	rm "$S/p8/data/mine"
	# the place decides: the first run is not another one than the second
	refused "${load[@]}" p8.ndjson --rejects "$S/p8/data/new"
	[[ $output == *"--rejects $S/p8/data/new is in P8's data directory, $S/p8/data/, "* ]]
	refused "${load[@]}" p8.ndjson --log "$S/p8/data/settings/../new.log"
	refused p7-extract --p7 "$S/p7" -o "$S/p7/data/files/private/new"
	(cd "$S/p7/data" && exits 64 p7-extract --p7 .. --rejects new)
	refused "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --log "$S/p8/data/new.log"
	[[ $output == *"--log $S/p8/data/new.log is in $S/p8/data, "* ]]
	exits 64 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/p7/data/state"
	# also where settings say that it is
	mkdir moved
	cp -r "$S/p7" moved/p7
	mv moved/p7/data moved/data
	printf '<?php\n$dataPath = "%s";\n' "$D/moved/data" >moved/p7/inc_settings_path.php
	refused p7-extract --p7 moved/p7 -o "moved/data/${f#"$S/p7/data/"}"
	refused p7-extract --p7 moved/p7 --rejects moved/data/new
	rm -r moved
	[ "$(find "$S/p7" "$S/p8" -type f -exec sha256sum {} + | sort)" = "$sum" ]
	refused "${transform[@]}" p7.ndjson -o ./p7.ndjson
	refused "${transform[@]}" p7.ndjson --rejects p7.ndjson
	refused "${transform[@]}" p7.ndjson --corrected p8.ndjson -o hard
	refused "${transform[@]}" p7.ndjson --rename users --rejects users
	refused p7-transform p7.ndjson --target p8.ndjson -o soft
	refused "${transform[@]}" p7.ndjson --mapping users -o ./users
	refused "${transform[@]}" p7.ndjson --salt-file users --rejects users
	refused p7-extract --p7 "$S/p7" --users users -o users
	refused p7-extract --p7 "$S/p7" --except users --rejects ./users
	refused p7-extract --settings users --data "$S/p7/data" -o users
	refused p7-extract --p7 "$S/p7" --db-defaults-file users --rejects users
	refused "${load[@]}" p8.ndjson --db-defaults-file users --log users
	refused p7-extract --p7 "$S/p7" -o "$S/p7/data/settings/settings.xml"
	refused p7-extract --p7 "$S/p7" --rejects "$S/p7/data/salt.php"
	refused "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state . --users users --log users
}

@test "A08: standard input and output count, too" {
	cp p8.ndjson before
	refused bash -c '"$@" --rejects p8.ndjson <p8.ndjson' sh "${load[@]}"
	refused bash -c '"$@" --repair --rejects p8.ndjson <p8.ndjson' sh "${load[@]}"
	exits 64 bash -c '"$@" p7.ndjson >>p7.ndjson' sh "${transform[@]}"
	exits 64 bash -c '"$@" <p7.ndjson >>p7.ndjson' sh "${transform[@]}"
	exits 64 bash -c 'p7-extract --p7 "$1" --users users >>users' sh "$S/p7"
	exits 64 bash -c 'p7-extract --p7 "$1" --users - <users >>users' sh "$S/p7"
	exits 64 bash -c '"$@" p8.ndjson >>p8.ndjson' sh "${load[@]}"
	exits 64 bash -c '"$1" --p7 "$2/p7" --p8 "$2/p8" --users users >>users' sh "$REPO/scripts/migrate" "$S"
	exits 64 bash -c 'dav-schema-upgrade status --database p8 --defaults-file users >>users'
	cmp before p8.ndjson
	cmp "$S/p7.ndjson" p7.ndjson
	[ "$(cat users)" = anna.weber@linden.example ]
}

@test "A08: two outputs are two files, a list that a run writes is not one that it reads" {
	refused "${transform[@]}" p7.ndjson -o new --rejects ./new
	refused p7-extract --p7 "$S/p7" -o new --rejects "$D/new"
	refused "${load[@]}" p8.ndjson --log new --rejects new
	mkdir state
	cp users state/user_list
	cp users state/migrated-users
	refused "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state state --users state/migrated-users
	# but a list that is only read may be there, devices are no files, and inputs may be one
	exits 0 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state state --users state/user_list \
		--dry-run --without files
	exits 0 "${transform[@]}" p7.ndjson -o /dev/null --rejects /dev/null
	exits 0 "${load[@]}" --dry-run -q p8.ndjson --rejects /dev/null --log /dev/null
	exits 0 bash -c 'p7-extract --p7 "$1" --users users -o out >said 2>&1 </dev/null' sh "$S/p7"
	exits 0 bash -c '"$@" --dry-run --log run.log p8.ndjson >>run.log' sh "${load[@]}"
}

@test "A09: a run that fails leaves its outputs as they were, and nothing beside them" {
	echo old >rejects
	echo old >out
	exits 65 "${load[@]}" --dry-run -q p8-cut.ndjson --rejects rejects
	exits 65 "${load[@]}" -q p8-cut.ndjson --rejects rejects
	exits 65 "${load[@]}" --repair users --rejects rejects
	exits 65 "${transform[@]}" p7-cut.ndjson -o out --rejects rejects
	exits 65 "${transform[@]}" p7.ndjson --corrected users -o out --rejects rejects
	exits 66 p7-extract --p7 "$S/p7" --users absent -o out --rejects rejects
	exits 78 "${load[@]}" --list migrated --prefix no_ -o out
	# one of two outputs cannot be written: the other one is as it was, too
	exits 75 "${transform[@]}" p7.ndjson -o /dev/full --rejects rejects
	exits 75 "${transform[@]}" p7.ndjson -o out --rejects /dev/full
	exits 75 p7-extract --p7 "$S/p7" -o out --rejects /dev/full --user nobody@host.test
	[ "$(cat rejects out)" = $'old\nold' ]
	[ "$(ls)" = $'out\np7-cut.ndjson\np7.ndjson\np8-cut.ndjson\np8.ndjson\nrejects\nusers' ]
	# a run that ends well replaces them, also with nothing
	exits 0 p7-extract --p7 "$S/p7" --users users -o out --rejects rejects
	[ ! -s rejects ]
	[ "$(stat -c %a out rejects)" = $'600\n600' ]
	grep -q '"kind":"END"' out
}

@test "A09: a run that is killed leaves its outputs as they were, and nothing beside them" {
	local signal
	mkfifo pipe
	echo old >rejects
	echo old >out
	for signal in TERM KILL; do
		"${transform[@]}" -o out --rejects rejects <pipe 3>&- &
		PID=$!
		exec 4>pipe
		head -n 5 p7.ndjson >&4
		wait_for '[ "$(find /proc/$1/fd -lname "$D/*" | wc -l)" -ge 2 ]' "$PID"
		kill -"$signal" "$PID"
		exec 4>&-
		ends 143 137
		[ "$(cat rejects out)" = $'old\nold' ]
		[ "$(ls)" = $'out\np7-cut.ndjson\np7.ndjson\np8-cut.ndjson\np8.ndjson\npipe\nrejects\nusers' ]
	done
}

@test "D01: what others put beside an output is neither written nor followed" {
	umask 000
	for f in out.tmp rejects.tmp list.tmp target.tmp; do
		ln -s victim "$f"
	done
	echo precious >victim
	exits 0 p7-extract --p7 "$S/p7" --users users -o out --rejects rejects
	exits 0 p7-extract --p7 "$S/p7" --list-users -o list
	exits 0 "${load[@]}" --describe -o target
	[ "$(cat victim)" = precious ]
	[ "$(stat -c %a out rejects list)" = $'600\n600\n600' ]
	rm -f ./*.tmp
	install -m 666 /dev/null out.tmp
	exits 0 p7-extract --p7 "$S/p7" --users users -o out
	[ ! -s out.tmp ]
	[ "$(stat -c %a out)" = 600 ]
	# the link at its own place is replaced, what it leads to is not
	rm out.tmp
	ln -sf victim out
	exits 0 p7-extract --p7 "$S/p7" --users users -o out
	[ ! -L out ]
	[ "$(cat victim)" = precious ]
	# nobody else sees it while it is written: nothing has a name, or one that only we may open
	mkfifo pipe
	"${transform[@]}" -o out <pipe 3>&- &
	PID=$!
	exec 4>pipe
	head -n 5 p7.ndjson >&4
	wait_for '[ "$(find /proc/$1/fd -lname "$D/*" | wc -l)" -ge 2 ]' "$PID"
	[ -z "$(find . -newer victim -name 'out.*' -perm /077)" ]
	exec 4>&-
	ends 65
}

@test "D01: in a directory of everybody's nothing of another user's is written or replaced" {
	local old
	let_others_in
	mkdir -m 1777 tmp
	as_another sh -c 'umask 0; echo theirs >tmp/file; mkfifo tmp/pipe; ln -s pipe tmp/link'
	install -m 644 users list
	for old in pipe link; do
		exits 73 p7-extract --p7 "$S/p7" --users users -o "tmp/$old"
		[[ $output == *"another user (65534)"* ]]
		exits 73 "${load[@]}" --describe -o "tmp/$old"
		exits 73 "${load[@]}" --dry-run p8.ndjson --log "tmp/$old"
	done
	exits 73 p7-extract --p7 "$S/p7" --users users -o tmp/file
	[ "$(cat tmp/file)" = theirs ]
	# who is not root is told before the work is done, not after it
	echo ours >tmp/ours
	chmod 666 tmp/ours
	exits 0 p7-extract --p7 "$S/p7" --users users -o tmp/ours
	[ "$(stat -c '%u %a' tmp/ours)" = '0 600' ]
	mkdir -m 777 open
	exits 77 "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state open --list-users
	[[ $output == *'chmod o-w'* ]]
}
