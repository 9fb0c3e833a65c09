# What people do with scripts/migrate over the days of a migration.

load server

setup_file() {
	S=$(mktemp -d "${TMPDIR:-/tmp}/p7m.XXXXXX")
	export S
	server_start "$S/server"
}

teardown_file() {
	server_stop
	rm -rf "$S"
}

setup() {
	D=$(mktemp -d "$S/t.XXXXXX")
	db -e 'drop database if exists p8; drop database if exists p7'
	make_sample_p7 "$D/p7" p7
	make_blank_p8 "$D/p8" p8
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$D/p7" --p8 "$D/p8" --state "$D/state" "$@"
}

users_in_p8() {
	dbq p8 "select count(*) from au_eav_entities where entity_type like '%Core%User'"
}

objects_of() {
	dbq p8 "select count(*) from au_adav_calendarobjects o join au_adav_calendarinstances i
		using (calendarid) where i.principaluri = 'principals/$1' and i.access = 1"
}

@test "users of a domain, whatever the case" {
	run migrate --domain MIR.test
	echo "$output"
	[ "$status" = 0 ]
	n=$(dbq p7 "select count(*) from wm_awm_accounts where def_acct = 1 and mailing_list = 0
		and email like '%@mir.test'")
	[ "$(users_in_p8)" = "$n" ]
	[ "$(grep -c '@mir.test$' "$D/state/migrated-users")" = "$n" ]
	run migrate --domain gast.test --user anna.weber@linden.example --quiet
	[ "$status" = 0 ]
	grep -qx anna.weber@linden.example "$D/state/migrated-users"
	run migrate --domain nowhere.test
	echo "$output"
	[ "$status" = 66 ]
	run migrate --domain mir.test --users /dev/null
	[ "$status" = 64 ]
}

@test "--update brings who is new and lists who changed; --redo brings him again" {
	migrate --quiet --domain linden.example
	run migrate --update
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
	[ ! -s "$D/state/changed-users" ]
	db p7 -e "update wm_awm_settings s join wm_awm_accounts a using (id_user)
		set s.msgs_per_page = s.msgs_per_page + 7 where a.email = 'anna.weber@linden.example'"
	run migrate --update
	echo "$output"
	[ "$status" = 0 ]
	[ "$(cat "$D/state/changed-users")" = anna.weber@linden.example ]
	grep -q '^Changed in P7 after the migration: 1 user,' <<<"$output"
	objects=$(objects_of anna.weber@linden.example)
	[ "$objects" -ge 1 ]
	run migrate --redo anna.weber@linden.example
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 11 ]
	[ "$(objects_of anna.weber@linden.example)" = "$objects" ]
	migrate --update --quiet
	[ ! -s "$D/state/changed-users" ]
}

@test "--from-scratch takes everything back first" {
	migrate --quiet
	run migrate --from-scratch --user ivan.petrov@mir.test
	echo "$output"
	[ "$status" = 0 ]
	[ "$(users_in_p8)" = 1 ]
}

@test "--reset says what it means, and wants --yes" {
	migrate --quiet --user ivan.petrov@mir.test
	run migrate --reset
	echo "$output"
	[ "$status" = 64 ]
	grep -q -- '--yes' <<<"$output"
	[ -n "$(dbq p8 "show tables like 'au\\_p7m\\_users'")" ]
	run migrate --reset --yes
	echo "$output"
	[ "$status" = 0 ]
	[ -z "$(dbq p8 "show tables like 'au\\_p7m\\_users'")" ]
	[ "$(users_in_p8)" = 1 ]
	[ ! -e "$D/state/migrated-users" ]
}

@test "lists that were deleted are made again" {
	migrate --quiet
	cp -r "$D/state" "$D/before"
	rm -r "$D/state"
	migrate --quiet
	diff "$D/before/migrated-users" "$D/state/migrated-users"
	diff <(jq 'del(.time)' "$D/before/migration") <(jq 'del(.time)' "$D/state/migration")
}
