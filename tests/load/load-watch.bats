# p8-load watched and held: progress, SIGUSR1, the log, --max-rate, --pause-file, a clean stop.
# not sanitized but for --long: the servers take the time

load ../load

until_file() {
	wait_for 'grep -q -e "$2" "$1"' "$@"
}

# until_said TEXT: wait until standard error has it.
until_said() {
	until_file "$D/err" "$1"
}

@test "SIGUSR1 prints the state at any time, also while the input is waited for" {
	start
	head -n 35 "$D/small.ndjson" >&4
	until_sql "select count(*) from au_p7m_users where state='done'" 1
	# bob comes after ann is done, whenever the loader gets there
	wait_for 'kill -USR1 "$PID"; grep -q "^p8-load: 1 user done, [0-9]* rows, [0-9]* a second, in [0-9]* s; now bob@" "$D/err"'
	kill -USR1 "$PID"
	rest 36
	wait "$PID"
	[ "$(grep -c 'users\? done' "$D/err")" -ge 1 ]
}

@test "SIGUSR1 does no harm to a run that loads nothing" {
	need_long
	many 20 100 >"$D/many.ndjson"
	chmod 600 "$D/many.ndjson"
	load -q "$D/many.ndjson"
	local mode
	for mode in "--verify" "--verify $D/many.ndjson" "--undo --all --yes"; do
		# shellcheck disable=SC2086 # words
		p8-load --p8 "$D/p8" --edited --log "$D/log" $mode >"$D/out" 2>"$D/err" 3>&- &
		PID=$!
		until_file "$D/log" "${mode:2:4}"
		while kill -USR1 "$PID" 2>/dev/null; do
			sleep 0.01
		done
		wait "$PID"
		rm "$D/log"
	done
}

@test "a line of progress from time to time; none with --quiet or --progress 0" {
	start --progress 1
	head -n 30 "$D/small.ndjson" >&4
	until_said 'users* done'
	rest 31
	wait "$PID"
	load --undo --all --yes >"$D/out"
	start --progress 1 --quiet
	head -n 30 "$D/small.ndjson" >&4
	sleep 1.3
	rest 31
	wait "$PID"
	[ ! -s "$D/err" ]
}

@test "--log, as text and as JSON" {
	exits 0 load -q --log "$D/log" "$D/small.ndjson"
	[ "$(stat -c %a "$D/log")" = 600 ]
	grep -Eq '^[0-9]{4}-[0-9-]*T[0-9:]*Z [0-9]+ ann@north.test: loaded, [0-9]+ things in' "$D/log"
	grep -q 'ended with status 0$' "$D/log"
	load --undo --all --yes -q --log "$D/json" --log-format json
	load -q --log "$D/json" --log-format json "$D/small.ndjson"
	load -q --log "$D/json" --log-format json "$D/small.ndjson"
	load --verify --log "$D/json" --log-format json
	# every line is an event of the documented version
	[ "$(jq -r '[.v, (.time | test("^[0-9T:-]+Z$")), (.pid > 1)] | @csv' "$D/json" | sort -u)" \
		= "1,true,true" ]
	[ "$(jq -r .event "$D/json" | sort -u | tr '\n' ' ')" = "end start user " ]
	[ "$(jq -r 'select(.event == "start").what' "$D/json" | tr '\n' ' ')" \
		= "undo load load verify " ]
	[ "$(jq -r 'select(.event == "user").verdict' "$D/json" | sort | uniq -c | tr -s ' \n' ' ')" \
		= " 3 loaded 3 same 3 there 3 undone " ]
	jq -es 'map(select(.event == "end"))[1] | .status == 0 and .message == null
		and .users_read == 3 and .users_loaded == 3 and .own_rejects == 0 and .files == 3' "$D/json"
	jq -es 'map(select(.event == "user" and .verdict == "loaded"))[0]
		| .email == "ann@north.test" and .things > 10 and .rows > 50 and .ms >= 0' "$D/json"
	# each event and each member stands in the manual
	local word
	for word in $(jq -r '.event, (keys[])' "$D/json" | sort -u); do
		grep -q "Li $word\b" "$REPO/man/p8-load.1" || {
			echo "not in the manual: $word"
			false
		}
	done
}

