# Which P7 is it?  Two of them with one salt and prefix in one P8, a P7 that lives on, users who were
# renamed in P7, and ledgers that know a P7 by an earlier id.
# not sanitized

load ../site

setup_file() {
	umask 077
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
}

setup() {
	umask 077
	fresh_p8
	db -e 'drop database if exists p7; create database p7'
	db p7 <"$TESTS/sample/p7-schema.sql"
	db p7 <"$TESTS/sample/p7-data.sql"
}

sql() {
	dbq p8 "$1"
}

id_of() {
	p7-extract --p7 "${1:-$S/p7}" --only settings "${@:2}" | head -n 1 | jq -r .source.id
}

# rename TABLE-WIDE: everybody of database $1 gets another domain.
move_everybody() {
	dbq "$1" "update wm_awm_accounts set email = replace(email, '.example', '.other'),
		mail_inc_login = replace(mail_inc_login, '.example', '.other')"
	dbq "$1" "update wm_awm_accounts set email = replace(email, '.test', '.other')"
	dbq "$1" "update wm_adav_principals set uri = replace(replace(uri, '.example', '.other'), '.test',
		'.other')"
	dbq "$1" "update wm_adav_calendars set principaluri = replace(replace(principaluri, '.example',
		'.other'), '.test', '.other')"
	dbq "$1" "update wm_adav_addressbooks set principaluri = replace(replace(principaluri,
		'.example', '.other'), '.test', '.other')"
}

# A second P7 of the same salt and prefix, in the database other.
other_p7() {
	rm -rf "$D/other"
	db -e 'drop database if exists other'
	make_sample_p7 "$D/other" other
	cmp "$S/p7/data/salt.php" "$D/other/data/salt.php"
}

migrate_other() {
	"$REPO/scripts/migrate" --p7 "$D/other" --p8 "$D/p8" --state "$D/state2" "$@"
}

@test "E08: the id stays while P7 lives on, and is another one for another P7" {
	need_long
	local id
	id=$(id_of)
	[ "$(p7-extract --p7 "$S/p7" --only calendars | head -n 1 | jq -r .source.id)" = "$id" ]
	[ "$(p7-extract --p7 "$S/p7" --list-users --ids | cut -f 1 | sort -u)" = "$id" ]
	# names, contents, new users and times of login change
	move_everybody p7
	dbq p7 "update wm_awm_settings set last_login = now(), logins_count = logins_count + 1, def_lang = 'x';
		insert into wm_awm_accounts (id_user, def_acct, email) values (9000, 1, 'new@new.test');
		delete from wm_awm_addr_book"
	[ "$(id_of)" = "$id" ]
	# another salt, database, or content
	other_p7
	[ "$(id_of "$D/other")" != "$id" ]
	[ "$(id_of "$D/other" --db-name p7)" = "$id" ]
	dbq p7 "update wm_awm_settings set created_time = created_time - interval 1 day"
	[ "$(id_of)" != "$id" ]
	# what somebody says comes first; an id is taken as it is
	[ "$(id_of "$S/p7" --source-id "$id")" = "$id" ]
	[ "$(id_of "$S/p7" --source-id x)" = "$(id_of "$D/other" --source-id x)" ]
}

@test "E08: two P7 with one salt and prefix in one P8: nobody touches the other one's users" {
	local before
	other_p7
	move_everybody other
	dbq other "update wm_awm_accounts set email = 'li.wei@hafen.example' where email = 'li.wei@hafen.other'"
	migrate --quiet || [ $? = 1 ]
	[ "$(sql "select count(*) from au_p7m_users where state = 'done' and not principal")" = 11 ]
	before=$(sql "select source, source_user, uuid, entity, email from au_p7m_users order by id")
	exits 1 migrate_other
	[[ $output == *"another P7 with the same salt and prefix (database p7,"* ]]
	# both have a user of that name: the first one stays, the other is named
	jq -r 'select(.code == "user-other-source") | .user, .reason' "$D/state2/rejects.ndjson" >"$D/rejects"
	grep -qx li.wei@hafen.example "$D/rejects"
	grep -q 'brought from another P7' "$D/rejects"
	[ "$(sql "select count(*) from au_p7m_users where state = 'done' and not principal")" = 21 ]
	[[ $output == *"Not all in P8: 10 of 11 users of P7"* ]]
	grep -q li.wei@hafen.example "$D/state2/not-migrated-users"
	lacks li.wei@hafen.example "$D/state2/migrated-users"
	# of the second run, P7 is known and nothing is said
	exits 1 migrate_other
	[[ $output != *"with the same salt"* ]]
	# brought again, one and all: of the first P7 nothing moves
	exits 1 migrate_other --redo anna.weber@linden.other --redo li.wei@hafen.example
	[ "$(sql "select source, source_user, uuid, entity, email from au_p7m_users
		where source = '$(id_of)' order by id")" = "$before" ]
	exits 1 migrate_other --from-scratch --yes
	[ "$(sql "select source, source_user, uuid, entity, email from au_p7m_users
		where source = '$(id_of)' order by id")" = "$before" ]
	[ "$(sql "select count(*) from au_p7m_users where state = 'done' and not principal")" = 21 ]
	p8-load --p8 "$D/p8" --verify --quiet
	# by hand, too; a name alone is that of the user in P8
	p8-load --p8 "$D/p8" --undo --all --yes --force --quiet --source "$(id_of "$D/other")" >"$D/out"
	grep -q 'corporate files stay' "$D/out"
	[ "$(sql "select source, source_user, uuid, entity, email from au_p7m_users order by id")" = "$before" ]
	exits 1 p8-load --p8 "$D/p8" --undo --source "$(id_of "$D/other")" li.wei@hafen.example
	[[ $output == *"not in the ledger"* ]]
	exits 64 p8-load --p8 "$D/p8" --undo --source x li.wei@hafen.example
	exits 64 p8-load --p8 "$D/p8" --verify --source "$(id_of)"
	p8-load --p8 "$D/p8" --verify --quiet
}

