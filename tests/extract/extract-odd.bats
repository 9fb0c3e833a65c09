# p7-extract on installations as they are found: damage, old schemas, other engines, missing
# indexes; and their calendars.

load ../site

setup_file() {
	server_start "$S/server"
}

setup() {
	make_sample_p7 "$D/p7" odd
	p7-extract --p7 "$D/p7" -o "$D/before"
}

teardown() {
	db -e 'drop database odd'
}

sql() {
	db odd -e "$1"
}

# extract STATUS [OPTION...]: into $D/out, messages into $D/err
extract() {
	local want=$1
	shift
	run --separate-stderr p7-extract --p7 "$D/p7" "$@" -o "$D/out"
	# shellcheck disable=SC2154
	printf '%s\n' "$stderr" >"$D/err"
	[ "$status" = "$want" ]
}

body() {
	tail -n +2 "$1"
}

# The records of a kind, and what a jq filter makes of them, in a line.  What the sample has for
# carried.bats is left out.
all() {
	jq -c "select(.kind == \"$1\" and .code != \"not-carried\") | $2" "$D/out" | xargs -d '\n'
}

same_as_before() {
	diff <(body "$D/before") <(body "$D/out")
}

@test "users without settings, without a domain, without an e-mail" {
	sql "delete from wm_awm_settings where id_user = 1;
		update wm_awm_accounts set id_domain = 77 where id_acct = 4;
		update wm_awm_accounts set email = '' where id_acct = 10"
	extract 1 --rejects "$D/rejects"
	[ "$(all REJECT '[.code, .user, .table, .id, .record.id_acct]')" = \
'["user-without-settings","anna.weber@linden.example","awm_accounts",1,1] '\
'["user-without-settings","anna.weber@linden.example","awm_accounts",21,21] '\
'["user-without-settings","anna.weber@linden.example","awm_accounts",22,22] '\
'["calendars-of-rejected-user","anna.weber@linden.example","adav_calendars",null,null] '\
'["user-without-domain","nadia.horak@mir.test","awm_accounts",4,4] '\
'["user-without-email","","awm_accounts",10,10]' ]
	[ "$(wc -l <"$D/rejects")" -ge 5 ]
	# a rejected user has no block, and his rows do not go to the next one
	[ "$(all USER_BEGIN .id_user)" = "2 3 5 6 7 8 9 11" ]
	[ "$(all CONTACT '[.id_user, .id_addr]')" = \
		"[2,4] [3,5] [3,6] [3,10] [3,33] [5,7] [6,8] [8,9] [9,34]" ]
}

@test "several default accounts, mailing lists, accounts of nobody" {
	sql "update wm_awm_accounts set def_acct = 1 where id_acct in (21, 22);
		update wm_awm_accounts set def_acct = 0 where id_acct = 1;
		insert into wm_awm_accounts (id_acct, id_user, def_acct, mailing_list, email)
			values (90, 0, 1, 1, 'all@linden.example');
		insert into wm_awm_accounts (id_acct, id_user, def_acct, email)
			values (91, 500, 0, 'left@linden.example')"
	extract 1
	# the lowest id of those that are marked is the default account, the others follow by id
	[ "$(all USER_BEGIN '[.email, .id_acct]' | cut -d' ' -f1)" = '["vertrieb@hafen.example",21]' ]
	[ "$(all ACCOUNT .id_acct | cut -d' ' -f1-4)" = "21 1 22 2" ]
	[ "$(all SYSTEM_FOLDER .id_acct | cut -d' ' -f1-4)" = "21 21 1 1" ]
	[ "$(all REJECT '[.code, .id]')" = '["account-without-user",91]' ]
	[ "$(all WARN '[.code, .id]')" = '["several-default-accounts",22] ["orphan-rows",null] ["files-without-user",null]' ]
	# her address books are of another name now
	[ "$(all WARN 'select(.code == "orphan-rows") | .table')" = '"adav_addressbooks"' ]
	# the e-mail of either finds the user
	extract 0 --user anna@privat.test
	[ "$(all USER_BEGIN .email)" = '"vertrieb@hafen.example"' ]
}