@test "the log of a run that fails, and a log that cannot be written" {
	need_long
	head -n 20 "$D/small.ndjson" >"$D/cut.ndjson"
	chmod 600 "$D/cut.ndjson"
	exits 65 load -q --log "$D/log" --log-format json "$D/cut.ndjson"
	jq -es '.[-1] | .event == "end" and .status == 65 and (.message | test("END|truncated"))' "$D/log"
	exits 73 load --log "$D/no/log" "$D/small.ndjson"
	exits 75 load --log /dev/full "$D/small.ndjson"
	[[ $output == *"the log ends here: No space left"* ]]
	[ "$(sql "select count(*) from au_p7m_users where state='done'")" = 3 ]
	exits 64 load --log-format xml "$D/small.ndjson"
}

@test "--max-rate" {
	need_long
	local begun=$EPOCHREALTIME
	many 4 50 >"$D/many.ndjson"
	chmod 600 "$D/many.ndjson"
	local rows
	load -q --log "$D/log" --log-format json "$D/many.ndjson"
	rows=$(jq -s 'map(select(.event == "user").rows) | add' "$D/log")
	load --undo --all --yes -q
	begun=$EPOCHREALTIME
	load -q --max-rate "$rows" "$D/many.ndjson"
	# as many rows as may be written in a second, give or take the last unit
	awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a >= 0.9) }'
	load --undo --all --yes -q
	begun=$EPOCHREALTIME
	load -q --max-rate 100000000 "$D/many.ndjson"
	awk -v a="$begun" -v b="$EPOCHREALTIME" 'BEGIN { exit !(b - a < 20) }'
	exits 64 load --max-rate 0 "$D/small.ndjson"
}

@test "--pause-file: waits between users, says so, goes on, and can be stopped" {
	need_long
	: >"$D/pause"
	start --pause-file "$D/pause" --log "$D/log" --log-format json
	rest 1
	until_said "waiting: $D/pause exists; remove it to go on"
	kill -USR1 "$PID"
	until_said "users* done.*; waiting: $D/pause"
	[ "$(sql "select count(*) from au_p7m_users")" = 0 ]
	rm "$D/pause"
	wait "$PID"
	[ "$(jq -r .event "$D/log" | sort | uniq -c | tr -s ' \n' ' ')" \
		= " 1 end 1 go 1 start 3 user 1 wait " ]
	: >"$D/pause"
	load --undo --all --yes -q
	start --pause-file "$D/pause"
	rest 1
	until_said "waiting"
	kill -TERM "$PID"
	ends 75
	grep -q "stopped by a signal after no user; run again to go on" "$D/err"
	[ "$(sql "select count(*) from au_p7m_users")" = 0 ]
}

@test "stopped while another loader has the user; the other is not disturbed" {
	need_long
	start
	head -n 20 "$D/small.ndjson" >&4
	until_taken_up ann@north.test
	local other status=0
	p8-load --p8 "$D/p8" --edited "$D/small.ndjson" 2>"$D/other" 3>&- 4>&- &
	other=$!
	until_file "$D/other" "waiting: another p8-load is loading ann@north.test"
	kill -INT "$other"
	wait "$other" || status=$?
	[ "$status" -eq 75 ]
	rest 21
	wait "$PID"
	load --verify
}

@test "the summary names each reason once, with what to do" {
	jq -c 'if .kind == "CONTACT" then .string.FullName = ("x" * 300) else . end' "$D/small.ndjson" \
		>"$D/long.ndjson"
	chmod 600 "$D/long.ndjson"
	exits 1 load "$D/long.ndjson"
	[ "$(grep -c ' rejected: value-too-long: ' <<<"$output")" = 1 ]
	[[ $output =~ [2-9]" rejected: value-too-long: "[a-z] ]]
}

@test "--report without a ledger: nobody is in P8 yet" {
	printf 'fa4378aa-8772-33e9-8d60-111015019a85\t1\tann@north.test\n' >"$D/ids"
	load --select "$D/ids" -o "$D/selected"
	install -m 600 /dev/null "$D/notes"
	mkdir "$D/state"
	exits 1 load --report --selected "$D/selected" -o "$D/state" "$D/notes"
	[[ $output == *'Not all in P8: 0 of 1 user of P7'* ]]
	[ "$(cut -f 1 "$D/state/not-migrated-users")" = ann@north.test ]
}
