# scripts/migrate on the sample installation.
# not sanitized: it is about the scripts; the programs have tests of their own

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

setup() {
	fresh_p8
}

@test "wrong use" {
	exits 64 "$REPO/scripts/migrate"
	grep -q -- '--p7 is missing' <<<"$output"
	exits 64 migrate --nonsense
	exits 64 migrate --jobs none
	exits 64 migrate --user a@b.test --users /dev/null
	exits 66 migrate --users "$D/absent"
	exits 73 migrate --state "$S/p7/VERSION"
	exits 0 "$REPO/scripts/migrate" --help
}

@test "wrong directories are refused before anything is written" {
	exits 66 "$REPO/scripts/migrate" --p7 "$D/nowhere" --p8 "$D/p8" --state "$D/state"
	run "$REPO/scripts/migrate" --p7 "$D/p8" --p8 "$S/p7" --state "$D/state"
	echo "$output"
	[ "$status" -ge 66 ]
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
}

@test "--list-users writes the list" {
	exits 0 migrate --list-users
	[ "$(wc -l <"$D/state/user_list")" = 11 ]
	grep -qx 'Giorgos.Pappas@hafen.example' "$D/state/user_list"
	# the same again is the same; C03: an edited one is not overwritten
	exits 0 migrate --list-users
	sed -i 1d "$D/state/user_list"
	cp "$D/state/user_list" "$D/reviewed"
	exits 73 migrate --list-users --quiet
	[[ $output == *"$D/state/user_list is there, "*'remove or rename it'* ]]
	cmp "$D/reviewed" "$D/state/user_list"
}

@test "--check and --dry-run change nothing" {
	bytes_of_p8 >"$D/before"
	exits 0 migrate --check
	grep -Eq '^P7 +users +11, all of them' <<<"$output"
	grep -Eq '^P8 +database +p8, ' <<<"$output"
	exits 0 migrate --dry-run
	grep -q 'anna.weber@linden.example' <<<"$output"
	# what a run does by itself, or has no option for, is not advised
	lacks 'left out\|--rejects\|--finish-dav' <<<"$output"
	grep -q 'warnings* (a run lists them in rejects.ndjson)$' <<<"$output"
	bytes_of_p8 >"$D/after"
	diff "$D/before" "$D/after"
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
}

