# How one watches scripts/migrate and holds it: progress, state, log, pause, rate, stop.
# not sanitized: what takes the time here is waiting, and the same loads are in resume and migrate.

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
}

# A run that waits between users; PID is the script's.
begin_paused() {
	touch "$D/pause"
	start_migrate --no-verify --pause-file "$D/pause"
	wait_for 'grep -q "waiting: .*pause exists" "$D/out"'
}

@test "a pause between users, the state at SIGUSR1, and why it waits" {
	need_long
	begin_paused
	wait_for 'kill -USR1 "$PID"; [ "$(grep -c "^migrate: users: [0-9]* of 11 users.*waiting: .*pause exists" "$D/out")" -ge 2 ]'
	rm "$D/pause"
	wait "$PID"
	cat "$D/out"
	grep -q '^All in P8: 11 users' "$D/out"
	# without --verbose there is no line a user
	[ "$(grep -c 'anna.*loaded' "$D/out")" = 0 ]
}

@test "SIGTERM while it waits" {
	need_long
	begin_paused
	kill -TERM "$PID"
	ends 75
	grep -q 'interrupted; run the same command again' "$D/out"
	[ -e "$D/state/migration" ]
	[ -z "$(ls -d "$D/state"/.run.* 2>/dev/null)" ]
	rm "$D/pause"
	migrate --quiet --no-verify
}

@test "a log for programs" {
	need_long
	exits 1 migrate --log "$D/log" --log-format json --no-verify --user ivan.petrov@mir.test \
		--user 'no"bo\dy@mir.test'
	jq -es 'all(.v == 1 and (.time | test("^2.*Z$")) and .pid > 1 and .event != null)' "$D/log"
	[ "$(jq -r 'select(.event == "phase") | .phase' "$D/log" | xargs)" = \
		users ]
	jq -es 'first | .event == "run" and (.p7 | endswith("/p7"))' "$D/log"
	jq -es 'last | .event == "end" and .status == 1' "$D/log"
	[ "$(jq -r 'select(.event == "user") | .email + " " + .verdict' "$D/log")" = \
		"ivan.petrov@mir.test loaded" ]
	[ "$(grep -c 'p8 secret\|p7&secret' "$D/log")" = 0 ]
	[ "$(stat -c %a "$D/log")" = 600 ]
	exits 0 migrate --log "$D/text" --no-verify --quiet
	# time, process, text
	[ "$(grep -vc '^2[-0-9]*T[0-9:]*Z [0-9]* ' "$D/text")" = 0 ]
	grep -q ' anna.weber@linden.example: loaded' "$D/text"
	exits 73 migrate --log "$D/absent/log"
	exits 64 migrate --log-format xml
}

@test "a rate is kept by all loaders together" {
	need_long
	start=$SECONDS
	exits 0 migrate --no-verify --max-rate 400 --user ivan.petrov@mir.test \
		--user anna.weber@linden.example --jobs 2
	# some 660 rows
	[ $((SECONDS - start)) -ge 1 ]
	exits 64 migrate --max-rate 0
}

@test "--quiet says the closing sentence only" {
	need_long
	run migrate --quiet
	[ "$(wc -l <<<"$output")" = 1 ]
	grep -q '^All in P8: 11 users of P7, [0-9]* contacts, [0-9]* address books with [0-9]* cards\?, 6 calendars with 8 events, 142 bytes of files; 0 rejects; verified.$' <<<"$output"
}

@test "C14: a bar on a terminal, whose window is resized; a reason is not cut off" {
	touch "$D/pause"
	tmux -L "p7m.$$" -f /dev/null new-session -d -x 250 -y 24 \
		"'$REPO/scripts/migrate' --p7 '$S/p7' --p8 '$D/p8' --state '$D/state' --no-verify \
		--pause-file '$D/pause' --verbose; echo status \$?; sleep 60" 3>&-
	screen() { tmux -L "p7m.$$" capture-pane -pJ >"$D/out"; }
	wait_for 'screen; grep -q "^\[ *\] 0 of 11 users; waiting: .*pause exists; remove it to go on *$" "$D/out"'
	lacks 'migrate: waiting' "$D/out"
	# C14: a window that became too narrow for the reason
	tmux -L "p7m.$$" resize-window -x 70 -y 24
	wait_for 'screen; grep -q "^\[ *\] 0 of 11 users; waiting, see above *$" "$D/out"'
	[ "$(grep -c "^migrate: waiting: $D/pause exists; remove it to go on *$" "$D/out")" = 1 ]
	tmux -L "p7m.$$" resize-window -x 250 -y 24
	wait_for 'screen; grep -q "^\[ *\] 0 of 11 users; waiting: .*pause exists" "$D/out"'
	rm "$D/pause"
	wait_for 'screen; grep -q "^status 0" "$D/out"'
	cat "$D/out"
	tmux -L "p7m.$$" kill-server
	grep -q '^11/11 .*: loaded' "$D/out"
	# nothing of the bar is left
	[ "$(grep -c '\[#' "$D/out")" = 0 ]
	grep -q '^All in P8: 11 users of P7, [0-9]* contacts, .*with 8 events' "$D/out"
}

