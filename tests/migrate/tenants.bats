# P7's tenants: of a P8 for several they become tenants, otherwise they are reported.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" p7
	# mir is a tenant; Anna's calendar is shared with everybody, and so is Ivan's
	dbq p7 "insert into wm_awm_tenants (id_tenant, login, password, description, quota, email,
			hd_facebook_secret, user_count_limit) values
			(7, 'mir', '5f4dcc3b5aa765d61d8327deb882cf99', 'Мир', 500, 'admin@mir.test', 'hush', 10);
		update wm_awm_domains set id_tenant = 7 where name = 'mir.test';
		update wm_awm_accounts set id_tenant = 7 where email like '%@mir.test';
		insert into wm_adav_calendarshares (calendarid, member, status, readonly) values (3, 8, 4, 1)"
	mkdir -p "$S/p7/data/files/corporate/7"
	echo мир >"$S/p7/data/files/corporate/7/mir.txt"
}

setup() {
	fresh_p8
}

several() {
	sed -i 's/"EnableMultiTenant": \[false/"EnableMultiTenant": [true/' \
		"$D/p8/data/settings/config.json"
}

# shellcheck disable=SC2120
migrate() {
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$D/p8" --state "$D/state" --quiet "$@"
}

# Users and the tenant that their attribute, their parent and their team contact name.
members() {
	dbq p8 "select n.value, t.value, tp.value, tc.value from au_eav_entities u
		join au_eav_attributes_string n on n.id_entity = u.id and n.name = 'PublicId'
		join au_eav_attributes_int i on i.id_entity = u.id and i.name = 'IdTenant'
		join au_eav_attributes_string t on t.id_entity = i.value and t.name = 'Name'
		join au_eav_entities p on p.uuid = u.parent_uuid
		join au_eav_attributes_string tp on tp.id_entity = p.id and tp.name = 'Name'
		join au_eav_attributes_string c on c.name = 'ViewEmail' and c.value = n.value
		join au_eav_attributes_string cs on cs.id_entity = c.id_entity and cs.name = 'Storage'
			and cs.value = 'team'
		join au_eav_attributes_int ci on ci.id_entity = c.id_entity and ci.name = 'IdTenant'
		join au_eav_attributes_string tc on tc.id_entity = ci.value and tc.name = 'Name'
		where u.entity_type like '%User' order by 1"
}

tenant() {
	dbq p8 "select e.id from au_eav_entities e join au_eav_attributes_string n
		on n.id_entity = e.id and n.name = 'Name' and n.value = '$1'
		where e.entity_type = 'Aurora\\\\Modules\\\\Core\\\\Classes\\\\Tenant'"
}

@test "a tenant that P7 takes for none costs no run: it is reported, its users are in P8's" {
	need_long
	several
	dbq p7 "insert into wm_awm_tenants (id_tenant, login) values (-3, 'below');
		set sql_mode = 'NO_AUTO_VALUE_ON_ZERO';
		insert into wm_awm_tenants (id_tenant, login) values (0, 'zero');
		update wm_awm_accounts set id_tenant = -3 where email = 'karl.old@linden.example'"
	run migrate
	dbq p7 "delete from wm_awm_tenants where id_tenant < 1;
		update wm_awm_accounts set id_tenant = 0 where id_tenant = -3"
	echo "$output"
	[ "$status" = 0 ]
	for n in -3 0; do
		grep '"kind":"WARN".*"tenant-not-carried".*"awm_tenants"' "$D/state/rejects.ndjson" |
			grep -q "P7 takes the number $n for no tenant; if it is one, give it a number above 0"
	done
	members >"$D/members"
	[ "$(grep -c 'mir.test	mir	mir	mir' "$D/members")" = 2 ]
	[ "$(grep -c '	Default	' "$D/members")" = 9 ]
}

@test "a P8 for one tenant: each of P7's is reported, its users are in P8's" {
	need_long
	migrate
	[ "$(members | cut -f 2- | sort -u | xargs)" = 'Default Default Default' ]
	[ "$(jq -r 'select(.code == "tenant-not-carried") | "\(.table) \(.id)"' \
		"$D/state/rejects.ndjson")" = 'awm_tenants 7' ]
}

