# p8-load killed while it brings calendars, and shares whose two sides do not see each other: nobody
# sees half a calendar, no share is lost or made twice, and the same command makes the rest.
# not sanitized: the library that does it (fault.c) has to come first.

load ../load

ANN=ann@north.test
BOB=bob@default.example

setup_file() {
	FAULTS=$S/fault.so
	export FAULTS
	# shellcheck disable=SC2046 # flags
	cc -D_GNU_SOURCE -std=c11 -Wall -Wextra -Werror -shared -fPIC $(pkg-config --cflags libmariadb) \
		-o "$FAULTS" "$TESTS/fault.c" -ldl
	# With it a newer MariaDB makes loaders begin anew, by which they come to see each other.
	server_start "$S/server" --innodb-flush-log-at-trx-commit=0 --loose-innodb-snapshot-isolation=OFF
}

# Users with calendars and little else: ann shares one with bob, Cléo and everybody, and a principal
# without user has one that is shared with ann.
setup() {
	fresh_p8
	small
	jq -c -f "$TESTS/fixtures/load-calendars.jq" "$D/small.ndjson" | jq -c 'select(.kind |
		IN("CONTACT", "CARD", "ADDRESSBOOK", "GROUP", "MEMBERSHIP", "TEAM_CONTACT", "FILE",
		"FILE_CHUNK", "CTAG", "SYSTEM_FOLDER", "IDENTITY", "WARN") | not) | select(.id != 14 or
		.access == null)' >"$D/lean"
	install -m 600 "$D/lean" "$D/small.ndjson"
	content >"$D/blank"
}

teardown() {
	exec 4>&- 5>&-
	[ -z "${PID:-}" ] || kill -9 "$PID" 2>/dev/null || :
	[ -z "${OTHER:-}" ] || kill -9 "$OTHER" 2>/dev/null || :
}

# What P8 has and what the ledger says of calendars, without numbers.
state() {
	content
	sql "select sharee, access, state, instance is not null from au_p7m_shares order by 1, 2"
	sql "select u.email, kind, things, k.value_rows from au_p7m_kinds k join au_p7m_users u on
		u.id=k.user_id order by 1, 2"
}

# The state that a load without accident gives, in $D/full; then P8 is blank again.
full() {
	load -q "$@" "$D/small.ndjson"
	state >"$D/full"
	back
}

back() {
	load --undo --all --yes -q >/dev/null
	load --reset --yes >/dev/null
	content >"$D/now"
	cmp "$D/blank" "$D/now"
}

# The same command makes the rest.
goes_on() {
	load -q "$@" "$D/small.ndjson"
	state >"$D/now"
	diff "$D/full" "$D/now"
	same
}

same() {
	exits 0 load --verify --deep -q
	made_once
}

# Each share that the ledger calls made is one row of P8, and there are no others.
made_once() {
	no_orphans
	[ "$(sql "select count(*) from au_adav_calendarinstances where access>1")" = \
		"$(sql "select count(distinct instance) from au_p7m_shares where state='made'")" ]
	[ "$(sql "select count(*) from au_p7m_shares where state='made'
		and instance is null")" = 0 ]
}

# overdue N: so many shares of ann wait, though who they are for is there, and verify says so.
overdue() {
	exits 1 load --verify
	[[ $output == *"! $ANN CALENDAR_SHARE: $1 waiting share"* ]]
}

# at N FAULT ON COMMAND...
at() {
	local n=$1 fault=$2 on=$3
	shift 3
	(
		[ -z "$on" ] || export FAULT_ON=$on
		FAULT_AT=$n FAULT=$fault FAULT_COUNT=$D/count LD_PRELOAD=$FAULTS "$@" >"$D/out" 2>&1 &
		wait $!
	) 2>/dev/null
}

# A calendar that anybody sees is its owner's, who is whole, and so are its shares.
no_half() {
	[ -n "$(sql "show tables like 'au\_p7m\_shares'")" ] || return 0
	[ "$(sql "select count(*) from au_adav_calendarinstances i left join au_p7m_calendars k on
		k.calendarid=i.calendarid left join au_p7m_users u on u.id=k.user_id and
		u.state in ('rows', 'done') where (i.principaluri is not null or i.public<>0 or
		i.share_href is not null) and u.id is null")" = 0 ]
	made_once
	[ -z "$(sql "show tables like 'au\_p7m\_rejects'")" ] || load --verify -q >"$D/verified" || {
		cat "$D/verified"
		return 1
	}
}

