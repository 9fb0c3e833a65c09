# What the vendor's script drops: carried where P8 has a place for it, counted where it has none.
# not sanitized but for --long: the servers take the time

load ../site

setup_file() {
	server_start "$S/server"
	make_sample_p7 "$S/p7" carried
	# one dump to begin each test with
	mariadb-dump --no-defaults --socket="$SOCKET" --user=root carried >"$S/p7.sql"
}

setup() {
	db carried <"$S/p7.sql"
}

sql() {
	db carried -e "$1"
}

# left [OPTION...]: "TABLE: REASON" of each WARN "not-carried".
left() {
	p7-extract --p7 "$S/p7" "$@" -o "$S/out" || [ $? = 1 ]
	jq -r 'select(.kind == "WARN" and .code == "not-carried") | "\(.table): \(.reason)"' \
		"$S/out"
}

# migrate_all [OPTION...]: the whole of P7 into a blank P8 in $D/p8; its rejects are in $D/rejects.
migrate_all() {
	fresh_p8
	migrate_again "$@"
}

migrate_again() {
	local status=0
	migrate "$@" || status=$?
	cp "$D/state/rejects.ndjson" "$D/rejects"
	return "$status"
}

# of EMAIL TYPE NAME: the value of a user's attribute.
of() {
	dbq p8 "select a.value from au_eav_attributes_$2 a join au_eav_attributes_string p
		on p.id_entity = a.id_entity and p.name = 'PublicId'
		where p.value = '$1' and a.name = '$3'"
}

@test "what has no place in P8 is counted, one WARN a kind" {
	sql "insert into wm_awm_fetchers (id_acct, id_user, inc_password)
			values (1, 1, 'hunter2-secret'), (2, 2, 'x');
		insert into wm_awm_mailaliases (alias_name, alias_to) values ('a', 'b');
		insert into wm_awm_mailforwards (forward_name, forward_to) values ('a', 'b');
		insert into wm_awm_mailinglists (list_name, list_to) values ('a', 'b');
		insert into wm_awm_accounts (mailing_list, email) values (1, 'list@linden.example');
		insert into wm_awm_channels (login) values ('c');
		insert into wm_awm_subscriptions (name) values ('s');
		insert into wm_awm_tenant_socials (social_name) values ('google');
		insert into wm_ahd_users (email) values ('h@help.test');
		insert into wm_ahd_threads (subject) values ('t');
		insert into wm_ahd_posts (text) values ('p');
		insert into wm_ahd_attachments (file_name) values ('f');
		insert into wm_awm_messages (subject) values ('m');
		insert into wm_awm_messages_body (id_msg) values (1);
		insert into wm_awm_filters (filter) values ('f');
		insert into wm_acal_calendars (calendar_name) values ('c');
		insert into wm_acal_events (event_name) values ('e');
		insert into wm_awm_folders_order_names (id_acct) values (1);
		insert into wm_awm_addr_groups_events (id_group) values (1);
		insert into wm_awm_min (hash_id, hash, data) values
			('h', 'abc', '{\"AccountType\":\"hd\",\"Account\":1}'), ('i', 'abd', '{}'),
			('j', 'abe', '{\"Account\":999}'), ('k', 'abf', NULL);
		update wm_awm_accounts set custom_fields = 'a:0:{}', allow_mail = 0, quota = 1000,
			is_password_specified = 0 where id_acct = 2;
		update wm_awm_settings set compose_plain_text_default = 1, autosign_outgoing_emails = 1,
			twilio_number = '1', helpdesk_signature = 'x' where id_user = 2"
	run left
	echo "$output"
	while read -r n what; do
		grep -q ": $n rows\? not carried: $what" <<<"$output"
	done <<-'E'
		2 fetchers
		1 aliases
		1 forwards
		1 addresses of mailing lists
		1 mailing lists
		1 channels
		1 subscriptions
		1 tenants' keys
		1 users of the helpdesk
		1 threads
		1 posts
		1 attachments
		1 messages of version
		1 whole messages
		1 filters
		1 calendars of version 5
		1 events of version 5
		1 names in the order
		1 events of groups
		4 public links
		1 senders whose
		1 custom fields of accounts
		1 marks that an account has no mailbox
		1 marks that P7 does not know
		2 marks that hide users
		1 quotas
		1 marks that mail is written
		1 marks that mail is signed
		1 numbers of telephones
		1 signatures for the helpdesk
	E
	# Counts only: no secret, and something to do.
	run ! grep -q hunter2-secret "$S/out"
	[ "$(jq 'select(.code == "not-carried") | .done | startswith("left in P7: ")' "$S/out" |
		sort -u)" = true ]
}