@test "the whole run, and a second one that changes nothing" {
	exits 0 migrate --log "$D/log"
	[ "$(users_in_p8)" = 11 ]
	[ "$(wc -l <"$D/state/migrated-users")" = 11 ]
	[ ! -s "$D/state/not-migrated-users" ]
	[ "$(jq .migrated "$D/state/migration")" = 11 ]
	# the same counts as the run has printed
	diff <(grep -E '^[A-Z_]+ +[0-9]+$' <<<"$output" | awk '{ print $1, $2 }' | sort) \
		<(jq -r '.kinds | to_entries[] | select(.key == (.key | ascii_upcase)) |
			"\(.key) \(.value)"' "$D/state/migration" | sort)
	[ ! -e "$D/state/p8.cnf" ]
	grep -q 'anna.weber@linden.example' "$D/log"
	[ "$(grep -c 'p8 secret' "$D/log")" = 0 ]
	bytes_of_p8 >"$D/first"
	exits 0 migrate
	grep -q '^All in P8: 11 users of P7' <<<"$output"
	bytes_of_p8 >"$D/second"
	diff "$D/first" "$D/second"
}

@test "some users, then the others" {
	need_long
	exits 0 migrate --user ivan.petrov@mir.test --user yuki.tanaka@gast.test
	grep -q '^All in P8: 2 selected users' <<<"$output"
	[ "$(users_in_p8)" = 2 ]
	printf 'nadia.horak@mir.test\r\n# a comment\n\n  fatima.haddad@hafen.example  \n' |
		migrate --users - --quiet
	[ "$(users_in_p8)" = 4 ]
	exits 0 migrate
	[ "$(users_in_p8)" = 11 ]
}

@test "a user that P7 does not have is reported" {
	need_long
	printf 'anna.weber@linden.example\nnobody@linden.example\n' >"$D/list"
	exits 1 migrate --users "$D/list"
	[ "$(users_in_p8)" = 1 ]
	grep -q '^nobody@linden.example' "$D/state/not-migrated-users"
	grep -q '"kind":"REJECT"' "$D/state/rejects.ndjson"
	# he alone
	exits 1 migrate --user nobody@linden.example
	[ "$(cut -f 1 "$D/state/not-migrated-users")" = nobody@linden.example ]
	[ "$(jq .kinds.USER "$D/state/migration")" = 1 ]
	# there is nobody to take back, and the same command would take back whoever has come
	exits 1 migrate --redo nobody@linden.example
	lacks 'Taking back' <<<"$output"
	grep -q 'what to do; then run it again without --redo (--user in its place)\.$' <<<"$output"
	grep -q 'correct the name; p7-migrate --p7 DIR --list-users' "$D/state/not-migrated-users"
}

@test "when nobody could be brought the lists say so" {
	need_long
	exits 1 migrate --user nobody@linden.example
	[ ! -s "$D/state/migrated-users" ]
	[ "$(cut -f 1 "$D/state/not-migrated-users")" = nobody@linden.example ]
	[ "$(jq -c '[.migrated, .not_migrated, .rejects]' "$D/state/migration")" = \
		'[0,1,{"user-unknown":1}]' ]
	# it was about the list of that run: nothing of it stands in the ledger
	[ -z "$("$BIN/p8-load" --p8 "$D/p8" --list rejects)" ]
	[ -z "$("$BIN/p8-load" --p8 "$D/p8" --list not-migrated)" ]
	exits 0 migrate --user ivan.petrov@mir.test
	[ ! -s "$D/state/not-migrated-users" ]
	[ "$(jq -c .rejects "$D/state/migration")" = '{}' ]
}

@test "a password with all that option files take for something else" {
	need_long
	local password="a\"#b\\c 'd; e"
	db -e "create user odd@localhost identified by 'a\"#b\\\\c \\'d; e';
		grant all on p8.* to odd@localhost"
	jq --arg p "$password" '.DBLogin[0] = "odd" | .DBPassword[0] = $p' \
		"$D/p8/data/settings/config.json" >"$D/config"
	cat "$D/config" >"$D/p8/data/settings/config.json"
	run migrate --user anna.weber@linden.example
	db -e 'drop user odd@localhost'
	echo "$output"
	[ "$status" = 0 ]
}

@test "several loaders make the same" {
	need_long
	migrate --quiet
	bytes_of_p8 | grep -v '^./files/.* 0 ' | sed 's/[0-9]*,//g' | sort | wc -l >"$D/one"
	db -e 'drop database p8'
	rm -rf "$D/p8" "$D/state"
	make_blank_p8 "$D/p8" p8
	exits 0 migrate --jobs 3
	[ "$(users_in_p8)" = 11 ]
	bytes_of_p8 | grep -v '^./files/.* 0 ' | sed 's/[0-9]*,//g' | sort | wc -l >"$D/two"
	diff "$D/one" "$D/two"
}

@test "P7 on another machine" {
	need_long
	mkdir "$D/bin"
	cat >"$D/bin/ssh" <<-'X'
		#!/bin/sh
		[ "$1 $2" = "-- p7.example" ] || exit 255
		shift 2
		exec sh -c "$*"
	X
	chmod +x "$D/bin/ssh"
	PATH=$D/bin:$PATH run "$REPO/scripts/migrate" --p7 "p7.example:$S/p7" --p8 "$D/p8" \
		--state "$D/state"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
	[ "$(find "$D/p8/data/files" -type f | wc -l)" -ge 7 ]
}

@test "the other machine cannot be reached, has no p7-extract, or is lost in the middle" {
	need_long
	mkdir "$D/bin"
	cat >"$D/bin/ssh" <<-'X'
		#!/bin/sh
		shift 2
		case $HOW$* in
		none*) exit 255 ;;
		bare*) exec "$*" ;;
		*--list-users*|*--dav*) exec sh -c "$*" ;;
		esac
		sh -c "$*" | head -c 20000
		exit 255
	X
	chmod +x "$D/bin/ssh"
	for how in none bare lost; do
		HOW=$how PATH=$D/bin:$PATH run "$REPO/scripts/migrate" --p7 "p7.example:$S/p7" \
			--p8 "$D/p8" --state "$D/state"
		echo "$output"
		[ "$status" = "$([ $how = lost ] && echo 75 || echo 69)" ]
		[ $how != bare ] || grep -q 'no p7-extract in PATH on p7.example; install it' <<<"$output"
	done
	exits 0 migrate
	[ "$(users_in_p8)" = 11 ]
}

@test "the stage that failed first gives the status, and nothing is half there" {
	need_long
	mkdir "$D/bin"
	cp "$BIN"/p7-extract "$BIN"/p8-load "$BIN"/dav-schema-upgrade "$D/bin/"
	printf '#!/bin/sh\nhead -c 20000\nexit 70\n' >"$D/bin/p7-transform"
	chmod +x "$D/bin/p7-transform"
	P7M_BIN=$D/bin run migrate
	echo "$output"
	[ "$status" = 70 ]
	[ "$(users_in_p8)" = 0 ]
	exits 0 migrate
	[ "$(users_in_p8)" = 11 ]
}