# killed_everywhere STEP OPTION...: at each STEPth statement and change of files.
killed_everywhere() {
	local n fault rc steps=$1 times=0
	shift
	for fault in kill killed; do
		n=3
		[ "$fault" = kill ] || n=$((3 + steps / 2))
		for (( ; ; n += steps, times++)); do
			rc=0
			at "$n" "$fault" "" p8-load --p8 "$D/p8" --edited -q "$@" "$D/small.ndjson" || rc=$?
			[ "$rc" != 0 ] || break
			[ "$rc" = 137 ]
			echo "$fault at $n"
			until_gone
			no_half
			goes_on "$@"
			back
		done
		back
	done
	[ "$times" -gt 4 ]
}

@test "killed at points of users with calendars, in one transaction" {
	need_long
	full
	killed_everywhere "$([ -n "$P7M_LONG" ] && echo 1 || echo 61)"
}

@test "killed at points of users with calendars, in several transactions" {
	full --transaction-rows 1
	killed_everywhere "$([ -n "$P7M_LONG" ] && echo 1 || echo 151)" --transaction-rows 1
}

# The shares of ann wait, though everybody is there: as two loads leave it that did not see each other.
unswept() {
	load -q "$D/small.ndjson"
	sql "delete i from au_adav_calendarinstances i join au_p7m_shares s on s.instance=i.id where
		s.user_id=(select id from au_p7m_users where email='$ANN');
		update au_p7m_shares set state='waiting', instance=null where
		user_id=(select id from au_p7m_users where email='$ANN')"
}

@test "killed in the sweep" {
	need_long
	local on fault n rc left quick
	full
	unswept
	overdue 3
	for on in sharee-not-in-p8 "state='made' WHERE" "INSERT INTO \`au_adav_calendarinstances\`" \
		"s.looks=" COMMIT; do
		for fault in kill killed; do
			quick=1
			[ "$fault" = killed ] || quick=2
			for n in 1 2 3; do
				[ -n "$P7M_LONG" ] || [ "$n" = "$quick" ] || continue
				rc=0
				at "$n" "$fault" "$on" p8-load --p8 "$D/p8" --edited -q "$D/small.ndjson" || rc=$?
				echo "$on $fault $n: $rc"
				[ "$rc" = 137 ] || [ "$n" -gt 1 ]
				until_gone
				made_once
				left=$(sql "select count(*) from au_p7m_shares where state='waiting'")
				[ "$left" = 0 ] || overdue "$left"
				goes_on
				sql "drop database p8"
				rm -rf "$D/p8"
				make_blank_p8 "$D/p8" p8
				unswept
			done
		done
	done
}

# stopping COMMAND...: a loader of it stops once, when it has altered what each user's last
# transaction alters (the change tag of the team): who comes to it later has looked at what others
# brought by then, and waits.
stopping() {
	FAULT_AT=1 FAULT=stopped FAULT_ON="SET value=value+1" LD_PRELOAD=$FAULTS "$@"
}

until_waiting() {
	until_sql "select count(*) from information_schema.processlist where user='p8user' and
		info like 'UPDATE%SET value=value+1%'" 1
}

# The loader of --jobs that has stopped.
stopped_worker() {
	ps -o pid=,stat= --ppid "$PID" | awk '$2 ~ /^T/ { print $1 }'
}

until_stopped() {
	wait_for '[[ $(ps -o stat= -p "$1") == T* ]]' "$1"
}

