# What a run says at its end is so: "all", "verified", and the counts of users.
# not sanitized: it is about scripts/migrate

load ../site

setup_file() {
	server_start "$S/server"
}

setup() {
	rm -rf "$S/p7"
	db -e 'drop database if exists p7'
	make_sample_p7 "$S/p7" p7
	fresh_p8
}

p7() {
	dbq p7 "$1"
}

p8() {
	dbq p8 "$1"
}

state() {
	jq -c "$1" "$D/state/migration"
}

@test "A04: verified is what this run has found, whatever was rejected before" {
	p7 "update wm_awm_settings set custom_fields = repeat('x', 300) where id_user = 1"
	exits 1 migrate
	grep -q '1 reject; verified\.$' <<<"$output"
	[ "$(state .verified)" = true ]
	p8 "update au_eav_attributes_string set value='Changed' where name='FullName' limit 1"
	exits 1 migrate
	grep -q '^! .* TEAM_CONTACT: as many as were loaded, but not the same' <<<"$output"
	grep -q '^Loaded: 11 users of P7, .* 1 reject; P8 is not as it was loaded\.$' <<<"$output"
	lacks '; verified\.$' <<<"$output"
	[ "$(state .verified)" = false ]
	# without the reject, likewise
	fresh_p8
	p7 "update wm_awm_settings set custom_fields = '' where id_user = 1"
	exits 0 migrate
	p8 "delete from au_adav_cards limit 1"
	exits 1 migrate
	grep -q '; P8 is not as it was loaded\.$' <<<"$output"
	[ "$(state .verified)" = false ]
	# nothing was read back
	exits 0 migrate --no-verify
	lacks 'verified' <<<"$output"
	[ "$(state .verified)" = false ]
}