@test "once in a run of shards, never for some users" {
	need_long
	[ "$(left --shard 1/2 | grep -c '^awm_senders')" = 1 ]
	[ "$(left --shard 2/2 | wc -l)" = 0 ]
	run left --user anna.weber@linden.example
	[ -z "$output" ]
}

@test "a table that P7 does not have is nothing to report" {
	sql "insert into wm_awm_fetchers (id_acct) values (1)"
	[ "$(left | grep -c '^awm_fetchers')" = 1 ]
	sql "drop table wm_awm_fetchers, wm_awm_senders, wm_awm_min, wm_twofa_accounts"
	run left --absent wm_awm_senders --absent wm_awm_min
	echo "$output"
	[ "$(grep -c 'fetchers\|senders\|awm_min\|twofa' <<<"$output")" = 0 ]
}

@test "secrets are in P7's codec in the P7 stream, encrypted in the P8 stream" {
	p7-extract --p7 "$S/p7" -o "$D/p7.ndjson"
	[ "$(jq -r 'select(.kind == "TWO_FACTOR") | .data_value' "$D/p7.ndjson")" = \
		4a08191d13790e1a0f021a01791a121a ]
	run ! grep -q JBSWY3DPEHPK3PXP "$D/p7.ndjson"
	make_blank_p8 "$D/p8" secrets
	p8-load --p8 "$D/p8" --describe >"$D/target"
	p7-transform --target "$D/target" "$D/p7.ndjson" -o "$D/p8.ndjson" || [ $? = 1 ]
	run ! grep -q JBSWY3DPEHPK3PXP "$D/p8.ndjson"
	db -e 'drop database secrets'
}

@test "safe senders, the second factor, templates and public links are in P8" {
	migrate_all --quiet
	[ "$(dbq p8 "select s.value, p.value from au_eav_entities e
		join au_eav_attributes_string s on s.id_entity = e.id and s.name = 'Email'
		join au_eav_attributes_int i on i.id_entity = e.id and i.name = 'IdUser'
		join au_eav_attributes_string p on p.id_entity = i.value and p.name = 'PublicId'
		where e.entity_type = 'Aurora\\\\Modules\\\\Mail\\\\Classes\\\\Sender' order by 1" | xargs)" = \
		'biblio@mir.test ivan.petrov@mir.test newsletter@laden.test anna.weber@linden.example' ]
	[ "$(of anna.weber@linden.example bool TwoFactorAuth::IsEncryptedSecret)" = 1 ]
	[ -n "$(of anna.weber@linden.example string TwoFactorAuth::Secret)" ]
	[ -z "$(of ivan.petrov@mir.test string TwoFactorAuth::Secret)" ]
	[ "$(dbq p8 "select count(*) from au_eav_attributes_int t join au_eav_attributes_string f
		on f.id_entity = t.id_entity and f.name = 'FolderFullName' and f.value = 'Vorlagen'
		where t.name = 'Type' and t.value = 8")" = 1 ]
	# P8 looks for a link of a file by the MD5 of the MD5 of user, storage and place
	id=$(printf %s 'anna.weber@linden.example|personal||Rechnungen' | md5sum | cut -d' ' -f1)
	[ "$(dbq p8 "select m.hash, p.value from au_min_hashes m join au_eav_attributes_string p
		on p.id_entity = m.user_id and p.name = 'PublicId'
		where m.hash_id = '$(printf %s "$id" | md5sum | cut -d' ' -f1)'" | xargs)" = \
		'Rechnung01 anna.weber@linden.example' ]
	dbq p8 "select data from au_min_hashes where hash = 'Rechnung01'" >"$D/data"
	[ "$(jq -c --arg id "$id" '. == {UserId: "anna.weber@linden.example", Type: "personal",
		Path: "", Name: "Rechnungen", Size: 0, IsFolder: true, __hash_id__: $id,
		__hash__: "Rechnung01", __time__: 1672531200, __time_update__: 1672531200}' \
		"$D/data")" = true ]
	[ "$(dbq p8 "select data from au_min_hashes where hash = 'Plan02Plan'" |
		jq -r '.Path + "/" + .Name')" = '/Документы/план.txt' ]
}