# A user's block, or what stands before all of them, or END.
block() {
	awk -v email="\"email\":\"$1\"" '/^{"kind":"USER_BEGIN"/ { in_it = index($0, email) }
		in_it { print } /^{"kind":"USER_END"/ { in_it = 0 }' "$D/small.ndjson"
}

head_of() {
	sed '/"kind":"USER_BEGIN"/,$d' "$D/small.ndjson"
}

# What stands behind that user's block.
behind() {
	sed "1,/\"USER_END\",\"email\":\"$1\"/d" "$D/small.ndjson"
}

# After her the team's change tag is there.
cleo_first() {
	{ head_of; block Cléo@north.test; grep '"kind":"END"' "$D/small.ndjson"; } >"$D/first.ndjson"
	chmod 600 "$D/first.ndjson"
	load -q "$D/first.ndjson"
}

# Two loads, of bob and of ann, at file descriptors 4 and 5; neither sees the other's user.
two_sessions() {
	cleo_first
	mkfifo "$D/second"
	stopping start -q
	{ head_of; block "$BOB"; } >&4
	until_stopped "$PID"
	p8-load --p8 "$D/p8" --edited -q <"$D/second" 2>"$D/err2" 3>&- 4>&- &
	OTHER=$!
	exec 5>"$D/second"
	{ head_of; block "$ANN"; } >&5
	until_waiting
	kill -CONT "$PID"
	until_sql "select group_concat(distinct state) from au_p7m_users where email in ('$ANN', '$BOB')
		having count(*)=2" "done"
	[ "$(sql "select sharee, state from au_p7m_shares where sharee='$BOB'")" = "$BOB	waiting" ]
	[ "$(sql "select state from au_p7m_shares where sharee='Cléo@north.test'")" = made ]
}

@test "two loads, of an owner and of a sharee, that do not see each other: one of them makes the share" {
	full
	two_sessions
	overdue 1
	grep '"kind":"END"' "$D/small.ndjson" >&4
	exec 4>&-
	wait "$PID"
	[ "$(sql "select state from au_p7m_shares where sharee='$BOB'")" = made ]
	same
	grep '"kind":"END"' "$D/small.ndjson" >&5
	exec 5>&-
	wait "$OTHER"
	same
	goes_on
}

@test "both are killed between their last transactions and the sweep: the share waits for the next run" {
	full
	two_sessions
	kill -9 "$PID" "$OTHER"
	exec 4>&- 5>&-
	until_gone
	overdue 1
	made_once
	goes_on
}

@test "--jobs: two workers that do not see each other's users" {
	full
	cleo_first
	stopping start -q --jobs 2
	{ head_of; block "$BOB"; } >&4
	wait_for '[ -n "$(stopped_worker)" ]'
	block "$ANN" >&4
	until_waiting
	kill -CONT "$(stopped_worker)"
	wait_for '[ "$(sql "select state from au_p7m_users where email=\"$BOB\"")" = done ]'
	# the other one stops as well
	wait_for '[ -n "$(stopped_worker)" ]'
	kill -CONT "$(stopped_worker)"
	behind "$BOB" >&4
	exec 4>&-
	wait "$PID"
	state >"$D/now"
	diff "$D/full" "$D/now"
	same
}

# worker_killed VICTIM SPARED: the worker that has the first is killed while another has the second.
worker_killed() {
	stopping start -q --jobs 2
	{ head_of; block "$1"; } >&4
	wait_for '[ -n "$(stopped_worker)" ]'
	block "$2" >&4
	until_waiting
	kill -9 "$(stopped_worker)"
	wait_for '[ -n "$(stopped_worker)" ]'
	kill -CONT "$(stopped_worker)"
	behind "$BOB" >&4 2>/dev/null || :
	exec 4>&-
	ends 75
	grep -q 'a loader was ended by signal 9; its user is left to the next run: run again' "$D/err"
	until_gone
	no_half
	[ "$(sql "select count(*) from au_p7m_users where email='$1'")" = 0 ]
	[ "$(sql "select state from au_p7m_users where email='$2'")" = "done" ]
}

@test "--jobs: a worker is killed while it has an owner, whose sharee another one has" {
	full
	cleo_first
	worker_killed "$ANN" "$BOB"
	goes_on --jobs 2
}

@test "--jobs: a worker is killed while it has a sharee, whose owner another one has" {
	full
	cleo_first
	worker_killed "$BOB" "$ANN"
	[ "$(sql "select state from au_p7m_shares where sharee='$BOB'")" = waiting ]
	goes_on --jobs 2
}

# everybody N: N users, each with a calendar that all the others may read; $D/small.ndjson.
everybody() {
	jq -nc --argjson n "$1" '
		def p($i): "user\($i)@many.test";
		def id($k; $i): "0000000\($k)-0000-4000-8000-\("000000000000\($i)"[-12:])";
		{kind: "HEADER", stream: "p8", version: 2, tool: "test", run: id(9; 1),
			source: {id: id(8; 8), snapshot: "2024-05-06 07:08:09"}, shard: null,
			selection: {users: "all", without: []}},
		(range($n) | . as $i | id(3; $i) as $cal |
			{kind: "USER_BEGIN", email: p($i), uuid: id(1; $i), id_user: ($i + 1)},
			{kind: "USER", entity: "Aurora\\Modules\\Core\\Classes\\User", module: "Core",
				uuid: id(1; $i), parent: "@tenant", string: {Name: "", PublicId: p($i)},
				int: {Role: 2}, ref: {IdTenant: "@tenant"}},
			{kind: "CALENDAR", uuid: $cal, id: $i, synctoken: 1, components: "VEVENT"},
			({kind: "CALENDAR_INSTANCE", calendar: $cal, access: 1,
				principaluri: "principals/\(p($i))", displayname: "x", uri: "work",
				description: null, calendarorder: 0, calendarcolor: null, timezone: null,
				transparent: 0, public: 0},
			(range($n) | select(. != $i) | {kind: "CALENDAR_INSTANCE", id: ($i * 1000 + .),
				calendar: $cal, access: 2, principaluri: "principals/\(p(.))",
				displayname: "x", uri: "of-\($i)-\(.)", description: null, calendarorder: 0,
				calendarcolor: null, timezone: null, transparent: 1, share_href: null})),
			{kind: "USER_END", email: p($i), counts: {}, hash: "0123456789abcdef"}),
		{kind: "END", totals: {}, users: $n, hash: ""}' >"$D/all"
	install -m 600 "$D/all" "$D/small.ndjson"
}

@test "--jobs: users who all share with each other, time and again the same" {
	local i n=8 times=1
	[ -z "$P7M_LONG" ] || { n=40 times=5; }
	everybody "$n"
	for ((i = 0; i < times; i++)); do
		load -q --jobs 2 "$D/small.ndjson"
		[ "$(sql "select count(*), sum(access=1) from au_adav_calendarinstances")" = \
			"$((n * n))	$n" ]
		[ "$(sql "select distinct state from au_p7m_shares")" = made ]
		same
		back
	done
}

# Revoked is revoked, whoever of the two is brought anew, and in whatever order.
@test "a share that was revoked in P8 stays so after a redo of its owner, of its sharee, and of both" {
	local who
	load -q "$D/small.ndjson"
	sql "delete from au_adav_calendarinstances where principaluri='principals/$BOB'"
	for who in "$ANN" "$BOB" "$ANN $BOB" "$BOB $ANN" "--all --yes"; do
		# shellcheck disable=SC2086 # words
		load --undo --force -q $who
		load -q "$D/small.ndjson"
		echo "$who"
		[ "$(sql "select state from au_p7m_shares where sharee='$BOB'")" = revoked ]
		[ "$(sql "select count(*) from au_adav_calendarinstances
			where principaluri='principals/$BOB'")" = 0 ]
		[ "$(sql "select count(*) from au_adav_calendarinstances where access>1")" = 3 ]
		same
	done
}

# A change of access is no revocation: it is P8's until somebody asks for P7's state again.
@test "access that was changed in P8 is a difference, and after a redo as P7 says" {
	local who
	full
	load -q "$D/small.ndjson"
	for who in "$ANN" "$BOB"; do
		sql "update au_adav_calendarinstances set access=2 where principaluri='principals/$BOB'"
		exits 1 load --verify
		[[ $output == *"! $ANN CALENDAR_SHARE: as many as were loaded, but not the same"* ]]
		# a load alone leaves it
		load -q "$D/small.ndjson"
		[ "$(sql "select access from au_adav_calendarinstances where
			principaluri='principals/$BOB'")" = 2 ]
		exits 1 load --undo -q "$who"
		load --undo --force -q "$who"
		load -q "$D/small.ndjson"
		# the team's change tag has gone on
		state | diff -I 'CTag' "$D/full" -
		same
	done
}
