# dav-schema-upgrade ended, or its connection cut, at each of its statements: the next apply, restore
# or cleanup ends as if nothing had happened.
# also on MySQL with --long
# not sanitized: the library that does it (fault.c) has to come first.

load ../dav-schema

setup_file() {
	dav_setup_file
	FAULTS=$S/fault.so
	export FAULTS
	# shellcheck disable=SC2046 # flags
	cc -D_GNU_SOURCE -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags libmariadb) \
		-o "$FAULTS" "$TESTS/fault.c" -ldl
	dav_full
}
teardown_file() { dav_teardown_file; }

# at N FAULT ARGUMENT...: the status is that of the program, 137 when it was killed.
at() {
	local n=$1 fault=$2
	shift 2
	# A shell of its own says "Killed", which nobody needs to see.
	(
		FAULT_AT=$n FAULT=$fault FAULT_COUNT=$S/count LD_PRELOAD=$FAULTS dav-schema-upgrade --socket="$SOCKET" \
			--user=root --database=dav "$@" >"$S/said" 2>&1 &
		wait $!
	) 2>/dev/null
}

# The message says what to do: again, unless that would undo one step more.
told() {
	case $1 in
	75) grep -q 'same command again' "$S/said" ;;
	69) grep -q 'look with status' "$S/said" ;;
	*) false ;;
	esac
}

# each FAULT STEP BEFORE AFTER ARGUMENT...: for each (STEP-th) statement of the command, BEFORE makes
# what it begins with, and AFTER, to which the point is told, checks what became of it.
each() {
	local fault=$1 step=$2 before=$3 after=$4 n rc
	shift 4
	[ -z "$P7M_LONG" ] || step=1
	# The faults visit different points.
	case $fault in
	kill) n=1 ;;
	killed) n=$((1 + step / 4)) ;;
	cut) n=$((1 + step / 2)) ;;
	lost) n=$((1 + 3 * step / 4)) ;;
	esac
	for (( ; ; n += step)); do
		"$before"
		rc=0
		at "$n" "$fault" "$@" || rc=$?
		# A statement that fails by itself (is there MD5()?) cannot be lost.
		[ "$rc" != 0 ] || [ "$n" -lt "$(cat "$S/count")" ] || break
		[ "$rc" != 0 ] || continue
		case $fault in
		kill*) [ "$rc" = 137 ] ;;
		*) told "$rc" ;;
		esac || fail "$fault at $n gave $rc: $(cat "$S/said")"
		"$after" "$fault at $n"
	done
	[ "$n" -gt 30 ] || fail "only $n statements"
}

@test "apply, killed before and after each statement" {
	each kill 37 begin converged apply --with-public
	each killed 37 begin converged apply --with-public
	gives 0 verify
}

@test "apply, its connection cut before each statement, or the answer lost" {
	need_long
	each cut 37 begin converged apply --with-public
	each lost 37 begin converged apply --with-public
	gives 0 verify
}

@test "apply on MyISAM tables, killed, and its connection cut" {
	need_long
	cp "$S/more.sql" "$S/want" "$S/tables.sql" "$S/before" "$BATS_TEST_TMPDIR/"
	dav_full 'ALTER TABLE calendars ENGINE=MyISAM; ALTER TABLE calendarobjects ENGINE=MyISAM;
		ALTER TABLE cards ENGINE=MyISAM; ALTER TABLE addressbooks ENGINE=MyISAM;
		ALTER TABLE principals ENGINE=MyISAM;'
	each killed 53 begin converged apply --with-public
	each lost 53 begin converged apply --with-public
	gives 0 verify
	cp "$BATS_TEST_TMPDIR"/* "$S/"
}

whole() {
	begin
	gives 0 apply --with-public
}

at_30() {
	begin
	gives 0 apply --to 3.0 --with-public
}

# Half of the points: the same command again; the others: apply after all.  When only the note that
# the step is undone was lost, a person has to look.
back_or_forth() {
	turn=$((turn + 1))
	if grep -q 'look with status' "$S/said"; then
		gives 0 status
		says 'schema   3.0'
		same_as "$S/3.0" "restore, $1"
	elif [ $((turn % 2)) = 0 ]; then
		gives 0 restore
		same_as "$S/3.0" "restore after $1"
	else
		converged "apply after restore, $1"
	fi
}

@test "restore, killed, and its connection cut, at each statement" {
	need_long
	at_30
	contents >"$S/3.0"
	turn=0
	each kill 17 whole back_or_forth restore
	each lost 17 whole back_or_forth restore
}

cleaned() {
	gives 0 cleanup
	[ -z "$(dbq dav "SHOW TABLES LIKE '%dsu%'" | grep -v journal)" ] || fail "$1: backups are left"
	converged_without_backups "$1"
}

converged_without_backups() {
	local t
	for t in calendars calendarobjects cards calendarinstances propertystorage; do
		[ "$(dbq dav "SELECT COUNT(*) FROM $t")" = "$(grep "^$t " "$S/counts" | cut -d' ' -f2)" ] ||
			fail "$1: rows of $t"
	done
}

@test "cleanup, killed, and its connection cut, at each statement" {
	need_long
	whole
	for t in calendars calendarobjects cards calendarinstances propertystorage; do
		echo "$t $(dbq dav "SELECT COUNT(*) FROM $t")"
	done >"$S/counts"
	each killed 17 whole cleaned cleanup
	each cut 17 whole cleaned cleanup
}