@test "rejects by reason, with the remedy, and who is missing" {
	db p7 -e "create table keep_settings as select * from wm_awm_settings;
		delete s from wm_awm_settings s join wm_awm_accounts a using (id_user)
		where a.email in ('karl.old@linden.example', 'aoife.byrne@linden.example')"
	run migrate
	db p7 -e "delete from wm_awm_settings; insert into wm_awm_settings select * from keep_settings;
		drop table keep_settings"
	echo "$output"
	[ "$status" = 1 ]
	grep -q '^       2  user-without-settings: .' <<<"$output"
	grep -q '^Not all in P8: 9 of 11 users of P7, .* 2 rejects; verified.$' <<<"$output"
	grep -q '^Missing: 2 users; .*/not-migrated-users' <<<"$output"
	[ "$(cut -f 1 "$D/state/not-migrated-users" | xargs)" = \
		"aoife.byrne@linden.example karl.old@linden.example" ]
	[ "$(awk -F '\t' 'NF == 3 && $2 != "" && $3 != ""' "$D/state/not-migrated-users" | wc -l)" = 2 ]
	[ "$(jq -c .rejects "$D/state/migration")" = '{"user-without-settings":2}' ]
	# they were corrected
	exits 0 migrate
	grep -q '^All in P8: 11 users' <<<"$output"
	"$BIN/p8-load" --p8 "$D/p8" --list rejects | lacks user-without-settings
	[ ! -s "$D/state/not-migrated-users" ]
}

@test "what was rejected of users who are done is told again" {
	need_long
	db p7 -e "update wm_awm_settings set custom_fields = repeat('x', 300)
		where id_user = (select id_user from wm_awm_accounts where email = 'ivan.petrov@mir.test')"
	run migrate --no-verify
	first=$output
	echo "$first"
	[ "$status" = 1 ]
	run migrate --no-verify
	echo "$output"
	db p7 -e "update wm_awm_settings set custom_fields = ''
		where id_user = (select id_user from wm_awm_accounts where email = 'ivan.petrov@mir.test')"
	[ "$status" = 1 ]
	diff <(tail -n 2 <<<"$first") <(tail -n 2 <<<"$output")
}

@test "P8 that was changed after the load is not called verified" {
	need_long
	migrate --quiet
	db p8 -e "delete from au_eav_attributes_string where name = 'FullName' limit 1"
	exits 1 migrate
	grep -q 'P8 is not as it was loaded' <<<"$output"
	[ "$(grep -c 'verified' <<<"$output")" = 0 ]
	[ "$(jq .verified "$D/state/migration")" = false ]
}

@test "Ctrl-C on a terminal" {
	need_long
	touch "$D/pause"
	tmux -L "p7c.$$" -f /dev/null new-session -d -x 100 -y 24 \
		"sh -c 'trap : INT; \"\$@\"; echo status \$?; sleep 60' sh '$REPO/scripts/migrate' \
		--p7 '$S/p7' --p8 '$D/p8' --state '$D/state' --no-verify --pause-file '$D/pause'" 3>&-
	screen() { tmux -L "p7c.$$" capture-pane -p >"$D/out"; }
	wait_for 'screen; grep -q "waiting: .*pause" "$D/out"'
	tmux -L "p7c.$$" send-keys C-c
	wait_for 'screen; grep -q "^status" "$D/out"'
	cat "$D/out"
	tmux -L "p7c.$$" kill-server
	grep -q '^status 75' "$D/out"
	grep -q 'interrupted; run the same command again' "$D/out"
	rm "$D/pause"
	migrate --quiet
}

@test "a dry run prints what a run prints" {
	need_long
	migrate --dry-run >"$D/dry"
	migrate --itemize --quiet --no-verify >"$D/real"
	[ "$(wc -l <"$D/dry")" -gt 100 ]
	[ "$(grep -c '^+ CALENDAR_OBJECT ' "$D/dry")" = 8 ]
	diff "$D/dry" <(sed '$d' "$D/real")
	# of those who are there nothing, as in a run, and it says so
	exits 75 bash -c "'$REPO/scripts/migrate' --p7 '$P7' --p8 '$D/p8' --state '$D/state' --dry-run >/dev/full"
	migrate --dry-run >"$D/dry"
	grep -qx 'Users: 11, in P8 already 11; nothing would be written of them.' "$D/dry"
	migrate --dry-run --quiet >"$D/dry"
	migrate --itemize --quiet --no-verify >"$D/real"
	diff "$D/dry" <(sed '$d' "$D/real")
	exits 0 migrate --dry-run --without calendars --user ivan.petrov@mir.test
	[ "$(grep -c '^. CALENDAR' <<<"$output")" = 0 ]
}

# A run of which one part waits for a lock of the table $1 of P8.
begin_locked() {
	: >"$D/lock"
	db p8 --unbuffered -e "lock tables $1 write; select 'locked'; do sleep(600)" >"$D/lock" 2>&1 3>&- &
	LOCK=$!
	wait_for 'grep -q locked "$D/lock"'
	: >"$D/out"
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" >"$D/out" 2>&1 3>&- &
	PID=$!
}

unlock() {
	db -e "kill $(dbq p8 "select id from information_schema.processlist where info like 'do sleep(600)'")"
	wait "$LOCK" || true
	wait "$PID"
	cat "$D/out"
	grep -q '^All in P8: 11 users' "$D/out"
	! grep -q ' 0 of 11' "$D/out" || false
}

@test "the state of reading back is its own" {
	need_long
	migrate --quiet --no-verify
	begin_locked au_adav_cards
	wait_for 'grep -q "^Verifying" "$D/out"'
	wait_for 'kill -USR1 "$PID"; grep -Eq "^migrate: verify: ([0-9]+ users?, )?[0-9]+ rows, [0-9]+ s so far, .*@" "$D/out"'
	unlock
}