@test "a P8 for several: tenants with their users, files and shares" {
	several
	run migrate --dry-run
	grep -Eq '^\+ TENANT - [0-9a-f-]{36} mir$' <<<"$output"
	[ -z "$(tenant mir)" ]
	migrate
	members
	[ "$(members | grep -c 'mir	mir	mir$')" = 2 ]
	[ "$(members | grep '@mir.test' | grep -c 'mir	mir	mir$')" = 2 ]
	[ "$(members | grep -c 'Default	Default	Default$')" = 9 ]
	id=$(tenant mir)
	own=$(tenant Default)
	[ "$(dbq p8 "select name, value from au_eav_attributes_int where id_entity = $id order by 1" |
		xargs)" = "Files::TenantSpaceLimitMb 500 IdChannel $(dbq p8 "select value from
		au_eav_attributes_int where id_entity = $own and name = 'IdChannel'") UserCountLimit 10" ]
	[ "$(dbq p8 "select value from au_eav_attributes_string where id_entity = $id
		and name = 'Description'")" = Мир ]
	# contacts are the tenant's, too
	[ "$(dbq p8 "select count(*) from au_eav_attributes_int t join au_eav_attributes_string s
		on s.id_entity = t.id_entity and s.name = 'Storage' and s.value = 'personal'
		where t.name = 'IdTenant' and t.value = $id")" -gt 0 ]
	# everybody is everybody of the owner's tenant
	[ "$(dbq p8 "select principaluri from au_adav_calendarinstances
		where principaluri like '%dav\\_tenant%' order by 1" | sort | xargs)" = "$(printf \
		'principals/%s_dav_tenant_user@localhost\n' "$own" "$id" | sort | xargs)" ]
	[ "$(cat "$D/p8/data/files/corporate/$id/mir.txt")" = мир ]
	[ -e "$D/p8/data/files/corporate/$own/Handbook.txt" ]
	[ "$(jq -r 'select(.code == "tenant-administrator") | "\(.table) \(.id)"' \
		"$D/state/rejects.ndjson")" = 'awm_tenants 7' ]
	# no secret of the tenant's goes anywhere
	run ! grep -rq 'hush\|5f4dcc3b5aa765d61d8327deb882cf99' "$D/state"
	# again: nothing is new; and back
	migrate
	[ "$(tenant mir)" = "$id" ]
	p8-load --p8 "$D/p8" --verify -q
	p8-load --p8 "$D/p8" --undo --all --yes --force
	[ -z "$(tenant mir)" ]
	[ "$(tenant Default)" = "$own" ]
}

# The statement is the first of its kind in a run without TENANT records, so that the proxy changes this
# look-up alone, and nothing else goes wrong afterwards.
@test "A11: a tenant that cannot be looked up ends the run, and none of its files goes elsewhere" {
	several
	p8-load --p8 "$D/p8" --describe -q -o "$D/target"
	p7-extract --p7 "$S/p7" --without calendars | p7-transform --target "$D/target" | dav-schema-upgrade records -o "$D/stream"
	grep -v '"kind":"FILE".*"root":"corporate"' "$D/stream" >"$D/tenants"
	jq -c 'select(.kind == "HEADER" or .kind == "END" or .root == "corporate")' "$D/stream" >"$D/files"
	chmod 600 "$D"/*
	run p8-load --p8 "$D/p8" --edited -q "$D/tenants"
	[ "$status" -le 1 ]
	id=$(tenant mir)
	python3 "$TESTS/proxy.py" "$D/proxy" "$SOCKET" / 'SELECT entity FROM' 'SELECT nobody FROM' 3>&- &
	proxy=$!
	wait_for '[ -S "$D/proxy" ]'
	run p8-load --p8 "$D/p8" --edited -q --db-socket "$D/proxy" "$D/files"
	kill "$proxy"
	echo "$status: $output"
	find "$D/p8/data"
	[ "$status" = 78 ]
	grep -q "P8's tenant for P7's tenant:[07]: .*nobody" <<<"$output"
	[ -z "$(find "$D/p8/data/files" -name mir.txt)" ]
	run p8-load --p8 "$D/p8" --edited -q "$D/stream"
	[ "$(cat "$D/p8/data/files/corporate/$id/mir.txt")" = мир ]
}

@test "P8 has a tenant of that name" {
	need_long
	several
	dbq p8 "insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name) values
		(uuid(), '', 'Aurora\\\\Modules\\\\Core\\\\Classes\\\\Tenant', 'Core');
		insert into au_eav_attributes_string (id_entity, name, value) values
		(last_insert_id(), 'Name', 'Mir')"
	exits 78 migrate
	grep -q 'P8 has a tenant "mir", and so has P7; rename one' <<<"$output"
}
