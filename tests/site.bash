# shellcheck shell=bash
# What most test files begin with: load this in place of server.bash.
#
#   $S    the directory of the file; it is there until its last test has ended
#   $D    the directory of the test, empty when it begins
#   $P7   the directory of P7, $S/p7 unless the test says otherwise
#
#   exits STATUS COMMAND...   bats's run, after which the status has to be that
#   fresh_p8                  a blank P8 in $D/p8, its database is p8, whatever was there before
#   migrate [OPTION...]       scripts/migrate from $P7 to $D/p8, with its state in $D/state
#   start_migrate [OPTION...] the same in the background, as $PID, with its output in $D/out
#   ends STATUS...            waits for the end of $PID: the status has to be one of these
#   users_in_p8               how many users P8 has
#   bytes_of_p8               all that P8 holds, without what we note about runs
#   lacks PATTERN [FILE]      no line of it is like that
#   let_others_in             lets every user of this machine into $S and $D
#   wait_for CONDITION [ARGUMENT...]
#                             waits (30 seconds at the most) until that piece of shell, in which
#                             $1 and so on are the arguments, is true
#
# The server that setup_file has started is stopped after the file's last test.

# shellcheck source=tests/server.bash
. "${BASH_SOURCE[0]%/*}/server.bash"

bats_require_minimum_version 1.5.0

# Tests kill servers, never the machine.
export SERVER_UNSYNCED=1
S=${BATS_FILE_TMPDIR:-}
D=${BATS_TEST_TMPDIR:-}
P7=$S/p7

teardown_file() {
	server_stop
}

exits() {
	local want=$1
	shift
	run "$@"
	printf 'status %s: %s\n' "$status" "$output${stderr:-}"
	[ "$status" = "$want" ]
}

fresh_p8() {
	db -e 'drop database if exists p8'
	rm -rf "$D/p8"
	make_blank_p8 "$D/p8" p8
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$P7" --p8 "$D/p8" --state "$D/state" "$@"
}

start_migrate() {
	"$REPO/scripts/migrate" --p7 "$P7" --p8 "$D/p8" --state "$D/state" "$@" \
		>"$D/out" 2>&1 3>&- &
	PID=$!
}

show_output() {
	cat "$D/out" "$D/err" "$D/log" 2>/dev/null || :
}

ends() {
	local status=0
	wait "$PID" || status=$?
	show_output
	echo "status $status"
	[[ " $* " == *" $status "* ]]
}

users_in_p8() {
	dbq p8 "select count(*) from au_eav_entities where entity_type like '%Core%User'"
}

bytes_of_p8() {
	local ledger
	mapfile -t ledger < <(dbq p8 "show tables like 'au\\_p7m\\_%'")
	mariadb-dump --no-defaults --socket="$SOCKET" --user=root --skip-dump-date --hex-blob \
		"${ledger[@]/#/--ignore-table=p8.}" p8
	(cd "$D/p8/data" && find . -type f -printf '%p %s %T@\n' | sort)
}

lacks() {
	! grep -- "$1" "${2:-/dev/stdin}" || return 1
}

let_others_in() {
	chmod a+x "$BATS_RUN_TMPDIR" "$BATS_RUN_TMPDIR"/file "$BATS_RUN_TMPDIR"/test "$S" "$D"
}

wait_for() {
	local condition=$1 i
	shift
	for ((i = 0; i < 600; i++)); do
		! eval "$condition" || return 0
		sleep 0.05
	done
	echo "waited in vain for: $condition ($*)"
	show_output
	return 1
}
