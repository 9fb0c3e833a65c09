#!/usr/bin/env bats
# not sanitized but for --long
# p8-load --jobs N: the same result for every N, whatever happens to one of the loaders.
load ../load
umask 077

# What P8 holds, without numbers that depend on who came first.
state() {
	sql "select e.entity_type, a.name, a.value from au_eav_entities e join au_eav_attributes_string a
		on a.id_entity = e.id where a.name not in ('Password', 'IncomingPassword') order by 1, 2, 3"
	sql "select count(*), count(distinct uuid) from au_eav_entities"
	sql "select count(*), sum(crc32(carddata)) from au_adav_cards"
	sql "select email, state from au_p7m_users order by 1"
}

# until_done N: three loaders are at work, and so many users are done; $loaders are their numbers
until_done() {
	for _ in {1..200}; do
		mapfile -t loaders < <(pgrep -P "$PID")
		[ "${#loaders[@]}" != 3 ] || [ "$(sql "select count(*) from au_p7m_users
			where state = 'done'" 2>/dev/null || echo 0)" -lt "$1" ] || return 0
		sleep 0.1
	done
	return 1
}

@test "two and five loaders bring what one brings" {
	many 30 4 >"$D/many"
	exits 0 load "$D/many"
	state >"$D/one"
	for n in 2 5; do
		fresh_p8
		exits 0 load --jobs "$n" "$D/many"
		[[ $output == *"30 users read: 30 loaded, 0 already there, 0 rejected"* ]]
		state | diff "$D/one" -
		exits 0 p8-load --p8 "$D/p8" --verify
		exits 0 load --jobs "$n" "$D/many"
		[[ $output == *"30 users read: 0 loaded, 30 already there, 0 rejected"* ]]
	done
}

@test "of two equal names the first one comes, with any number of loaders" {
	many 12 3 >"$D/many"
	# the second, and others, become namesakes of the first by case and accent
	jq -c 'if (.email? // "") == "user2@many.test" or .email == "user7@many.test"
		then .email = "USER1@many.test" else . end |
		if .string?.PublicId == "user2@many.test" or .string?.PublicId == "user7@many.test"
		then .string.PublicId = "USER1@many.test" else . end' "$D/many" >"$D/same"
	chmod 600 "$D/same"
	for n in 1 2 5; do
		fresh_p8
		exits 1 load --jobs "$n" --rejects "$D/rejects" "$D/same"
		[[ $output == *"12 users read: 10 loaded, 0 already there, 2 rejected"* ]]
		[ "$(jq -r .code "$D/rejects" | sort | uniq -c | tr -s ' ')" = ' 2 user-duplicate' ]
		[ "$(sql "select public_id from au_p7m_users where public_id like 'user1@%'")" = user1@many.test ]
	done
}

@test "a loader that is killed leaves its user to the next run" {
	many 60 30 >"$D/many"
	start --jobs 3
	head -n 300 "$D/many" >&4
	until_done 2
	kill -9 "${loaders[1]}"
	tail -n +301 "$D/many" >&4 2>/dev/null || :
	exec 4>&-
	wait "$PID" && status=0 || status=$?
	PID=
	cat "$D/err"
	[ "$status" = 75 ]
	grep -q 'ended by signal 9' "$D/err"
	[ "$(sql "select count(*) from au_p7m_users where state <> 'done'")" -le 1 ]
	exits 0 load --jobs 3 "$D/many"
	exits 0 p8-load --p8 "$D/p8" --verify
	[ "$(sql "select count(*) from au_p7m_users where state = 'done'")" = 60 ]
}

@test "the reader is killed: its loaders end, whoever is whole stays" {
	many 60 30 >"$D/many"
	start --jobs 3
	head -n 500 "$D/many" >&4
	until_done 2
	kill -9 "$PID"
	exec 4>&-
	for _ in {1..100}; do
		ps -p "$(IFS=,; echo "${loaders[*]}")" >/dev/null || break
		sleep 0.1
	done
	run -1 ps -p "$(IFS=,; echo "${loaders[*]}")"
	PID=
	exits 0 load --jobs 3 "$D/many"
	exits 0 p8-load --p8 "$D/p8" --verify
	[ "$(sql "select count(*) from au_p7m_users where state = 'done'")" = 60 ]
}

@test "a stream that is cut off, or damaged, claims nothing beyond" {
	many 20 3 >"$D/many"
	head -n 100 "$D/many" >"$D/cut"
	chmod 600 "$D/cut"
	exits 65 load --jobs 3 "$D/cut"
	[[ $output == *"without its END record"* ]]
	exits 0 load --jobs 3 "$D/many"
	exits 0 p8-load --p8 "$D/p8" --verify
}

@test "stopped by a signal, it goes on" {
	many 40 20 >"$D/many"
	start --jobs 2
	head -n 400 "$D/many" >&4
	for _ in {1..100}; do
		[ "$(sql "select count(*) from au_p7m_users where state = 'done'" 2>/dev/null || echo 0)" -lt 2 ] || break
		sleep 0.1
	done
	kill -TERM "$PID"
	tail -n +401 "$D/many" >&4 2>/dev/null || :
	exec 4>&-
	wait "$PID" && status=0 || status=$?
	PID=
	[ "$status" = 75 ]
	grep -q 'run again' "$D/err"
	exits 0 load --jobs 2 "$D/many"
	[ "$(sql "select count(*) from au_p7m_users where state = 'done'")" = 40 ]
}

@test "nothing to load, a wrong number" {
	exits 65 load --jobs 2 /dev/null
	exits 64 load --jobs 0 "$D/small.ndjson"
	exits 64 load --jobs 65 "$D/small.ndjson"
	exits 64 load --jobs 2 --verify "$D/small.ndjson"
	jq -c 'select(.kind == "HEADER")' "$D/small.ndjson" >"$D/none"
	echo '{"kind":"END","totals":{},"users":0,"hash":"0000000000000000"}' >>"$D/none"
	chmod 600 "$D/none"
	exits 65 load --jobs 2 "$D/none"
	[[ $output == *"holds no user"* ]]
}