@test "a stopped run goes on where it stopped" {
	need_long
	mkdir "$D/bin"
	cp "$BIN"/p7-extract "$BIN"/p8-load "$BIN"/dav-schema-upgrade "$D/bin/"
	# users come one by one, so that the signal finds the loader at work
	cat >"$D/bin/p7-transform" <<-X
		#!/bin/bash
		"$BIN/p7-transform" "\$@" | while IFS= read -r l; do
			printf '%s\n' "\$l"
			[[ \$l != *'"kind":"USER_END"'* ]] || sleep 0.4
		done
	X
	chmod +x "$D/bin/p7-transform"
	P7M_BIN=$D/bin start_migrate --verbose
	wait_for 'grep -q "^ *2/11" "$D/out"'
	kill -TERM "$PID"
	ends 75
	some=$(users_in_p8)
	[ "$some" -ge 2 ]
	[ "$some" -lt 11 ]
	[ "$(wc -l <"$D/state/migrated-users")" = "$some" ]
	exits 0 migrate
	[ "$(users_in_p8)" = 11 ]
}

@test "the stages keep what goes between them" {
	need_long
	migrate --quiet --keep-dumps
	[ "$(find "$D/state/dumps" -perm 600 -name '*.ndjson.gz' | wc -l)" -ge 2 ]
	[ "$(zcat "$D/state/dumps/p7.ndjson.gz" | grep -c '"kind":"USER_BEGIN"')" = 11 ]
}

# in_range PRINCIPAL START END: what sabre/dav's calendarQuery finds in all calendars that he sees.
in_range() {
	dbq p8 "select o.uri from au_adav_calendarinstances i join au_adav_calendarobjects o
		using (calendarid) where i.principaluri = 'principals/$1' and o.componenttype = 'VEVENT'
		and o.lastoccurence > unix_timestamp('$2') and o.firstoccurence < unix_timestamp('$3')
		order by 1" | xargs
}

@test "events are found as a CalDAV server looks for them, and only where they are" {
	db p8 -e "set global time_zone = '+00:00'"
	# in P7 the one has no times, as before 6.6, the other is there with its true ones
	db p7 -e "update wm_adav_calendarobjects set firstoccurence = null, lastoccurence = 0
		where uri = 'ev-arzt.ics'"
	migrate --quiet --without files
	db p7 -e "update wm_adav_calendarobjects set firstoccurence = 1683626400,
		lastoccurence = 1683630000 where uri = 'ev-arzt.ics'"
	a=anna.weber@linden.example
	[ "$(in_range $a 2023-05-09 2023-05-10)" = 'ev-arzt.ics ev-jourfixe.ics' ]
	[ "$(in_range $a '2023-05-09 09:00' '2023-05-09 10:00')" = ev-jourfixe.ics ]
	[ "$(in_range $a '2023-05-09 10:30' '2023-05-09 10:31')" = 'ev-arzt.ics ev-jourfixe.ics' ]
	[ "$(in_range $a 2023-08-05 2023-08-06)" = 'ev-jourfixe.ics ev-urlaub.ics' ]
	[ "$(in_range $a 2022-01-01 2023-01-01)" = '' ]
	# a series without end, years later; and its sharees see it
	[ "$(in_range $a 2030-03-17 2030-03-18)" = ev-jourfixe.ics ]
	[ "$(in_range camille.dubois@linden.example 2030-03-17 2030-03-18)" = ev-jourfixe.ics ]
	[ "$(in_range ivan.petrov@mir.test 2023-02-09 2023-02-10)" = 'ev-jourfixe.ics ev-sovet.ics' ]
	[ "$(in_range ivan.petrov@mir.test 2023-02-10 2023-02-11)" = ev-jourfixe.ics ]
}

@test "the calendar schema by hand" {
	need_long
	exits 0 migrate --stop-before-dav-schema
	[ "$(users_in_p8)" = 0 ]
	[ "$(stat -c %a "$D/state/p8.cnf")" = 600 ]
	exits 78 migrate --skip-dav-schema
	migrate --stop-before-dav-schema | grep '^  dav-schema-upgrade' >"$D/steps"
	[ "$(wc -l <"$D/steps")" = 4 ]
	sh -eux "$D/steps"
	exits 0 migrate --skip-dav-schema
	[ "$(users_in_p8)" = 11 ]
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects')" = 8 ]
	[ ! -e "$D/state/p8.cnf" ]
}
