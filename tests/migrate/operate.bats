# What people do with scripts/migrate over the days of a migration.
# not sanitized: it is about the scripts; the programs have tests of their own

load ../site

setup_file() {
	server_start "$S/server"
}

setup() {
	db -e 'drop database if exists p7'
	make_sample_p7 "$D/p7" p7
	export P7=$D/p7
	fresh_p8
}

objects_of() {
	dbq p8 "select count(*) from au_adav_calendarobjects o join au_adav_calendarinstances i
		using (calendarid) where i.principaluri = 'principals/$1' and i.access = 1"
}

@test "users of a domain, whatever the case" {
	need_long
	exits 0 migrate --domain MIR.test
	n=$(dbq p7 "select count(*) from wm_awm_accounts where def_acct = 1 and mailing_list = 0
		and email like '%@mir.test'")
	[ "$(users_in_p8)" = "$n" ]
	[ "$(grep -c '@mir.test$' "$D/state/migrated-users")" = "$n" ]
	exits 0 migrate --domain gast.test --user anna.weber@linden.example --quiet
	grep -qx anna.weber@linden.example "$D/state/migrated-users"
	exits 66 migrate --domain nowhere.test
	exits 64 migrate --domain mir.test --users /dev/null
}

@test "--update brings who is new and lists who changed; --redo brings him again" {
	need_long
	migrate --quiet --domain linden.example
	exits 0 migrate --update
	[ "$(users_in_p8)" = 11 ]
	[ ! -s "$D/state/changed-users" ]
	db p7 -e "update wm_awm_settings s join wm_awm_accounts a using (id_user)
		set s.msgs_per_page = s.msgs_per_page + 7 where a.email = 'anna.weber@linden.example'"
	exits 0 migrate --update
	[ "$(cat "$D/state/changed-users")" = anna.weber@linden.example ]
	grep -q '^Changed in P7 after the migration: 1 user,' <<<"$output"
	objects=$(objects_of anna.weber@linden.example)
	[ "$objects" -ge 1 ]
	exits 0 migrate --redo anna.weber@linden.example
	[ "$(users_in_p8)" = 11 ]
	[ "$(objects_of anna.weber@linden.example)" = "$objects" ]
	migrate --update --quiet
	[ ! -s "$D/state/changed-users" ]
}

@test "--from-scratch takes everything back first" {
	need_long
	migrate --quiet
	exits 0 migrate --from-scratch --yes --user ivan.petrov@mir.test
	[ "$(users_in_p8)" = 1 ]
}

@test "--reset says what it means, and needs --yes" {
	need_long
	migrate --quiet --user ivan.petrov@mir.test
	exits 64 migrate --reset
	grep -q -- '--yes' <<<"$output"
	[ -n "$(dbq p8 "show tables like 'au\\_p7m\\_users'")" ]
	exits 0 migrate --reset --yes
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_users'")" ]
	[ "$(users_in_p8)" = 1 ]
	[ ! -e "$D/state/migrated-users" ]
}

@test "C03: a list that was edited says who is brought, and is named; any other one does not" {
	migrate --list-users --quiet
	exits 0 migrate --dry-run
	[[ $output != *"By the list"* ]]
	grep -v linden "$D/state/user_list" >"$D/mine"
	cp "$D/mine" "$D/state/user_list"
	exits 0 migrate --check
	[[ $output == *"By the list $D/state/user_list, which was edited: only its users."* ]]
	exits 0 migrate
	[[ $output == *"By the list $D/state/user_list, which was edited"* ]]
	[ "$(users_in_p8)" = "$(wc -l <"$D/mine")" ]
	lacks linden "$D/state/migrated-users"
	cmp "$D/mine" "$D/state/user_list"
	# the command line comes first
	exits 0 migrate --user anna.weber@linden.example --quiet
	[ "$(users_in_p8)" = $(($(wc -l <"$D/mine") + 1)) ]
	# as it was written it is nobody's work: P7 has one more since, who comes, too
	rm "$D/state/user_list"
	migrate --list-users --quiet
	db p7 -e "insert into wm_awm_accounts (id_user, def_acct, email) values (9000, 1, 'new@new.test');
		insert into wm_awm_settings (id_user) values (9000)"
	run migrate
	[[ $output != *"By the list"* ]]
	[ "$(users_in_p8)" = 12 ]
	exits 0 migrate --list-users
	grep -qx new@new.test "$D/state/user_list"
}

@test "C03: names of a list that no user has, with a TAB or ESC too, are unknown; a list that is not a file ends the run" {
	mkdir -m 700 "$D/state"
	printf 'yuki.tanaka@gast.test\tfoo\na\033b@x.test\nli.wei@hafen.example\n' >"$D/state/user_list"
	exits 1 migrate --quiet
	[ "$(users_in_p8)" = 1 ]
	grep -qx li.wei@hafen.example "$D/state/migrated-users"
	[ "$(cut -f 1 "$D/state/not-migrated-users" | sort)" = $'a\\033b@x.test\nyuki.tanaka@gast.test\\011foo' ]
	[ "$(jq -r 'select(.kind == "REJECT") | .code' "$D/state/rejects.ndjson" | sort -u)" = user-unknown ]
	ln -sf /nowhere "$D/state/user_list"
	exits 66 migrate --quiet
	[ "$(users_in_p8)" = 1 ]
}

@test "C11: what P7's and P8's own settings say can be said otherwise; what is printed can be run" {
	printf '[client]\nuser=p8user\npassword="p8 secret"\n' >"$D/p8.cnf"
	chmod 600 "$D/p8.cnf"
	jq '.DBPassword[0] = "wrong" | .DBPrefix[0] = "no_"' "$D/p8/data/settings/config.json" >"$D/config"
	cat "$D/config" >"$D/p8/data/settings/config.json"
	sed -i 's/wm_/no_/' "$D/p7/data/settings/settings.xml"
	lacks '>wm_<' "$D/p7/data/settings/settings.xml"
	right=(--p7-prefix=wm_ --p8-prefix au_ --p8-db-defaults-file "$D/p8.cnf")
	exits 78 migrate --check "${right[@]:1}"
	exits 0 migrate --stop-before-dav-schema "${right[@]}"
	grep -A 9 'step by step' <<<"$output" | grep '^  .*dav-schema-upgrade apply' >"$D/steps"
	sh -eux "$D/steps"
	exits 0 migrate --skip-dav-schema "${right[@]}"
	[ "$(users_in_p8)" = 11 ]
	exits 64 migrate --p7-jobs 3
	# from a directory that is not in PATH
	PATH=/usr/bin:/bin exits 0 migrate --stop-before-dav-schema "${right[@]}" --redo anna.weber@linden.example
	grep -q "^  $BIN/dav-schema-upgrade apply --to 2.0 " <<<"$output"
}

@test "C01: a run waits for another one as long as that takes, or as long as it is told" {
	mkfifo "$D/hold"
	p8-load --p8 "$D/p8" --lock <"$D/hold" >"$D/locked" 3>&- &
	HOLDER=$!
	exec 8>"$D/hold"
	wait_for 'grep -qx locked "$D/locked"'
	exits 75 migrate --quiet --wait 0 --user ivan.petrov@mir.test 8>&-
	[[ $output == *"another run is at work in the database p8, "*"did not end within 0 s; run the same"* ]]
	[[ $output != *Waiting* ]]
	start_migrate --quiet --user ivan.petrov@mir.test 8>&-
	wait_for 'grep -q "^Waiting: another run is at work in the database p8, .*the server.s connection [1-9]" "$D/out"'
	[ "$(users_in_p8)" = 0 ]
	exec 8>&-
	wait "$HOLDER"
	ends 0
	[ "$(grep -c '^Waiting' "$D/out")" = 1 ]
	[ "$(users_in_p8)" = 1 ]
	# with a ledger: process, host and time
	p8-load --p8 "$D/p8" --lock <"$D/hold" >"$D/locked" 3>&- &
	HOLDER=$!
	exec 8>"$D/hold"
	wait_for '[ -n "$(dbq p8 "select value from au_p7m_meta where name = '"'run'"'")" ]'
	exits 75 p8-load --p8 "$D/p8" --lock --wait 0 8>&- </dev/null
	[[ $output == *"process $$ on $(hostname), since 2"*Z*"(the server's connection "* ]] ||
		[[ $output == *"process $BASHPID on $(hostname), since 2"* ]]
	# one who waits can be stopped
	start_migrate 8>&-
	wait_for 'grep -q "^Waiting" "$D/out"'
	kill -TERM "$PID"
	ends 75
	exec 8>&-
	wait "$HOLDER"
	[ -z "$(dbq p8 "select value from au_p7m_meta where name = 'run'")" ]
}

@test "lists that were deleted are made again" {
	need_long
	migrate --quiet
	cp -r "$D/state" "$D/before"
	rm -r "$D/state"
	migrate --quiet
	diff "$D/before/migrated-users" "$D/state/migrated-users"
	diff <(jq 'del(.time)' "$D/before/migration") <(jq 'del(.time)' "$D/state/migration")
}

@test "a value that P8 cannot hold is corrected as p7-migration(7) shows" {
	db p7 -e "update wm_awm_settings s join wm_awm_accounts a using (id_user)
		set s.custom_fields = repeat('c', 256) where a.email = 'anna.weber@linden.example'"
	exits 1 migrate --user anna.weber@linden.example
	cd "$D"
	p8-load --p8 p8 --describe >target.json
	sed -n '/^\.Ss Correcting rejected/,/^\.Ed/p' "$REPO/man/p7-migration.7" |
		sed -n '/^\.Bd/,/^\.Ed/{/^\./!p}' | sed -e 's/\\e$/\\/' -e 's/anna@/anna.weber@/' \
		-e "s,/var/www/p7,$P7,; s,/var/www/p8,$D/p8,; s,p7-migration/,state/," \
		-e "s/^vi/sed -i 's:c\\\\{256\\\\}:short:'/" \
		-e "s,^p7-migrate,$REPO/scripts/migrate --state state --user anna.weber@linden.example," >script
	cat script
	exits 0 bash -e -o pipefail script
	exits 0 migrate --user anna.weber@linden.example
	tail -n 1 <<<"$output" | grep '^All in P8: .*, 2 calendars with .* 0 rejects; verified\.$'
	[ "$(dbq p8 "select count(*) from au_eav_attributes_string where name = 'CustomFields'
		and value = 'short'")" = 1 ]
}
