# What a migration leaves in P8 where we are deliberately better than the vendor's script: the
# sample with what divergences.sql adds, compared with P7 value by value (divergences.bash says how;
# golden.bats does the same with a P7 that P7's own code wrote, on other servers).
# not sanitized but for --long: the servers take the time

load ../site
load ../divergences

setup_file() {
	server_start "$S/server" --character-set-server=latin1
	make_sample_p7 "$S/p7" p7
	db p7 <"$TESTS/fixtures/divergences.sql"
	# cards.bats is about these
	db p7 -e "delete from wm_adav_cards where length(uri) <> 40;
		delete from wm_adav_addressbooks where uri = 'kleingarten'"
	make_blank_p8 "$S/p8" p8
	foreign
	tables_of_others >"$S/foreign"
	migrate >"$S/out" 2>&1 || echo $? >"$S/status"
	look p7 wm_ "$S/p7" p8 "$S/p8" "$S/state"
}

migrate() {
	"$REPO/scripts/migrate" --p7 "$S/p7" --p8 "$S/p8" --state "$S/state" --keep-dumps \
		--dav-text utf8
}

# Tables in P8's database that are not P8's, of names that the script drops.
foreign() {
	db p8 -e "create table calendars_2019 (a int); create table sold (a int);
		create table au_old (a int); create table adav_calendars (a int);
		insert into calendars_2019 values (1); insert into sold values (2);
		insert into au_old values (3); insert into adav_calendars values (4)"
}

tables_of_others() {
	dbq p8 "checksum table calendars_2019, sold, au_old, adav_calendars extended"
}

@test "all but the users that P8 cannot tell from others are there, verified" {
	cat "$S/out"
	[ "$(cat "$S/status")" = 1 ]
	grep -q '^Not all in P8: 13 of 15 users of P7, .*verified\.$' "$S/out"
	[ "$(lq "select count(*) from user")" = 13 ]
}

@test "D01 every group, more than the 20 of the script" {
	[ "$(lq "select max(n) > 20 from (select count(*) n from thing where kind = 'Contacts.Group'
		group by owner) x")" = 1 ]
	d01
}
@test "D02 groups of equal names keep their fields and members" { d02; }
@test "D03 a group without a name is named after its number, and reported" { d03; }
@test "D04 one link for each group and contact" { d04; }

@test "D05 every contact, more than the 9,999 of the script" {
	need_long
	local n=10050
	make_blank_p8 "$S/many8" many8
	db p7 -e "create table ten (x int); insert into ten values (0), (1), (2), (3), (4), (5), (6),
		(7), (8), (9);
		insert into wm_awm_addr_book (id_user, fullname, h_email, b_email)
		select 9, concat_ws('-', a.x, b.x, c.x, d.x, e.x), '', '' from ten a, ten b, ten c, ten d, ten e
		where a.x = 0 or a.x = 1 and b.x = 0 and c.x = 0 and d.x < 5"
	p8-load --p8 "$S/many8" --describe >"$S/target"
	p7-extract --p7 "$S/p7" --user yuki.tanaka@gast.test | p7-transform --target "$S/target" | dav-schema-upgrade records |
		p8-load --p8 "$S/many8" --quiet
	# with the one that the sample has
	[ "$(dbq many8 "select count(distinct s.value) from au_eav_attributes_string s
		join au_eav_attributes_string p on p.id_entity = s.id_entity and p.name = 'Storage'
		and p.value = 'personal' where s.name = 'FullName'")" = $((n + 1)) ]
	[ "$(dbq many8 "select count(*) from au_adav_cards")" = $((n + 1)) ]
	db p7 -e "delete from wm_awm_addr_book where id_user = 9 and fullname like '%-%-%-%-%'"
	db -e "drop database many8"
	d05
}