@test "public links: verified, undone with their user, never over P8's own" {
	need_long
	migrate_all --quiet
	p8-load --p8 "$D/p8" --verify -q
	dbq p8 "update au_min_hashes set data = '{}' where hash = 'Plan02Plan'"
	exits 1 p8-load --p8 "$D/p8" --verify
	[[ $output == *"ivan.petrov@mir.test PUBLIC_LINK: as many"* ]]
	exits 1 p8-load --p8 "$D/p8" --undo ivan.petrov@mir.test
	[[ $output == *"PUBLIC_LINK: changed in P8"* ]]
	p8-load --p8 "$D/p8" --undo --force ivan.petrov@mir.test
	p8-load --p8 "$D/p8" --undo --force anna.weber@linden.example
	[ "$(dbq p8 'select count(*) from au_min_hashes')" = 0 ]
	[ "$(dbq p8 'select count(*) from au_p7m_links')" = 0 ]
	# somebody's link in P8 has the address meanwhile
	dbq p8 "insert into au_min_hashes (hash_id, hash, data) values ('x', 'rechnung01', '{}')"
	exits 1 migrate_again --quiet
	[ "$(jq -r 'select(.code == "link-exists") | .user' "$D/state/rejects.ndjson")" = \
		anna.weber@linden.example ]
	[ "$(dbq p8 'select hash from au_min_hashes order by 1' | xargs)" = 'Plan02Plan rechnung01' ]
	[ "$(dbq p8 "select data from au_min_hashes where hash = 'rechnung01'")" = '{}' ]
}

