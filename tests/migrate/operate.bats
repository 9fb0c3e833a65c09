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
	exits 0 migrate --from-scratch --user ivan.petrov@mir.test
	[ "$(users_in_p8)" = 1 ]
}

@test "--reset says what it means, and wants --yes" {
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
