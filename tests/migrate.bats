# scripts/migrate on the sample installation.

load server

setup_file() {
	S=$(mktemp -d "${TMPDIR:-/tmp}/p7m.XXXXXX")
	export S
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

teardown_file() {
	server_stop
	rm -rf "$S"
}

setup() {
	D=$(mktemp -d "$S/t.XXXXXX")
	db -e 'drop database if exists p8'
	make_blank_p8 "$D/p8" p8
}

teardown() {
	rm -rf "$D"
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" "$@"
}

users_in_p8() {
	dbq p8 "select count(*) from au_eav_entities where entity_type like '%Core%User'"
}

content() {
	local ledger
	mapfile -t ledger < <(dbq p8 "show tables like 'au\\_p7m\\_%'")
	mariadb-dump --no-defaults --socket="$SOCKET" --user=root --skip-dump-date --hex-blob \
		"${ledger[@]/#/--ignore-table=p8.}" p8
	(cd "$D/p8/data" && find . -type f -printf '%p %s %T@\n' | sort)
}

@test "wrong use" {
	run "$REPO/scripts/migrate"
	[ "$status" = 64 ]
	grep -q -- '--p7 is missing' <<<"$output"
	run migrate --nonsense
	[ "$status" = 64 ]
	run migrate --jobs none
	[ "$status" = 64 ]
	run migrate --user a@b.test --users /dev/null
	[ "$status" = 64 ]
	run migrate --users "$D/absent"
	[ "$status" = 66 ]
	run migrate --state "$S/p7/VERSION"
	[ "$status" = 73 ]
	run "$REPO/scripts/migrate" --help
	[ "$status" = 0 ]
}

@test "wrong directories are refused before anything is written" {
	run "$REPO/scripts/migrate" --p7 "$D/nowhere" --p8 "$D/p8" --state "$D/state"
	echo "$output"
	[ "$status" = 66 ]
	run "$REPO/scripts/migrate" --p7 "$D/p8" --p8 "$S/p7" --state "$D/state"
	echo "$output"
	[ "$status" -ge 66 ]
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
}

@test "--list-users writes the list" {
	run migrate --list-users
	[ "$status" = 0 ]
	[ "$(wc -l <"$D/state/user_list")" = 11 ]
	grep -qx 'Giorgos.Pappas@hafen.example' "$D/state/user_list"
}

@test "--check and --dry-run change nothing" {
	content >"$D/before"
	run migrate --check
	echo "$output"
	[ "$status" = 0 ]
	grep -Eq '^P7 +users +11, all of them' <<<"$output"
	grep -Eq '^P8 +database +p8, ' <<<"$output"
	run migrate --dry-run
	[ "$status" = 0 ]
	grep -q 'anna.weber@linden.example' <<<"$output"
	content >"$D/after"
	diff "$D/before" "$D/after"
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_%'")" ]
}

@test "the whole run, and a second one that changes nothing" {
	run migrate --log "$D/log"
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
	[ "$(wc -l <"$D/state/migrated-users")" = 11 ]
	[ ! -s "$D/state/not-migrated-users" ]
	[ "$(jq .migrated "$D/state/migration")" = 11 ]
	[ ! -e "$D/state/p8.cnf" ]
	grep -q 'anna.weber@linden.example' "$D/log"
	[ "$(grep -c 'p8 secret' "$D/log")" = 0 ]
	content >"$D/first"
	run migrate
	echo "$output"
	[ "$status" = 0 ]
	grep -q '^All in P8: 11 users of P7' <<<"$output"
	content >"$D/second"
	diff "$D/first" "$D/second"
}

@test "some users, then the others" {
	run migrate --user ivan.petrov@mir.test --user yuki.tanaka@gast.test
	echo "$output"
	[ "$status" = 0 ]
	grep -q '^All in P8: 2 selected users' <<<"$output"
	[ "$(users_in_p8)" = 2 ]
	printf 'nadia.horak@mir.test\r\n# a comment\n\n  fatima.haddad@hafen.example  \n' |
		migrate --users - --quiet
	[ "$(users_in_p8)" = 4 ]
	run migrate
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
}

@test "a user that P7 does not have is reported" {
	printf 'anna.weber@linden.example\nnobody@linden.example\n' >"$D/list"
	run migrate --users "$D/list"
	echo "$output"
	[ "$status" = 1 ]
	[ "$(users_in_p8)" = 1 ]
	grep -q '^nobody@linden.example' "$D/state/not-migrated-users"
	grep -q '"kind":"REJECT"' "$D/state/rejects.ndjson"
	# he alone
	run migrate --user nobody@linden.example
	[ "$status" = 1 ]
	[ "$(cut -f 1 "$D/state/not-migrated-users")" = nobody@linden.example ]
	[ "$(jq .kinds.USER "$D/state/migration")" = 1 ]
}

@test "when nobody could be brought the lists say so" {
	run migrate --user nobody@linden.example
	echo "$output"
	[ "$status" = 1 ]
	[ ! -s "$D/state/migrated-users" ]
	[ "$(cut -f 1 "$D/state/not-migrated-users")" = nobody@linden.example ]
	[ "$(jq -c '[.migrated, .not_migrated, .rejects]' "$D/state/migration")" = \
		'[0,1,{"user-unknown":1}]' ]
}

@test "a password with all that option files take for something else" {
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
	migrate --quiet
	content | grep -v '^./files/.* 0 ' | sed 's/[0-9]*,//g' | sort | wc -l >"$D/one"
	db -e 'drop database p8'
	rm -rf "$D/p8" "$D/state"
	make_blank_p8 "$D/p8" p8
	run migrate --jobs 3
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
	content | grep -v '^./files/.* 0 ' | sed 's/[0-9]*,//g' | sort | wc -l >"$D/two"
	diff "$D/one" "$D/two"
}

@test "P7 on another machine" {
	mkdir "$D/bin"
	cat >"$D/bin/ssh" <<-'X'
		#!/bin/sh
		[ "$1" = p7.example ] || exit 255
		shift
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
	mkdir "$D/bin"
	cat >"$D/bin/ssh" <<-'X'
		#!/bin/sh
		shift
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
		[ "$status" = 69 ]
		[ $how != bare ] || grep -q 'no p7-extract in PATH on p7.example; install it' <<<"$output"
	done
	run migrate
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
}

@test "the stage that failed first gives the status, and nothing is half there" {
	mkdir "$D/bin"
	cp "$BIN"/p7-extract "$BIN"/p8-load "$BIN"/dav-schema-upgrade "$D/bin/"
	printf '#!/bin/sh\nhead -c 20000\nexit 70\n' >"$D/bin/p7-transform"
	chmod +x "$D/bin/p7-transform"
	P7M_BIN=$D/bin run migrate
	echo "$output"
	[ "$status" = 70 ]
	[ "$(users_in_p8)" = 0 ]
	run migrate
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
}

@test "a stopped run goes on where it stopped" {
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
	P7M_BIN=$D/bin "$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" \
		--verbose >"$D/out" 2>&1 3>&- &
	pid=$!
	for ((i = 0; i < 200; i++)); do
		! grep -q '^ *2/11' "$D/out" || break
		sleep 0.05
	done
	kill -TERM "$pid"
	status=0
	wait "$pid" || status=$?
	cat "$D/out"
	[ "$status" = 75 ]
	some=$(users_in_p8)
	[ "$some" -ge 2 ]
	[ "$some" -lt 11 ]
	[ "$(wc -l <"$D/state/migrated-users")" = "$some" ]
	run migrate
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
}

@test "the stages keep what goes between them" {
	migrate --quiet --keep-dumps
	[ "$(find "$D/state/dumps" -perm 600 -name '*.ndjson.gz' | wc -l)" -ge 2 ]
	[ "$(zcat "$D/state/dumps/p7-users.ndjson.gz" | grep -c '"kind":"USER_BEGIN"')" = 11 ]
}

@test "an event is found as a CalDAV server looks for it" {
	migrate --quiet
	q="from au_adav_calendarobjects o join au_adav_calendarinstances i using (calendarid)
		where i.principaluri = 'principals/anna.weber@linden.example' and i.access = 1"
	# 2023-05-09, the whole day
	[ "$(dbq p8 "select o.uri $q and firstoccurence < 1683676800 and lastoccurence > 1683590400
		and o.uri = 'ev-arzt.ics'")" = ev-arzt.ics ]
	# a series without end, years later
	[ "$(dbq p8 "select o.uri $q and firstoccurence < 1900000000 and lastoccurence > 1899990000")" \
		= ev-jourfixe.ics ]
}

@test "the calendar schema by hand" {
	run migrate --stop-before-dav-schema
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 0 ]
	[ "$(stat -c %a "$D/state/p8.cnf")" = 600 ]
	run migrate --skip-dav-schema
	[ "$status" = 78 ]
	migrate --stop-before-dav-schema | grep '^  dav-schema-upgrade' >"$D/steps"
	[ "$(wc -l <"$D/steps")" = 4 ]
	sh -eux "$D/steps"
	run migrate --skip-dav-schema
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
	[ "$(dbq p8 'select count(*) from au_adav_calendarobjects')" = 8 ]
	[ ! -e "$D/state/p8.cnf" ]
}