@test "public links that P7 has more than once, or whose addresses P8 cannot tell apart" {
	need_long
	sql "create temporary table links select * from wm_awm_min;
		insert into wm_awm_min select * from links where hash = 'Rechnung01';
		insert into wm_awm_min select '', upper(hash), replace(data, '.txt', '.csv')
			from links where hash = 'Plan02Plan'"
	exits 1 migrate_all --quiet
	[ "$(jq -r 'select(.code | startswith("link-")) | "\(.code) \(.kind) \(.user)"' \
		"$D/rejects" | sort)" = "link-exists REJECT ivan.petrov@mir.test
link-repeated WARN anna.weber@linden.example" ]
	[ "$(dbq p8 'select hash from au_min_hashes order by 1' | xargs)" = 'PLAN02PLAN Rechnung01' ]
}

@test "a P8 of 8.3 without a column for the user; modules that are not there" {
	need_long
	fresh_p8
	dbq p8 'alter table au_min_hashes drop column user_id'
	echo 8.3.20 >"$D/p8/VERSION"
	migrate_again --quiet
	[ "$(dbq p8 'select count(*) from au_min_hashes')" = 2 ]
	[ "$(of anna.weber@linden.example string TwoFactorAuth::Secret)" = JBSWY3DPEHPK3PXP ]
	[ -z "$(of anna.weber@linden.example bool TwoFactorAuth::IsEncryptedSecret)" ]
	db -e 'drop database p8'
	rm -rf "$D/p8" "$D/state"
	make_blank_p8 "$D/p8" p8
	rmdir "$D/p8/modules/TwoFactorAuth" "$D/p8/modules/Min"
	migrate_again --quiet
	[ "$(dbq p8 'select count(*) from au_min_hashes')" = 0 ]
	[ "$(jq -r 'select(.code == "not-carried" and .user != null) | [.user, .table] | join(" ")' \
		"$D/rejects" | sort | xargs)" = "anna.weber@linden.example awm_min \
anna.weber@linden.example twofa_accounts ivan.petrov@mir.test awm_min" ]
}

@test "second factors that P8 cannot have are named" {
	need_long
	sql "update wm_twofa_accounts set auth_type = 'authy' where account_id = 1;
		insert into wm_twofa_accounts (account_id, auth_type, data_value) values
			(21, 'google', 'AAAA'), (3, 'google', 'BBBB'), (3, 'google', 'CCCC')"
	migrate_all --quiet
	[ -z "$(of anna.weber@linden.example string TwoFactorAuth::Secret)" ]
	[ -n "$(of ivan.petrov@mir.test string TwoFactorAuth::Secret)" ]
	[ "$(jq -r 'select(.table == "twofa_accounts") | .user' "$D/rejects" | sort | uniq -c |
		xargs)" = '2 anna.weber@linden.example 1 ivan.petrov@mir.test' ]
}

@test "users of a disabled domain are disabled; what they set for themselves" {
	need_long
	sql "update wm_awm_domains set disabled = 1 where name = 'mir.test';
		update wm_awm_settings set layout = 1, allow_change_input_direction = 1,
			allow_autosave_in_drafts = 0, enable_open_pgp = 1 where id_user = 1"
	migrate_all --quiet
	[ "$(of ivan.petrov@mir.test bool IsDisabled)" = 1 ]
	[ "$(of anna.weber@linden.example bool IsDisabled)" = 0 ]
	[ "$(jq -r 'select(.code == "domain-disabled") | .table' "$D/rejects")" = awm_domains ]
	[ "$(of anna.weber@linden.example bool MailWebclient::HorizontalLayout)" = 1 ]
	[ "$(of anna.weber@linden.example bool MailWebclient::AllowChangeInputDirection)" = 1 ]
	[ "$(of anna.weber@linden.example bool Mail::AllowAutosaveInDrafts)" = 0 ]
	[ -z "$(of ivan.petrov@mir.test bool MailWebclient::HorizontalLayout)" ]
	[ -z "$(of ivan.petrov@mir.test bool Mail::AllowAutosaveInDrafts)" ]
}

@test "the guide has an entry for every table of P7" {
	schema=$TESTS/sample/p7-schema.sql
	tables=$(sed -n 's/^create table wm_\([a-z0-9_]*\) .*/\1/ip' "$schema" | sort -u)
	[ "$(wc -l <<<"$tables")" = 62 ]
	# names of tables in the list of tables, one a word
	sed -n '/^.Sh WHAT BECOMES/,/^.Sh DAMAGED/p' "$TESTS/../man/p7-migration.7" |
		grep '^\.It ' | grep -o '[a-z0-9]*_[a-z0-9_]*' | sort -u >"$D/guide"
	while read -r table; do
		grep -Fqx "$table" "$D/guide" || {
			echo "man/p7-migration.7 does not say what becomes of $table"
			return 1
		}
	done <<<"$tables"
	# and the tables of older versions
	cut -f1 "$TESTS/variants/columns.tsv" | grep '^[a-z]*_' | sort -u >"$D/variants"
	comm -23 "$D/variants" "$D/guide"
	[ -z "$(comm -23 "$D/variants" "$D/guide")" ]
}
