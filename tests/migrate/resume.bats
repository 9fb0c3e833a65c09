# scripts/migrate is killed, cut off and starved, and goes on with the same command.
# not sanitized: it is about the scripts; the programs have tests of their own

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
}

teardown() {
	touch "$D/go"
	local m
	for m in "$D/small" "$D/p8/data/files"; do
		! mountpoint -q "$m" || umount -l "$m"
	done
	[ ! -d "$D/server" ] || server_stop || :
}

# The stages in $D/bin; the last but one stops inside of the third user until $D/go is there.
stalling() {
	mkdir "$D/bin"
	cp "$BIN"/p7-extract "$BIN"/p7-transform "$BIN"/p8-load "$D/bin/"
	cat >"$D/bin/dav-schema-upgrade" <<-X
		#!/bin/bash
		"$BIN/dav-schema-upgrade" "\$@" | {
			users=0
			while IFS= read -r line; do
				printf '%s\n' "\$line"
				case \$line in
				'{"kind":"USER_BEGIN"'*) users=\$((users + 1)) ;;
				'{"kind":"CONTACT"'*)
					[ \$users = 3 ] || continue
					users=99
					touch "$D/stalled"
					while [ ! -e "$D/go" ]; do sleep 0.05; done
					;;
				esac
			done
		}
		exit \${PIPESTATUS[0]}
	X
	chmod +x "$D/bin/dav-schema-upgrade"
}

# Starts a migration that stalls in the middle of a user; PID is the script's.
begin() {
	stalling
	P7M_BIN=$D/bin start_migrate
	wait_for 'test -e "$D/stalled"'
	wait_for '[ "$(users_in_p8)" = 2 ]'
}

# Rows of each table and files: the same after every detour.
sums() {
	dbq p8 'show tables' | grep -v p7m_ |
		sed "s/.*/select '&', count(*) from \`&\`;/" | db --batch --skip-column-names p8
	(cd "$D/p8/data/files" && find . -type f -printf '%s %T@ %f\n' | sort)
}

# What an interrupted migration comes to in the end.
completes() {
	touch "$D/go"
	exits 0 migrate
	grep -q '^All in P8: 11 users of P7, [0-9]* contacts, [0-9]* address books with [0-9]* cards\?, 6 calendars with 8 events, 142 bytes of files; 0 rejects; verified.$' <<<"$output"
	[ "$(users_in_p8)" = 11 ]
	[ -z "$(dbq p8 "show tables like '%p7dav%'")" ]
	sums >"$D/sums"
	[ -e "$S/sums" ] || reference
	diff "$S/sums" "$D/sums"
}

reference() {
	mv "$D" "$D.kept"
	db -e 'drop database p8'
	mkdir "$D"
	make_blank_p8 "$D/p8" p8
	migrate --quiet
	sums >"$S/sums"
	rm -rf "$D"
	mv "$D.kept" "$D"
}

interrupted() {
	ends "$1"
	# whole users only
	[ "$(users_in_p8)" = 2 ]
}

# kill_stage NAME: not the p8-load that holds the run's lock.
kill_stage() {
	kill -KILL "$(pgrep -af "^$D/bin/$1 " | grep -v -- ' --lock' | cut -d ' ' -f 1)"
}

@test "p7-extract is killed in the middle of a user" {
	need_long
	# its output is in the pipe already, unless the pipe is narrow: it is killed as it starts
	stalling
	printf '#!/bin/sh\n"%s/p7-extract" "$@" | head -c 40000\nkill -KILL $$\n' "$BIN" \
		>"$D/bin/p7-extract.cut"
	mv "$D/bin/p7-extract" "$D/bin/real"
	printf '#!/bin/sh\ncase "$*" in\n*--list-users*) exec "%s/p7-extract" "$@";;\nesac\n' \
		"$BIN" >"$D/bin/p7-extract"
	printf 'exec "%s/p7-extract.cut" "$@"\n' "$D/bin" >>"$D/bin/p7-extract"
	chmod +x "$D/bin"/p7-extract*
	touch "$D/go"
	P7M_BIN=$D/bin run migrate
	echo "$output"
	[ "$status" = 75 ] || [ "$status" = 65 ]
	[ "$(users_in_p8)" -lt 11 ]
	completes
}

@test "dav-schema-upgrade is killed in the middle of a user" {
	need_long
	begin
	kill -KILL $(pgrep -f "^/bin/bash $D/bin/dav-schema-upgrade ")
	interrupted 75
	completes
}

@test "p8-load is killed in the middle of a user" {
	begin
	kill_stage p8-load
	touch "$D/go"
	interrupted 75
	completes
}

@test "the script is killed: its stages end by themselves, and the next run waits for them" {
	begin
	kill -KILL "$PID"
	wait "$PID" || :
	[ "$(users_in_p8)" = 2 ]
	# what it left can have P8's password in it, and is still in use
	[ "$(find "$D/state" -name '.run.*' -perm 700 | wc -l)" = 1 ]
	migrate >"$D/second" 2>&1 3>&- &
	PID=$!
	wait_for 'grep -q "^Waiting: another run" "$D/second"'
	[ "$(users_in_p8)" = 2 ]
	[ "$(find "$D/state" -name '.run.*' | wc -l)" = 2 ]
	touch "$D/go"
	wait "$PID"
	cat "$D/second"
	grep -q '^Going on' "$D/second"
	grep -q '^All in P8: 11 users' "$D/second"
	completes
	[ -z "$(ls -d "$D/state"/.run.* 2>/dev/null)" ]
}

