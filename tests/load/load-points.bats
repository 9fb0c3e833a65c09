# p8-load ended, or its connection cut, at each of its statements and changes of files: what is in
# P8 is always whole users, and the same command makes the rest the same as without accident.
# not sanitized: the library that does it (fault.c) has to come first.

load ../load

setup_file() {
	FAULTS=$S/fault.so
	export FAULTS
	# shellcheck disable=SC2046 # flags
	cc -D_GNU_SOURCE -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags libmariadb) \
		-o "$FAULTS" "$TESTS/fault.c" -ldl
	# Nothing here outlives the server: it need not wait for the disk.
	server_start "$S/server" --innodb-flush-log-at-trx-commit=0 \
		--innodb-flush-method=nosync --innodb-lock-wait-timeout=5
}

setup() {
	fresh_p8
	small
	content >"$D/blank"
	p8-load --p8 "$D/p8" --edited -q --transaction-rows 20 "$D/small.ndjson"
	content >"$D/full"
	back
}

# Take everything back, so that the next load makes its ledger again.
back() {
	load --undo --all --yes -q >/dev/null
	load --reset --yes >/dev/null
	rm -rf "$D/p8/data/files"
	content >"$D/now"
	cmp "$D/blank" "$D/now"
}

# at N FAULT COMMAND...: the status is that of the command, 137 when it was killed.
at() {
	local n=$1 fault=$2
	shift 2
	# A shell of its own says "Killed", which nobody needs to see.
	(
		FAULT_AT=$n FAULT=$fault FAULT_COUNT=$D/count LD_PRELOAD=$FAULTS "$@" >"$D/out" 2>&1 &
		wait $!
	) 2>/dev/null
}

loading() {
	at "$1" "$2" p8-load --p8 "$D/p8" --edited -q --transaction-rows 20 "$D/small.ndjson"
}

# Users that P8 shows are those that the ledger says are there, with all that is theirs.
whole_users() {
	no_orphans
	[ "$(sql "select count(*) from au_eav_attributes_string where name='PublicId'")" = \
		"$(sql "select count(*) from au_p7m_users where state in ('rows', 'done')" 2>/dev/null ||
			echo 0)" ]
	[ -z "$(sql "show tables like 'au_p7m_rejects'")" ] || load --verify -q >"$D/verified" || {
		cat "$D/verified"
		sql "select * from au_p7m_users"
		return 1
	}
}

# ended POINT STATUS WANTED...: the status is one of those that are wanted there.
ended() {
	local point=$1 rc=$2
	shift 2
	[[ " $* " == *" $rc "* ]] || {
		echo "$point: status $rc"
		cat "$D/out"
		return 1
	}
}

# all_there POINT: P8 has what a load without accident gives.
all_there() {
	content >"$D/now"
	diff "$D/full" "$D/now" || {
		echo "$1"
		return 1
	}
	load --verify --deep -q >"$D/out"
}

# The step from point to point: 1 with --long.
every() {
	[ -n "$P7M_LONG" ] && echo 1 || echo "$1"
}

@test "killed before and after each statement of a load" {
	local n fault rc steps
	steps=$(every 61)
	for fault in kill killed; do
		n=1
		[ "$fault" = kill ] || n=$((1 + steps / 2))
		for (( ; ; n += steps)); do
			rc=0
			loading "$n" "$fault" || rc=$?
			[ "$rc" != 0 ] || break
			ended "$fault at $n" "$rc" 137
			whole_users
			load -q --transaction-rows 20 "$D/small.ndjson"
			all_there "$fault at $n"
			back
		done
		back
		[ "$n" -gt 100 ]
	done
}

@test "the connection is cut before each statement, or its answer is lost: the load goes on" {
	need_long
	local n fault rc steps
	steps=$(every 61)
	for fault in cut lost; do
		n=6
		[ "$fault" = cut ] || n=$((6 + steps / 2))
		for (( ; ; n += steps)); do
			rc=0
			loading "$n" "$fault" || rc=$?
			[ "$rc" = 0 ] || {
				# Before and between users it may give up; it never says that all is well.
				ended "$fault at $n" "$rc" 75 69
				echo "# $fault at $n: $(tail -n 1 "$D/out")" >>"$D/ended"
				whole_users
				load -q --transaction-rows 20 "$D/small.ndjson"
			}
			all_there "$fault at $n"
			[ "$rc" != 0 ] || [ "$n" -lt "$(cat "$D/count")" ] || break
			back
		done
		back
		[ "$n" -gt 100 ]
	done
	# shown when something fails
	cat "$D/ended" 2>/dev/null || :
}

@test "killed before and after each statement of an undo" {
	need_long
	local n fault rc steps
	steps=$(every 31)
	for fault in kill killed; do
		n=1
		[ "$fault" = kill ] || n=$((1 + steps / 2))
		for (( ; ; n += steps)); do
			load -q --transaction-rows 20 "$D/small.ndjson"
			rc=0
			at "$n" "$fault" p8-load --p8 "$D/p8" --undo --all --yes || rc=$?
			[ "$rc" != 0 ] || break
			ended "$fault at $n" "$rc" 137
			whole_users
			back
		done
		[ "$n" -gt 50 ]
		load --reset --yes >/dev/null
	done
}

@test "A12: a file has one row, though the answer to its COMMIT is lost" {
	local n rc
	n=1
	if [ -z "$P7M_LONG" ]; then # one user who has files; they come last
		sed -i '35,50d; s/"users":3/"users":1/' "$D/small.ndjson"
		n=55
	fi
	load -q --without files "$D/small.ndjson"
	for (( ; ; n++)); do
		rc=0
		at "$n" lost p8-load --p8 "$D/p8" --edited -q --transaction-rows 1 "$D/small.ndjson" || rc=$?
		[ "$rc" = 0 ] || load -q --transaction-rows 1 "$D/small.ndjson"
		[ "$(sql "select count(*) - count(distinct user_id, root, path) from au_p7m_files")" = 0 ] || {
			echo "two rows for a file, $n"
			false
		}
		load --verify --deep -q >"$D/out"
		[ "$rc" != 0 ] || [ "$n" -lt "$(cat "$D/count")" ] || break
		load --undo --all --yes -q >/dev/null
		load -q --without files "$D/small.ndjson"
	done
	[ "$n" -gt 60 ]
}