@test "D06 line breaks in notes and streets, and nowhere else" { d06; }
@test "D07 U+FFFD for characters beyond the BMP, but not in vCards and signatures" { d07; }
@test "D08 how often an address was used" { d08; }
@test "D09 dates of P7, or the snapshot's" { d09; }
@test "D10 P7's UUIDs where they are unique, else name-based ones" { d10; }
@test "D11 collected addresses" { d11; }
@test "D13 contacts hidden in the address book" { d13; }
@test "D14 global contacts in groups" { d14; }
@test "D15 the team contact has all of the user's own entry" { d15; }
@test "D16 servers of accounts" { d16; }
@test "D17 only the default account may log in" { d17; }
@test "D18 threads" { d18; }
@test "D19 an account's own server and its credentials" { d19; }
@test "D20 one server for each domain" { d20; }
@test "D21 system folders that P7 names" { d21; }
@test "D22 desktop notifications where the client looks" { d22; }
@test "D23 calendar settings of those who never opened the calendar" { d23; }
@test "D24 the time zone when it is one" { d24; }
@test "D25 custom fields" { d25; }
@test "D26 social accounts" { d26; }

@test "D26 what P8 8.6 and later has more" {
	need_long
	make_blank_p8 "$S/p88" p88
	echo 8.8.3 >"$S/p88/VERSION"
	p8-load --p8 "$S/p88" --describe >"$S/target"
	p7-extract --p7 "$S/p7" --user li.wei@hafen.example | p7-transform --target "$S/target" | dav-schema-upgrade records |
		p8-load --p8 "$S/p88" --quiet
	[ "$(dbq p88 "select count(*), sum(a.value = '') from au_eav_entities e
		join au_eav_attributes_string a on a.id_entity = e.id and a.name = 'XOAuth'
		where e.entity_type like '%Mail%Account'")" = '2	2' ]
	[ "$(dbq p88 "select a.value from au_eav_entities e join au_eav_attributes_string a
		on a.id_entity = e.id and a.name = 'AccountType'
		where e.entity_type like '%OAuth%Account'")" = oauth ]
	[ "$(dbq p8 "select count(*) from au_eav_attributes_string
		where name in ('XOAuth', 'AccountType')")" = 0 ]
	db -e "drop database p88"
}

@test "D37 users that P8 cannot tell from others: the first is migrated, each further one named" {
	need_long
	[ "$(lq "select owner from thing where kind = 'Core.User' and (owner like 'anna%' or
		owner like 'jos%')" | xargs)" = "anna.weber@linden.example jose.nunez@gast.test" ]
	[ "$(cut -f 1 "$S/state/not-migrated-users" | LC_ALL=C sort | xargs)" = \
		"ANNA.weber@linden.example josé.nunez@gast.test" ]
	grep -q "^josé.nunez@gast.test	.*jose.nunez@gast.test.*	." "$S/state/not-migrated-users"
	[ "$(jq -r 'select(.code == "user-duplicate") | [.kind, .user] | join(" ")' "$REJECTS" |
		LC_ALL=C sort | xargs)" = \
		"REJECT ANNA.weber@linden.example REJECT josé.nunez@gast.test" ]
}