@test "C10: rejects of all users stand in the list, and are as many in each output" {
	local all n
	p7 "update wm_awm_settings set custom_fields = repeat('x', 300) where id_user = 1;
		delete from wm_awm_settings where id_user = 3"
	exits 1 migrate --no-verify
	grep '"kind":"REJECT"' "$D/state/rejects.ndjson" >"$D/first"
	n=$(jq -s 'map(.count // 1) | add' "$D/first")
	[ "$n" -gt "$(wc -l <"$D/first")" ]
	[ "$(awk '/^Rejected, by reason:/ { on = 1; next } on && /^  / { n += $1; next }
		on { exit } END { print n }' <<<"$output")" = "$n" ]
	grep -q "; $n rejects\.$" <<<"$output"
	[ "$(state '.rejects | add')" = "$n" ]
	all=$(state .rejects)
	# somebody else is brought again
	exits 0 migrate --no-verify --redo li.wei@hafen.example
	grep -q '; 0 rejects\.$' <<<"$output"
	grep -q "^Of other users: $n rejects, in " <<<"$output"
	diff "$D/first" <(grep '"kind":"REJECT"' "$D/state/rejects.ndjson")
	[ "$(state .rejects)" = "$all" ]
	# they themselves; and who is mended, or left P7, has none
	p7 "delete from wm_awm_settings where id_user = 3;
		delete from wm_awm_accounts where id_user = 3; delete from wm_a_users where id_user = 3"
	exits 1 migrate --no-verify
	grep -q "; $(state '.rejects | add') rejects\.$" <<<"$output"
	lacks 'Of other users' <<<"$output"
	lacks 'user-without-settings\|calendars-of-rejected-user' "$D/state/rejects.ndjson"
}

@test "A06: one count of users, also of those with one e-mail, without settings or domain" {
	p7 "update wm_awm_accounts set email='anna.weber@linden.example'
		where id_user in (2, 11) and def_acct=1;
		delete from wm_awm_settings where id_user=8;
		delete from wm_awm_domains where id_domain=2"
	local _
	for _ in 1 2; do
		exits 1 migrate
		grep -q '^Not all in P8: 6 of 11 users of P7,' <<<"$output"
		grep -q '^Missing: 5 users; ' <<<"$output"
		[ "$(users_in_p8)" = 6 ]
		[ "$(state '[.selected, .migrated, .not_migrated]')" = '[11,6,5]' ]
		[ "$(wc -l <"$D/state/migrated-users")" = 6 ]
		[ "$(cut -f 1 "$D/state/not-migrated-users" | xargs)" = "anna.weber@linden.example \
anna.weber@linden.example ivan.petrov@mir.test jose.nunez@gast.test nadia.horak@mir.test" ]
		[ "$(awk -F '\t' 'NF == 3 && $2 != "" && $3 != ""' "$D/state/not-migrated-users" |
			wc -l)" = 5 ]
		grep -q '^anna.*another user of P7 is called anna.weber@linden.example, too' \
			"$D/state/not-migrated-users"
		[ "$(state '.rejects["user-duplicate"]')" = 2 ]
	done
	# of selected users, one of whom P7 does not have
	exits 1 migrate --user li.wei@hafen.example --user nobody@mir.test --user nadia.horak@mir.test
	grep -q '^Not all in P8: 1 of 3 selected users of P7,' <<<"$output"
	grep -q '^Missing: 2 users; ' <<<"$output"
	[ "$(cut -f 1 "$D/state/not-migrated-users" | xargs)" = "nadia.horak@mir.test nobody@mir.test" ]
	[ "$(state '[.selected, .migrated, .not_migrated]')" = '[3,1,2]' ]
	exits 0 migrate --user li.wei@hafen.example
	grep -q '^All in P8: 1 selected user of P7,' <<<"$output"
	[ ! -s "$D/state/not-migrated-users" ]
}

@test "C06: what P8 changes by being used is no difference, and what a person changes is one" {
	local order='' e
	p7 "update wm_awm_folders_order set folders_order='[\"INBOX\",\"Sent\"]' limit 1"
	exits 0 migrate --quiet
	order=$(p8 "select id from au_eav_attributes_mediumblob where name='FoldersOrder' and
		length(value) > 0 limit 1")
	[ -n "$order" ]
	p8 "update au_eav_attributes_mediumblob set value='[\"INBOX\",\"Work\"]'
		where name='FoldersOrder' and coalesce(length(value), 0) = 0;
		update au_eav_attributes_string set value='a new one' where name='IncomingPassword';
		update au_eav_attributes_string set value='Esperanto' where name='Language';
		update au_eav_attributes_datetime set value=now() where name='LastLogin';
		update au_eav_attributes_string set value='Europe/Oslo' where name='DefaultTimeZone'"
	# a mail was sent to everybody
	p8 "update au_eav_attributes_int set value=value+1 where name='Frequency';
		update au_eav_attributes_datetime set value=now() where name='DateModified';
		update au_eav_attributes_string set value=md5(value) where name='ETag';
		update au_eav_attributes_int set value=value+1 where name='CTag'"
	e=$(p8 "select id from au_eav_entities where entity_type like '%SystemFolder' limit 1")
	p8 "delete from au_eav_attributes_int where id_entity=$e;
		delete from au_eav_attributes_string where id_entity=$e;
		delete from au_eav_entities where id=$e"
	p8-load --p8 "$D/p8" --verify
	p7-extract --p7 "$P7" --without corporate -o "$D/p7.ndjson"
	p8-load --p8 "$D/p8" --describe >"$D/target.json"
	p7-transform --target "$D/target.json" "$D/p7.ndjson" | dav-schema-upgrade records -o "$D/p8.ndjson"
	p8-load --p8 "$D/p8" --verify "$D/p8.ndjson"
	exits 0 migrate --quiet
	grep -q 'verified\.$' <<<"$output"
	# the order that P7 had
	p8 "update au_eav_attributes_mediumblob set value='[\"Sent\"]' where id=$order"
	exits 1 p8-load --p8 "$D/p8" --verify
	[ "$(grep '^! ' <<<"$output" | cut -d ' ' -f 3)" = ACCOUNT: ]
	exits 1 p8-load --p8 "$D/p8" --verify "$D/p8.ndjson"
	grep -q 'FoldersOrder is' <<<"$output"
	exits 1 p8-load --p8 "$D/p8" --undo --all --yes
	[ "$(users_in_p8)" = 11 ]
	p8 "delete from au_eav_attributes_mediumblob where id=$order"
	exits 1 p8-load --p8 "$D/p8" --verify
	grep -q '^! .* ACCOUNT: ' <<<"$output"
}

@test "C06: a system folder that says something else is a difference" {
	need_long
	exits 0 migrate --quiet
	p8 "update au_eav_attributes_string a join au_eav_entities e on e.id=a.id_entity
		set a.value='Elsewhere' where e.entity_type like '%SystemFolder'"
	exits 1 p8-load --p8 "$D/p8" --verify
	grep -q '^! .* SYSTEM_FOLDER: as many as were loaded, but not the same' <<<"$output"
}

# A contact of USER's entity that P8 made, Auto being that.
new_contact() {
	p8 "insert into au_eav_entities (uuid, parent_uuid, entity_type, module_name)
			values (uuid(), '', 'Aurora\\\\Modules\\\\Contacts\\\\Classes\\\\Contact', 'Contacts');
		set @e = last_insert_id();
		insert into au_eav_attributes_int (id_entity, name, value) values (@e, 'IdUser', $1);
		insert into au_eav_attributes_bool (id_entity, name, value) values (@e, 'Auto', $2)"
}

@test "C06: who sent mail to somebody new can be taken back, and what was collected is counted" {
	local u=anna.weber@linden.example e
	exits 0 migrate --quiet --user $u --without calendars
	e=$(p8 "select entity from au_p7m_users")
	new_contact "$e" 1
	new_contact "$e" 1
	p8 "insert into au_adav_addressbooks (principaluri, displayname, uri, synctoken)
			select 'principals/$u', 'Collected Addresses', 'Collected', 1 from dual where not exists
			(select 1 from au_adav_addressbooks where uri='Collected');
		insert into au_adav_cards (addressbookid, uri, carddata, size) select id, 'new.vcf', 'x', 1
			from au_adav_addressbooks where uri='Collected';
		insert into au_adav_addressbookchanges (uri, synctoken, addressbookid, operation)
			select 'new.vcf', 1, id, 1 from au_adav_addressbooks where uri='Collected'"
	p8-load --p8 "$D/p8" --verify
	exits 0 p8-load --p8 "$D/p8" --undo --dry-run $u
	# a contact of the user's own is another thing
	new_contact "$e" 0
	exits 1 p8-load --p8 "$D/p8" --undo $u
	grep -q "^! $u Contact: 1 added in P8" <<<"$output"
	p8 "update au_eav_attributes_bool set value=1 where name='Auto' and id_entity=(select max(id)
		from au_eav_entities)"
	exits 0 p8-load --p8 "$D/p8" --undo $u
	grep -q "^$u: addresses that P8 collected from mail leave with the user: 3$" <<<"$output"
	[ "$(users_in_p8)" = 0 ]
	[ "$(p8 "select count(*) from au_eav_attributes_bool where name='Auto'")" = 0 ]
	[ "$(p8 "select count(*) from au_adav_cards") $(p8 "select count(*) from au_adav_addressbooks")" = "0 0" ]
}