@test "e-mails that differ by letter case or accent are all there" {
	sql "insert into wm_awm_accounts (id_acct, id_user, def_acct, email) values
			(92, 12, 1, 'Ivan.Petrov@mir.test'), (93, 13, 1, 'ívan.petrov@mir.test');
		insert into wm_awm_settings (id_user) values (12), (13)"
	extract 0
	[ "$(all USER_BEGIN .email | tr ' ' '\n' | grep -ci van.petrov)" = 3 ]
	extract 0 --user ivan.petrov@mir.test
	[ "$(all USER_BEGIN .id_user)" = "3 12 13" ]
}

@test "memberships: twice, of a missing group, of another user's group, of a missing contact" {
	sql "insert into wm_awm_addr_groups_contacts (id_addr, id_group) values
		(1, 2), (1, 1), (1, 999), (2, 3), (777, 1), (778, 1)"
	extract 0
	[ "$(all CONTACT 'select(.id_addr == 1) | .groups')" = '[1,2]' ]
	[ "$(all CONTACT 'select(.id_addr == 2) | .groups')" = '[1]' ]
	[ "$(all WARN '[.code, .user, .id]')" = \
'["group-missing","anna.weber@linden.example",1] '\
'["group-of-another-user","anna.weber@linden.example",2] ["orphan-rows",null,null]' ]
	all WARN .reason | grep -q 'group 999'
	all WARN .reason | grep -q '2 memberships'
	# the WARN of a contact stands before it, inside of the block
	grep -A 1 group-missing "$D/out" | tail -n 1 | jq -e '.kind == "CONTACT" and .id_addr == 1'
}

@test "a str_id that occurs twice is marked, whatever its letter case and ending" {
	sql "update wm_awm_addr_book set str_id = '7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9c01'
			where id_addr = 9;
		update wm_awm_addr_book set str_id = 'x.vcf' where id_addr = 6;
		insert into wm_awm_addr_book (id_addr, id_user, str_id, deleted) values
			(80, 3, 'X', 1);
		update wm_awm_addr_groups set group_str_id = 'A1C1F1D0-0001-4001-8001-000000000001'
			where id_group = 6"
	extract 0
	[ "$(all CONTACT 'select(.str_id_shared) | .id_addr')" = "1 9" ]
	[ "$(all GROUP 'select(.group_str_id_shared) | .id_group')" = "1 6" ]
	# what is no contact any more counts for nothing
	[ "$(all CONTACT 'select(.id_addr == 80)')" = "" ]
}

@test "rows that P7 does not show: deleted ones, entries of the global address book" {
	sql "update wm_awm_addr_book set deleted = 1 where id_addr in (2, 13);
		update wm_awm_addr_book set type = 3 where id_addr = 8;
		update wm_awm_addr_book set type_id = 'rubbish' where id_addr = 15"
	extract 0
	[ "$(all CONTACT .id_addr)" = "1 3 11 15 31 32 4 5 6 10 33 7 9 34" ]
	[ "$(all CONTACT 'select(.id_addr == 15) | .global_user')" = null ]
	[ "$(all USER_CONTACT .id_addr)" = "12 14" ]
	# the entry is there, but not its account
	sql "update wm_awm_addr_book set type_id = '12' where id_addr = 15;
		update wm_awm_addr_book set type_id = '77' where id_addr = 12"
	extract 0
	[ "$(all CONTACT 'select(.id_addr == 15) | .global_user')" = null ]
}

@test "two rows where P7 reads the first" {
	sql "insert into wm_acal_users_data (user_id, workdaystarts) values (1, 3);
		insert into wm_awm_folders_order (id_acct, folders_order) values (1, 'second');
		insert into wm_awm_addr_book (id_addr, id_user, type, type_id) values (81, 0, 2, '1')"
	extract 0
	[ "$(all CALENDAR_SETTINGS 'select(.user_id == 1) | .workdaystarts')" = 8 ]
	[ "$(all FOLDERS_ORDER .id_acct)" = "1 3 5" ]
	[ "$(all USER_CONTACT .id_addr)" = "12 13 14" ]
}

@test "NULL, zero dates, negative numbers and every byte" {
	sql "set sql_mode = '';
		update wm_awm_addr_book set date_modified = '0000-00-00 00:00:00', use_frequency = -5,
			fullname = concat(char(1 using utf8mb4), '\"', char(92), char(127), '\t/<>'),
			primary_email = null where id_addr = 9"
	extract 0
	[ "$(jq -r 'select(.id_addr == 9) | [.date_modified, .use_frequency, .primary_email,
		.fullname] | tojson' "$D/out")" = \
'["0000-00-00 00:00:00",-5,null,"\u0001\"\\\u007f\t/<>"]' ] ||
		[ "$(jq -r 'select(.id_addr == 9).fullname' "$D/out" | od -An -tx1 | xargs)" = \
			"01 22 5c 7f 09 2f 3c 3e 0a" ]
}

