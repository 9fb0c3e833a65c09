# dav-schema-upgrade killed at every statement, and its connections too: the next apply converges.
# also on MySQL with --long
# not sanitized: dav-schema.bats and dav-schema-states.bats run the same code.

load ../dav-schema

setup_file() {
	dav_setup_file
	dav_full
}
teardown_file() { dav_teardown_file; }

# Each change on the server is a point: the plan in the journal, "started", the statement or batch
# itself, "done".  The program ends there without any good-bye.  A third of the points visits every
# statement; the long run takes them all.
@test "stopped at every statement" {
	need_long
	n=1
	while :; do
		begin
		run upgrade --stop-after $n apply --with-public
		[ "$status" != 0 ] || break
		[ "$status" = 75 ]
		converged "stopped after $n"
		n=$((n + ${P7M_LONG:+-2} + 3))
	done
	gives 0 verify
	[ $n -gt 80 ]
	[ -n "$P7M_LONG" ] || return 0
	# Stopped again and again.
	for n in 16 20 30; do
		begin
		for ((i = 0; i < 30; i++)); do
			run upgrade --stop-after $n apply --with-public
			[ "$status" != 0 ] || break
		done
		converged "again and again after $n"
	done
}

@test "each step of its own, stopped at every point" {
	[ -n "$P7M_LONG" ] || skip 'takes minutes: scripts/test --long'
	for version in 2.0 2.1 3.0 3.2; do
		n=1
		while :; do
			begin
			for before in 2.0 2.1 3.0; do
				[[ $before < $version ]] && gives 0 apply --to $before --with-public
			done
			run upgrade --stop-after $n apply --to $version --with-public
			[ "$status" != 0 ] || break
			converged "step $version stopped after $n"
			n=$((n + 1))
		done
	done
}

@test "restore stopped at every statement" {
	need_long
	begin
	gives 0 apply --to 3.0 --with-public
	contents >"$S/3.0"
	n=1
	while :; do
		begin
		gives 0 apply --with-public
		run upgrade --stop-after $n restore
		[ "$status" != 0 ] || break
		if [ $((n % 4)) = 1 ]; then
			gives 0 restore
			same_as "$S/3.0" "restore after $n"
		else
			converged "apply after restore stopped at $n"
			gives 0 verify
		fi
		n=$((n + ${P7M_LONG:+-1} + 2))
	done
	begin
	gives 0 apply --to 2.0
	for n in 8 8 8 8; do
		run upgrade --stop-after $n restore
	done
	gives 0 restore || true
	same_as "$S/before" 'restore of step 2.0'
}

# busy TABLE LOCK: somebody keeps TABLE, so that the statement on it waits; sets $holder.
busy() {
	db dav -e "START TRANSACTION; SELECT id FROM $1 LIMIT 1 $2; SELECT SLEEP(600)" >/dev/null 2>&1 &
	client=$!
	wait_for "SELECT ID FROM information_schema.PROCESSLIST WHERE INFO LIKE 'SELECT SLEEP%'"
	holder=$found
}

release() {
	db -e "KILL $holder"
	wait $client || true
}

wait_for() {
	local i
	for ((i = 0; i < 600; i++)); do
		found=$(dbq dav "$1" | head -n 1)
		[ -z "$found" ] || return 0
		sleep 0.05
	done
	fail "nothing came of $1"
}

# The connection of the program that is at work with statements on DAV tables.
at_work="SELECT ID FROM information_schema.PROCESSLIST WHERE DB='dav' AND COMMAND IN ('Query', 'Execute')
	AND TIME>=0 AND INFO NOT LIKE '%PROCESSLIST%' AND INFO NOT LIKE 'SELECT SLEEP%' AND
	(STATE LIKE 'Waiting%lock%' OR STATE LIKE 'Updating%' OR STATE LIKE 'updating%')"