@test "E08: a ledger that has P7 by an earlier id is found again" {
	need_long
	local base header
	migrate --quiet || [ $? = 1 ]
	# as an earlier release made it: of salt and prefix
	base=$(sql "select header from au_p7m_runs limit 1" | jq -r .source.base)
	header=$(sql "select header from au_p7m_runs limit 1" | jq -c ".source.id = \"$base\" |
		del(.source.base, .source.oldest)" | sed "s/'/''/g; s/\\\\/\\\\\\\\/g")
	sql "update au_p7m_runs set header = '$header'; update au_p7m_users set source = '$base'"
	exits 0 migrate
	[[ $output == *"Users: 11, in P8 already 11"* ]]
	[ "$(sql "select distinct source from au_p7m_users")" = "$base" ]
	# by hand it is said what to do, before anything is written
	p8-load --p8 "$D/p8" --describe >"$D/target"
	p7-extract --p7 "$S/p7" --without files | p7-transform --target "$D/target" | dav-schema-upgrade records >"$D/p8.ndjson" || [ $? = 1 ]
	exits 78 p8-load --p8 "$D/p8" "$D/p8.ndjson"
	[[ $output == *"p7-extract --source-id $base"* ]]
	[ "$(id_of "$S/p7" --known-sources "$(jq -c .sources "$D/target")")" = "$base" ]
	exits 64 p7-extract --p7 "$S/p7" --known-sources '{'
}

@test "E08: the oldest user leaves P7, and P7 is the same; moved to another database it is asked for" {
	need_long
	local id
	migrate --quiet || [ $? = 1 ]
	id=$(sql "select distinct source from au_p7m_users")
	dbq p7 "set @u = (select min(id_user) from wm_awm_accounts where def_acct = 1);
		delete from wm_awm_accounts where id_user = @u; delete from wm_awm_settings where id_user = @u"
	[ "$(id_of)" != "$id" ]
	exits 0 migrate
	[[ $output == *"Users: 10, in P8 already 10"* ]]
	[ "$(sql "select distinct source from au_p7m_users")" = "$id" ]
	# restored by another name: a copy that lives on by itself, or the same one?
	other_p7
	exits 1 migrate_other --without calendars,files
	[[ $output == *"give p7-migrate or p7-extract --source-id $id"* ]]
	[ "$(jq -r 'select(.code == "user-other-source") | .remedy' "$D/state2/rejects.ndjson" |
		grep -c -- "--source-id $id")" = 11 ]
	[ "$(sql "select count(*) from au_p7m_users where state = 'done' and not principal and source = '$id'")" = 11 ]
	p8-load --p8 "$D/p8" --verify --quiet
}

@test "C19: who was renamed in P7 is named, the others go on" {
	migrate --quiet --user anna.weber@linden.example --user li.wei@hafen.example || [ $? = 1 ]
	dbq p7 "update wm_awm_accounts set email = 'anna.stein@linden.example'
		where email = 'anna.weber@linden.example'"
	exits 1 migrate
	[[ $output != *map-users* ]]
	[ "$(sql "select count(*) from au_p7m_users where state = 'done' and not principal")" = 11 ]
	jq -r 'select(.code == "user-other-name") | .user, .reason, .remedy' "$D/state/rejects.ndjson" >"$D/said"
	cat "$D/said"
	[ "$(head -n 1 "$D/said")" = anna.stein@linden.example ]
	grep -q "in P8 as anna.weber@linden.example: renamed in P7, or of another installation with the same salt" "$D/said"
	grep -q "p8-load --p8 DIR --undo 'anna.weber@linden.example'" "$D/said"
	grep -q anna.stein@linden.example "$D/state/not-migrated-users"
	[ "$(wc -l <"$D/state/not-migrated-users")" = 1 ]
	p8-load --p8 "$D/p8" --verify --quiet
	# nothing is advised that touches the other user, and a redo does not
	exits 1 migrate --redo anna.stein@linden.example
	[ "$(sql "select state from au_p7m_users where email = 'anna.weber@linden.example'")" = 'done' ]
	# what a dry run says
	exits 1 migrate --dry-run
	[[ $output == *"- USER anna.stein@linden.example: user-other-name"* ]] ||
		grep -q 'user-other-name' <<<"$output"
	# the remedies: a line that keeps the name, or to be taken back and come by the new name
	printf 'anna.stein@linden.example\tanna.weber@linden.example\n' >"$D/map"
	exits 0 migrate --map-users "$D/map"
	[ -z "$(jq -r 'select(.code == "user-other-name") | .user' "$D/state/rejects.ndjson")" ]
	p8-load --p8 "$D/p8" --undo anna.weber@linden.example --quiet
	migrate --quiet || [ $? = 1 ]
	[ -z "$(jq -r 'select(.code == "user-other-name") | .user' "$D/state/rejects.ndjson")" ]
	grep -qx anna.stein@linden.example "$D/state/migrated-users"
}

@test "C19: with a list of new names: renamed in P7 is told from a list that changed" {
	need_long
	printf 'anna.weber@linden.example\tanna@neu.test\n' >"$D/map"
	migrate --quiet --map-users "$D/map" --user anna.weber@linden.example || [ $? = 1 ]
	[ "$(p8-load --p8 "$D/p8" --list renamed | cut -f 3-)" = $'anna@neu.test\tanna.weber@linden.example' ]
	# the list was forgotten: everybody might get a wrong name
	exits 65 migrate
	[[ $output == *map-users* ]]
	# renamed in P7 meanwhile
	dbq p7 "update wm_awm_accounts set email = 'anna.stein@linden.example'
		where email = 'anna.weber@linden.example'"
	exits 1 migrate
	grep -q "in P8 as anna@neu.test: renamed in P7" "$D/state/rejects.ndjson"
	[ "$(sql "select count(*) from au_p7m_users where state = 'done' and not principal")" = 11 ]
	p8-load --p8 "$D/p8" --undo anna@neu.test --quiet
	[ -z "$(p8-load --p8 "$D/p8" --list renamed)" ]
}

@test "C19: the programs by hand, in the middle of a load and after it" {
	need_long
	p8-load --p8 "$D/p8" --describe >"$D/target"
	p7-extract --p7 "$S/p7" --without files | p7-transform --target "$D/target" | dav-schema-upgrade records >"$D/1" || [ $? = 1 ]
	p8-load --p8 "$D/p8" --quiet "$D/1" || [ $? = 1 ]
	dbq p7 "update wm_awm_accounts set email = 'anna.stein@linden.example'
		where email = 'anna.weber@linden.example'"
	p7-extract --p7 "$S/p7" --without files | p7-transform --target "$D/target" | dav-schema-upgrade records >"$D/2" || [ $? = 1 ]
	sql "update au_p7m_users set state = 'loading' where email = 'anna.weber@linden.example'"
	bytes_of_p8 >"$D/before"
	exits 1 p8-load --p8 "$D/p8" --quiet --rejects "$D/rejects" "$D/2"
	bytes_of_p8 | cmp "$D/before"
	[ "$(jq -r 'select(.code == "user-other-name") | .user' "$D/rejects")" = anna.stein@linden.example ]
	# letter case is no other name
	sql "update au_p7m_users set state = 'done' where email = 'anna.weber@linden.example'"
	dbq p7 "update wm_awm_accounts set email = 'Anna.Weber@linden.example'
		where email = 'anna.stein@linden.example'"
	p7-extract --p7 "$S/p7" --without files | p7-transform --target "$D/target" | dav-schema-upgrade records >"$D/3" || [ $? = 1 ]
	p8-load --p8 "$D/p8" --quiet --rejects "$D/rejects" "$D/3" || [ $? = 1 ]
	[ -z "$(jq -r 'select(.code == "user-other-name") | .user' "$D/rejects")" ]
}