@test "columns and tables that an old P7 does not have" {
	sql "alter table wm_awm_addr_book drop type, drop type_id, drop hide_in_gab,
			drop shared_to_all, drop etag, drop skype, drop facebook, drop id_domain,
			drop id_tenant;
		alter table wm_awm_settings drop desktop_notifications, drop client_timezone,
			drop use_threads, add client_timeoffset int not null default 7;
		alter table wm_awm_accounts drop allow_mail, drop hide_in_gab, drop id_tenant,
			add unknown_column int;
		alter table wm_awm_domains drop use_threads, drop collaboration;
		alter table wm_awm_identities drop def_identity, drop enabled;
		drop table wm_awm_social, wm_awm_tenants, wm_awm_folders_order"
	extract 0 --absent wm_awm_tenants --absent wm_awm_folders_order
	[ "$(all WARN 'select(.code == "table-missing") | .table' | xargs)" = \
		'awm_tenants awm_folders_order awm_social' ]
	[ "$(all USER '[.desktop_notifications, .client_timezone, .use_threads, .client_timeoffset]' |
		cut -d' ' -f1)" = '[0,"",1,7]' ]
	[ "$(all ACCOUNT '[.allow_mail, .id_tenant, has("unknown_column")]' | cut -d' ' -f1)" = \
		'[1,0,false]' ]
	[ "$(all IDENTITY '[.def_identity, .enabled]' | cut -d' ' -f1)" = '[0,1]' ]
	[ "$(all DOMAIN '[.use_threads, .collaboration]' | cut -d' ' -f2)" = '[1,1]' ]
	# without types everything of a user is a contact, and there is no global address book
	[ "$(all CONTACT 'select(.id_addr == 15) | [.type, .type_id, .skype, .global_user]')" = \
		'[0,"","",null]' ]
	[ "$(all USER_CONTACT .id_addr)" = "" ]
	[ "$(all SOCIAL .id)" = "" ]
	# members stand in the same order as ever
	[ "$(jq -c 'select(.kind == "CONTACT") | keys_unsorted | map(select(. != "global_user"))' \
		"$D/out" | uniq | md5sum)" = "$(jq -c 'select(.kind == "CONTACT") | keys_unsorted |
		map(select(. != "global_user"))' "$D/before" | uniq | md5sum)" ]
}

@test "a table of accounts that is older than P7 6.4" {
	sql "alter table wm_awm_accounts drop mailing_list"
	exits 78 p7-extract --p7 "$D/p7"
	grep -q 'older than 6.4' <<<"$output"
}

@test "an installation without users is the wrong one" {
	sql "delete from wm_awm_accounts"
	exits 78 p7-extract --p7 "$D/p7"
	grep -q 'no default account' <<<"$output"
}

@test "without any index the stream is the same" {
	need_long
	sql "alter table wm_awm_accounts drop index wm_awm_accounts_id_user_index;
		alter table wm_awm_accounts drop index wm_awm_accounts_email_index;
		alter table wm_awm_addr_book drop index wm_awm_addr_book_id_user_index;
		alter table wm_awm_addr_book drop index wm_awm_addr_book_deleted_id_user_index;
		alter table wm_awm_addr_groups drop index wm_awm_addr_groups_id_user_index;
		alter table wm_awm_system_folders drop index wm_awm_system_folders_id_acct_index;
		alter table wm_awm_folders_order drop index wm_awm_folders_order_id_acct_index"
	extract 0
	same_as_before
	extract 0 --user anna.weber@linden.example
	[ "$(all CONTACT .id_addr)" = "1 2 3 11 15 31 32" ]
}

@test "more address books of a user than one statement takes, with and without an index" {
	seq 150 | sed "s/.*/('principals\/anna.weber@linden.example', 'book&')/" | paste -sd, >"$D/values"
	sql "insert into wm_adav_addressbooks (principaluri, uri) values $(cat "$D/values");
		insert into wm_adav_cards (addressbookid, uri, carddata)
			select id, concat(uri, '.vcf'), 'BEGIN:VCARD' from wm_adav_addressbooks
			where uri like 'book%'"
	extract 0
	[ "$(all ADDRESSBOOK .uri | tr ' ' '\n' | grep -c '"book')" = 150 ]
	[ "$(all CARD .uri | tr ' ' '\n' | grep -c '"book')" = 150 ]
	cp "$D/out" "$D/before"
	sql "alter table wm_adav_cards drop index WM_ADAV_CARDS_ADDRESSBOOKID_INDEX"
	extract 0
	same_as_before
}

@test "MyISAM tables: the same stream, but it says so" {
	need_long
	sql "alter table wm_awm_addr_book engine = MyISAM; alter table wm_awm_social engine = MyISAM"
	extract 0
	head -n 1 "$D/out" | jq -e '.source.consistent == false'
	grep -q 'wm_awm_addr_book, wm_awm_social' "$D/err"
	same_as_before
}

@test "tables in latin1 and in utf8mb4" {
	need_long
	sql "alter table wm_awm_addr_groups convert to character set utf8mb4;
		update wm_awm_addr_groups set group_nm = '😀' where id_group = 1;
		alter table wm_awm_domains convert to character set latin1;
		update wm_awm_domains set site_name = 'Grüße' where id_domain = 1"
	extract 0
	[ "$(all GROUP .group_nm | cut -d' ' -f1)" = '"😀"' ]
	[ "$(all DOMAIN 'select(.id_domain == 1) | .site_name')" = '"Grüße"' ]
	same=$(diff <(body "$D/before" | grep '^{"kind":"CONTACT"') \
		<(body "$D/out" | grep '^{"kind":"CONTACT"'))
	[ -z "$same" ]
}

# Many users whose contacts lie in the primary key in the order of users, then in another order:
# read in three different ways, always the same but for the ids.
@test "contacts in any order of the primary key" {
	need_long
	local table=wm_awm_addr_book
	sql "delete from $table; delete from wm_awm_addr_groups_contacts;
		update wm_awm_addr_groups set group_str_id = null"
	for u in $(seq 1 11); do
		for c in $(seq 1 30); do
			echo "($((u * 100 + c)), $u, 'c $u $c', 'u$u-$c')"
		done
	done | paste -sd, >"$D/values"
	echo "insert into $table (id_addr, id_user, fullname, str_id) values $(cat "$D/values")" |
		db odd
	extract 0
	[ "$(all CONTACT 1 | wc -w)" = 330 ]
	jq -r 'select(.kind == "CONTACT") | "\(.id_user) \(.id_addr)"' "$D/out" | sort -n -k1,1 -k2,2 -c
	cp "$D/out" "$D/before"
	# a deleted row in between changes nothing, and an index less neither
	sql "insert into $table (id_addr, id_user, deleted) values (150, 9, 1), (151, 0, 0)"
	extract 0
	same_as_before
	sql "drop index wm_awm_addr_book_id_user_index on $table;
		drop index wm_awm_addr_book_deleted_id_user_index on $table"
	extract 0
	same_as_before
	sql "create index i on $table (id_user, deleted);
		update $table set id_addr = 5000 where id_addr = 301"
	extract 0
	jq -r 'select(.kind == "CONTACT") | "\(.id_user) \(.id_addr)"' "$D/out" | sort -n -k1,1 -k2,2 -c
	[ "$(all CONTACT 1 | wc -w)" = 330 ]
	extract 0 --user ivan.petrov@mir.test --user karl.old@linden.example
	[ "$(all CONTACT .id_user | tr ' ' '\n' | sort -n | uniq -c | xargs)" = "30 3 30 11" ]
}

@test "more users than a batch, with and without gaps" {
	need_long
	for u in $(seq 1020 1260); do
		echo "($u, $u, 1, 'u$u@mir.test')"
	done | paste -sd, >"$D/values"
	echo "insert into wm_awm_accounts (id_acct, id_user, def_acct, email) values $(cat "$D/values");
		insert into wm_awm_settings (id_user) select id_user from wm_awm_accounts
			where id_user >= 1020;
		insert into wm_awm_addr_book (id_user, fullname) select id_user, email from wm_awm_accounts
			where id_user >= 1020;
		delete from wm_awm_accounts where id_user between 1100 and 1120" | db odd
	extract 0
	[ "$(all USER_BEGIN .id_user | wc -w)" = "$(dbq odd "select count(distinct id_user) from
		wm_awm_accounts where def_acct = 1")" ]
	jq -e 'select(.kind == "CONTACT" and .id_user >= 1020) | .fullname == "u\(.id_user)@mir.test"' \
		"$D/out" | sort -u | grep -qx true
}

@test "calendars: all tables, byte for byte" {
	extract 0 --only calendars
	head -n 1 "$D/out" | jq -e '.stream == "p7" and .dav == "1.8"'
	[ "$(body "$D/out" | jq -r .kind | grep -v USER_ | sort | uniq -c | xargs)" = \
		"6 CALENDAR 8 CALENDAR_OBJECT 4 CALENDAR_SHARE 1 END 1 REMINDER" ]
	[ "$(all CALENDAR_OBJECT .calendarid)" = "1 1 1 2 3 4 5 6" ]
	jq -j 'select(.uri == "ev-arzt.ics").calendardata' "$D/out" >"$D/got"
	dbq odd "select hex(calendardata) from wm_adav_calendarobjects where uri = 'ev-arzt.ics'" |
		xxd -r -p >"$D/want"
	cmp "$D/got" "$D/want"
	[ "$(md5sum <"$D/got" | cut -c1-32)" = \
		"$(jq -r 'select(.uri == "ev-arzt.ics").etag' "$D/out")" ]
	[ "$(all CALENDAR_SHARE .member_uri | cut -d' ' -f1)" = \
		'"principals/camille.dubois@linden.example"' ]
}

@test "calendars: only what belongs to the selected users" {
	# the principal is written in small letters, the account is not
	extract 0 --only calendars --user Giorgos.Pappas@hafen.example --user anna.weber@linden.example
	[ "$(body "$D/out" | jq -r .kind | grep -v USER_ | sort | uniq -c | xargs)" = \
		"3 CALENDAR 5 CALENDAR_OBJECT 3 CALENDAR_SHARE 1 END 1 REMINDER" ]
	[ "$(all CALENDAR .id)" = "1 2 6" ]
	extract 0 --only calendars --user karl.old@linden.example
	[ "$(body "$D/out" | jq -r .kind | xargs)" = "USER_BEGIN USER_END END" ]
	extract 0 --only calendars
	body "$D/out" | grep -v '"END"' | sort >"$D/whole"
	for part in 1 2 3; do
		extract 0 --only calendars --shard "$part/3"
		body "$D/out" | grep -v '"END"' >"$D/part.$part"
		wc -l "$D/part.$part"
	done
	diff "$D/whole" <(sort "$D"/part.*)
}

@test "an e-mail beyond ASCII, and DAV tables as a latin1 server has them" {
	need_long
	latin1() {
		sql "update wm_adav_$1 set $2 = convert(cast(replace($2, 'anna.', 'ännä.') as binary)
			using latin1) where $2 like '%anna.weber@%'"
	}
	cards() {
		jq -c 'select(.kind == "CARD" or .kind == "ADDRESSBOOK")' "$1"
	}
	sql "update wm_awm_accounts set email = replace(email, 'anna.w', 'ännä.W')"
	latin1 addressbooks principaluri
	latin1 calendars principaluri
	latin1 principals uri
	latin1 reminders user
	extract 0
	[ "$(cards "$D/out" | wc -l)" -gt 9 ]
	diff <(cards "$D/before") <(cards "$D/out")
	[ -z "$(all WARN 'select(.table == "adav_addressbooks") | .reason')" ]
	extract 0 --only calendars --user ännä.Weber@linden.example
	[ "$(all CALENDAR .id)" = "1 2" ]
	# a shard has the calendars of its users, whatever their principals look like
	sql "update wm_awm_accounts set email = replace(email, 'ännä.W', 'ÄNNÄ.W');
		update wm_adav_calendars set principaluri = 'principals/ännä.weber@linden.example' where id = 2"
	for part in 1 2 3 4 5; do
		extract 0 --list-users --shard "$part/5"
		grep -qi weber@ "$D/out" && echo "$part $(grep -ic weber@ "$D/out")" >"$D/his"
		extract 0 --only calendars --shard "$part/5"
		all CALENDAR .id | tr ' ' '\n' | grep -x '[12]' | sed "s/^/$part /" >>"$D/calendars"
		all REMINDER .user >>"$D/calendars"
	done
	part=$(cut -d ' ' -f 1 "$D/his")
	[ "$(grep '^[1-5]' "$D/calendars")" = "$(printf '%s 1\n%s 2' "$part" "$part")" ]
	sql "update wm_awm_accounts set email = replace(email, 'ÄNNÄ.W', 'ännä.W')"
	latin1 calendars principaluri
	sql "update wm_adav_calendars a join wm_adav_calendars b on b.id = 1 set a.principaluri =
		b.principaluri where a.id = 2"
	# another user of the same letters, but for accents, and address books of both spellings
	sql "update wm_adav_addressbooks set principaluri = 'principals/ännä.weber@linden.example'
			where id = 2;
		update wm_awm_accounts set email = 'anna.weber@linden.example' where id_acct = 3;
		update wm_adav_addressbooks set principaluri = 'principals/anna.weber@linden.example'
			where principaluri = 'principals/ivan.petrov@mir.test'"
	extract 0
	diff <(cards "$D/before") <(cards "$D/out")
}

@test "calendars: tables of several collations; names that are NULL" {
	need_long
	sql "alter table wm_adav_reminders modify user varchar(100)
			character set utf8mb3 collate utf8mb3_unicode_ci;
		alter table wm_adav_principals modify uri varchar(255)
			character set utf8mb3 collate utf8mb3_bin;
		update wm_adav_principals set uri = null where id = 4;
		insert into wm_adav_reminders (user) values ('gone@nowhere.test')"
	extract 0 --only calendars
	[ "$(all WARN 'select(.table == "adav_reminders") | .reason')" = \
		'"rows that name users that are not there: 1"' ]
}

@test "calendars: more of them than a batch" {
	need_long
	for c in $(seq 10 150); do
		echo "($c, 'principals/ivan.petrov@mir.test', 'c$c')"
	done | paste -sd, >"$D/values"
	echo "insert into wm_adav_calendars (id, principaluri, uri) values $(cat "$D/values");
		insert into wm_adav_calendarobjects (calendarid, uri, calendardata)
			select id, concat(id, '.ics'), 'x' from wm_adav_calendars where id >= 10" | db odd
	extract 0 --only calendars --user ivan.petrov@mir.test
	[ "$(all CALENDAR_OBJECT .id | wc -w)" = 142 ]
	[ "$(all CALENDAR .id | wc -w)" = 142 ]
}

@test "calendars: shares of a P7 before 7.2.1, dangling rows, missing tables and columns" {
	sql "drop table wm_adav_calendarshares, wm_adav_reminders;
		create table wm_adav_delegates (id int unsigned not null auto_increment primary key,
			calendarid int unsigned not null, principalid int unsigned not null,
			mode tinyint(2) default null);
		insert into wm_adav_delegates values (3, 2, 2, 1), (5, 2, 3, 2), (6, 99, 98, null);
		alter table wm_adav_calendarobjects drop etag, drop size, drop firstoccurence;
		update wm_adav_calendarobjects set calendardata = null where uri = 'ev-giorti.ics';
		update wm_adav_calendarobjects set calendarid = 99 where uri = 'ev-eid.ics'"
	local gone=(--absent wm_adav_calendarshares --absent wm_adav_reminders)
	extract 0 --only calendars "${gone[@]}"
	[ "$(all CALENDAR_SHARE '[.id, .calendarid, .member, .status, .readonly, .member_uri, .member_email, .table]')" = \
'[3,2,2,null,0,"principals/camille.dubois@linden.example","camille.dubois@linden.example","adav_delegates"] '\
'[5,2,3,null,1,"principals/ivan.petrov@mir.test","ivan.petrov@mir.test","adav_delegates"]' ]
	[ "$(all CALENDAR_OBJECT 'select(.uri == "ev-giorti.ics") |
		[.calendardata, .etag, .size, .firstoccurence]')" = '[null,"",0,null]' ]
	[ "$(all WARN 'select(.code == "orphan-rows") | "\(.table): \(.reason)"')" = \
'"adav_calendarobjects: rows that name calendars that are not there: 1" '\
'"adav_delegates: rows that name calendars that are not there: 1"' ]
	sql "drop table wm_adav_calendars, wm_adav_principals"
	gone+=(--absent wm_adav_calendars --absent wm_adav_principals)
	extract 0 --only calendars "${gone[@]}"
	[ -z "$(all CALENDAR_OBJECT .id)" ]
	extract 0 --only calendars --user anna.weber@linden.example "${gone[@]}"
	[ "$(body "$D/out" | jq -r .kind | uniq | xargs)" = 'WARN USER_BEGIN USER_END END' ]
}