# killed_at TO TABLE LOCK HOW: the statement of step TO on TABLE is waiting when HOW happens.
killed_at() {
	local to=$1 table=$2 lock=$3 how=$4 version run_lock
	run_lock=dav-schema-upgrade.run.$(printf dav. | md5sum | cut -c1-32)
	begin
	for version in 2.0 2.1 3.0; do
		[[ $version < $to ]] && gives 0 apply --to "$version" --with-public
	done
	busy "$table" "$lock"
	dav-schema-upgrade --socket="$SOCKET" --user=root --database=dav apply --to "$to" \
		--with-public >"$S/said" 2>&1 &
	pid=$!
	wait_for "$at_work"
	case $how in
	program) kill -KILL $pid ;;
	connection) db -e "KILL $found" ;;
	lock)
		other=$(dbq dav "SELECT IS_USED_LOCK('$run_lock')")
		db -e "KILL $other"
		;;
	esac
	[ "$how" = lock ] || { wait $pid && status=0 || status=$?; }
	if [ "$how" = program ]; then
		# The next run, when the server has noticed the death of the first one, waits for the
		# statement that is still at hand.
		wait_for "SELECT 'gone' FROM DUAL WHERE IS_USED_LOCK('$run_lock') IS NULL"
		dav-schema-upgrade --socket="$SOCKET" --user=root --database=dav apply --to "$to" \
			--with-public >"$S/said" 2>&1 &
		pid=$!
		wait_for "SELECT ID FROM information_schema.PROCESSLIST WHERE STATE='User lock'"
		release
		wait $pid || fail "$to $table: $(cat "$S/said")"
	else
		release
		[ "$how" = connection ] || { wait $pid && status=0 || status=$?; }
		[ "$status" = 75 ] || fail "$to $table $how gave $status: $(cat "$S/said")"
	fi
	converged "$to $table $how"
}

@test "the program killed in the middle of a statement" {
	killed_at 2.0 calendars '' program
	killed_at 2.0 addressbooks '' program
	killed_at 2.0 cards '' program
	killed_at 2.1 calendarobjects '' program
	killed_at 3.2 calendars '' program
}

@test "its connection killed in the middle of a statement" {
	need_long
	killed_at 2.0 calendars '' connection
	killed_at 2.0 addressbooks '' connection
	killed_at 2.0 cards '' connection
	killed_at 2.1 calendarobjects '' connection
	killed_at 3.2 calendars '' connection
}

@test "the connection that keeps other runs out is killed" {
	killed_at 2.0 calendars '' lock
	killed_at 2.1 calendarobjects '' lock
}

@test "killed at any time, again and again, with many rows" {
	need_long
	for ((round = 0; round < 5; round++)); do
		begin
		db dav <<-'SQL'
			INSERT INTO calendarobjects (calendarid, calendardata, etag, size) SELECT 1,
				CONCAT('BEGIN:VEVENT\nX:', REPEAT('A', 700), '\nUID:u', a.id, '-', b.id, '-', c.id, '-', d.id, '-', e.id, '\n'), '', 0
				FROM calendarobjects a, calendarobjects b, calendarobjects c, calendarobjects d, calendarobjects e;
			INSERT INTO cards (addressbookid, carddata) SELECT 1, CONCAT(calendardata, 'c') FROM calendarobjects
				WHERE LENGTH(calendardata)<2000;
		SQL
		if [ $round = 0 ]; then
			gives 0 apply --with-public
			gives 0 verify
			dbq dav 'SELECT id, uid FROM calendarobjects ORDER BY id; SELECT id, etag, size FROM
				cards ORDER BY id' >"$S/all"
			continue
		fi
		for ((i = 0; i < 60; i++)); do
			dav-schema-upgrade --socket="$SOCKET" --user=root --database=dav apply \
				--with-public >"$S/said" 2>&1 &
			pid=$!
			sleep "0.$((RANDOM % 5))$((RANDOM % 10))"
			kill -KILL $pid 2>/dev/null || break
			wait $pid || true
		done
		gives 0 apply --with-public
		gives 0 verify
		dbq dav 'SELECT id, uid FROM calendarobjects ORDER BY id; SELECT id, etag, size FROM
			cards ORDER BY id' | cmp - "$S/all"
	done
}

@test "the server dies and comes back" {
	begin
	busy calendars ''
	dav-schema-upgrade --socket="$SOCKET" --user=root --database=dav apply --with-public \
		>"$S/said" 2>&1 &
	pid=$!
	wait_for "$at_work"
	server_kill || true # no child of this shell
	wait $pid && status=0 || status=$?
	[ "$status" = 75 ] || fail "it gave $status: $(cat "$S/said")"
	wait $client || true
	server_start "$S/server"
	run converged 'after the death of the server'
	server_stop
	[ "$status" = 0 ] || fail "$output"
}