@test "D50 P7 and P8 on servers that never see each other" {
	need_long
	p7-extract --p7 "$S/p7" -o "$S/p7.ndjson" || [ $? = 1 ]
	first=$S/server
	(
		server_start "$S/other" --character-set-server=utf8mb4
		trap server_stop EXIT
		make_blank_p8 "$S/other8" other8
		p8-load --p8 "$S/other8" --describe >"$S/target"
		p7-transform --target "$S/target" "$S/p7.ndjson" | dav-schema-upgrade records |
			p8-load --p8 "$S/other8" --quiet || [ $? = 1 ]
		[ "$(dbq other8 "select count(*) from au_p7m_users where state = 'done'")" = 13 ]
		dbq other8 "select uuid from au_eav_entities where entity_type not like '%Tenant'
			and entity_type not like '%Channel' order by 1" >"$S/there"
	)
	diff "$S/there" <(dbq p8 "select uuid from au_eav_entities where entity_type not like '%Tenant'
		and entity_type not like '%Channel' order by 1")
	[ "$SERVER_DIR" = "$first" ]
}

@test "D51 a user that fails leaves nothing behind, and is complete the next time" {
	need_long
	make_blank_p8 "$S/half" half
	db half -e "create trigger t before insert on au_eav_entities for each row
		begin if new.entity_type like '%Identity' then signal sqlstate '45000'
		set message_text = 'no identities today'; end if; end" --delimiter=//
	p8-load --p8 "$S/half" --describe >"$S/target"
	p7-extract --p7 "$S/p7" --user ivan.petrov@mir.test --user li.wei@hafen.example |
		p7-transform --target "$S/target" | dav-schema-upgrade records -o "$S/two"
	exits 1 p8-load --p8 "$S/half" "$S/two"
	grep -q '2 users read: 1 loaded, 0 already there, 1 rejected' <<<"$output"
	p8-load --p8 "$S/half" --list not-migrated | grep -q "^ivan.petrov@mir.test	.*no identities today"
	[ "$(dbq half "select count(*) from au_eav_attributes_string where value like '%ivan%'
		or value like '%sokol%'")" = 0 ]
	[ "$(dbq half "select count(*) from au_adav_addressbooks where principaluri like '%ivan%'")" = 0 ]
	[ "$(find "$S/half/data/files/private" -mindepth 1 -maxdepth 1 | wc -l)" = 1 ]
	db half -e "drop trigger t"
	p8-load --p8 "$S/half" --quiet "$S/two"
	p8-load --p8 "$S/half" --verify "$S/two"
	db -e "drop database half"
}

@test "D52 values that do not fit are fitted or left out by rule, and reported" {
	[ "$(jq -r 'select(.kind == "REJECT" and .code == "value-too-long") |
		[.user, .table, .id, .field] | join(" ")' "$REJECTS" | sort)" = \
"karl.old@linden.example awm_accounts 11 mail_inc_pass
port@kontor.test awm_settings 13 custom_fields" ]
	[ "$(lq "select length(a.value), a.value = repeat('n', 65535) from attr a join contact c
		join thing t on t.uuid = c.uuid and t.id = a.id where c.id = 8 and a.name = 'Notes'")" = \
		'65535	1' ]
	jq -e 'select(.kind == "WARN" and .code == "value-shortened") | .id == 8 and
		.field == "notes" and (.record.notes | length) == 70000' "$REJECTS"
	# the password is left out, the login and the account stay
	[ "$(lq "select a.value, length(l.value) from thing t
		join attr a on a.id = t.id and a.name = 'IncomingPassword'
		join attr l on l.id = t.id and l.name = 'IncomingLogin'
		where t.kind = 'Mail.Account' and t.owner = 'karl.old@linden.example'")" = '	64' ]
	# a secret that did not fit does not stand in the list
	[ "$(grep -c 6100000000 "$REJECTS")" = 0 ]
}

@test "D53 tables that are not ours stay as they are, whatever their names" {
	diff "$S/foreign" <(tables_of_others)
}

@test "D61 birthdays of cards have their zeros" {
	[ "$(dbq p8 "select count(*) > 0 from au_adav_cards where carddata regexp 'BDAY[^:]*:[0-9]'")" = 1 ]
	[ "$(dbq p8 "select count(*) from au_adav_cards where
		carddata regexp 'BDAY[^:]*:([0-9]+-[0-9]-|[0-9]+-[0-9]+-[0-9][^0-9])'")" = 0 ]
}

@test "D54 files with content and times" { d54; }
@test "D55 the space that files take" { d55; }

@test "a second run changes nothing" {
	local t before
	content() {
		for t in entities attributes_string attributes_int attributes_bool attributes_text \
			attributes_datetime attributes_mediumblob attributes_bigint; do
			dbq p8 "checksum table au_eav_$t extended"
		done
		dbq p8 "checksum table au_adav_cards, au_adav_addressbooks extended"
	}
	before=$(content)
	exits 1 migrate
	[ "$(content)" = "$before" ]
}