@test "the connection to P8 is lost in the middle of a user" {
	begin
	for id in $(dbq p8 "select id from information_schema.processlist where user = 'p8user'
		and command = 'Sleep' and db = 'p8'"); do
		db -e "kill $id" || : # it may have ended
	done
	touch "$D/go"
	# a loader that finds its connection gone begins the user again
	ends 0 75
	completes
}

@test "a deadlock while a user's calendars are written" {
	need_long
	db p8 <<-'SQL'
		delimiter //
		create trigger once before insert on au_adav_calendarobjects for each row
		if @once is null then
			set @once = 1;
			signal sqlstate '40001' set mysql_errno = 1213, message_text = 'Deadlock found';
		end if//
	SQL
	migrate >"$D/out" 2>&1 3>&- || {
		cat "$D/out"
		false
	}
	db -e 'drop trigger p8.once'
	completes
}

@test "the connection to P7 is lost" {
	need_long
	stalling
	cat >"$D/bin/p7-extract" <<-X
		#!/bin/bash
		case "\$*" in
		*--list-users*) exec "$BIN/p7-extract" "\$@" ;;
		esac
		# a narrow, slow pipe: the server is asked again and again
		"$BIN/p7-extract" "\$@" | { head -c 20000; touch "$D/stalled"
			while [ ! -e "$D/go" ]; do sleep 0.05; done; cat; }
		exit \${PIPESTATUS[0]}
	X
	chmod +x "$D/bin/p7-extract"
	P7M_BIN=$D/bin start_migrate
	wait_for 'test -e "$D/stalled"'
	for id in $(dbq p7 "select id from information_schema.processlist where user = 'p7reader'"); do
		db -e "kill $id" || : # it may have ended
	done
	touch "$D/go"
	ends 75 65 0
	completes
}

@test "the server restarts in the middle of a user" {
	need_long
	# a server of this test, because the restarted one has another parent
	server_start "$D/server"
	make_sample_p7 "$D/p7" p7
	rm -rf "$D/p8"
	make_blank_p8 "$D/p8" p8
	export P7=$D/p7
	begin
	server_stop
	server_start "$D/server"
	touch "$D/go"
	ends 0 75 69
	completes
}

@test "the disk with P8's files is full" {
	need_long
	small=$D/p8/data/files
	mkdir -p "$small"
	mount -t tmpfs -o size=72m tmpfs "$small" 2>/dev/null || skip "no tmpfs can be mounted here"
	cp -R "$S/p7" "$D/p7"
	export P7=$D/p7
	truncate -s 80M "$D/p7/data/files/private/ivan.petrov@mir.test/large.bin"
	exits 75 migrate --verbose
	grep -qi 'no space left' <<<"$output"
	[ "$(users_in_p8)" -lt 11 ]
	mount -o remount,size=200m "$small"
	exits 0 migrate
	[ "$(users_in_p8)" = 11 ]
	cmp "$D/p7/data/files/private/ivan.petrov@mir.test/large.bin" "$(find "$small" -name large.bin)"
	[ -z "$(find "$small" -name '.p7m*')" ]
}

@test "the disk with the state directory is full" {
	need_long
	mkdir "$D/small"
	mount -t tmpfs -o size=8k tmpfs "$D/small" 2>/dev/null || skip "no tmpfs can be mounted here"
	run migrate --state "$D/small/state"
	echo "$output"
	[ "$status" = 75 ]
	umount "$D/small"
	completes
}

@test "what is done is not read from P7 again" {
	need_long
	migrate --quiet --domain mir.test --user anna.weber@linden.example
	exits 0 migrate --keep-dumps --verbose
	grep -q '^Users: 11, in P8 already 3' <<<"$output"
	grep -q '^ 4/11 ' <<<"$output"
	users() {
		zcat "$D/state/dumps/p7.ndjson.gz" | jq -r 'select(.kind == "USER_BEGIN") | .email'
	}
	[ "$(users | wc -l)" = 8 ]
	[ "$(users | grep -c 'mir.test\|anna')" = 0 ]
	[ "$(zcat "$D/state/dumps/p7.ndjson.gz" |
		grep -c '"principal":"principals/\(anna\|ivan\)')" = 0 ]
	# of all that are there, nothing is read; of those who came without calendars, only these
	exits 0 migrate --keep-dumps
	[ -z "$(users)" ]
	[ "$(zcat "$D/state/dumps/p7.ndjson.gz" | grep -c '"kind":"FILE')" = 0 ]
	exits 0 migrate --user ivan.petrov@mir.test
	grep -q '^Users: 1, in P8 already 1$' <<<"$output"
	completes
}

@test "calendars and files can follow" {
	need_long
	migrate --quiet --without calendars,files,corporate
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects')" = 0 ]
	exits 0 migrate
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects')" = 8 ]
	[ "$(find "$D/p8/data/files" -type f | wc -l)" = 8 ]
	exits 0 migrate --keep-dumps
	[ -z "$(zcat "$D/state/dumps/p7.ndjson.gz" | grep USER_BEGIN)" ]
}

@test "two runs at once make one migration" {
	need_long
	begin
	migrate >"$D/second" 2>&1 3>&- &
	second=$!
	wait_for 'grep -q "^Waiting: another run" "$D/second"'
	touch "$D/go"
	wait "$PID"
	wait "$second"
	cat "$D/second"
	grep -q 'Users: 11, in P8 already 11' "$D/second"
	completes
}
