# A P7 as it is found: tables that cannot be read, no salt, no users, other applications in its
# database, POP3, tables of version 6.
# not sanitized

load ../site

setup_file() {
	server_start "$S/server" --myisam-recover-options=OFF
}

setup() {
	db -e 'drop database if exists p7'
	make_sample_p7 "$D/p7" p7
	P7=$D/p7
}

teardown() {
	db -e 'drop database if exists p8; drop database if exists away'
}

sql() {
	db p7 -e "$1"
}

# Each way of p7-extract ends with STATUS and one line that has PATTERN; nothing comes out.
each_way() {
	local want=$1 pattern=$2 way
	for way in --check --list-users '' '--user anna.weber@linden.example' '--only settings'; do
		# shellcheck disable=SC2086 # none or several words
		run --separate-stderr p7-extract --p7 "$P7" $way
		echo "$way: status $status: $stderr"
		[ "$status" = "$want" ]
		[ -z "$output" ]
		[ "$(wc -l <<<"$stderr")" = 1 ]
		grep -Eq "$pattern" <<<"$stderr"
	done
}

# Each way of migrate ends with STATUS and a line that has PATTERN, and P8 stays as it was.
each_mode() {
	local want=$1 pattern=$2 mode before
	before=$(bytes_of_p8)
	for mode in --list-users --check --dry-run '' --from-scratch '--redo anna.weber@linden.example'; do
		# shellcheck disable=SC2086
		exits "$want" migrate $mode
		grep -Eq "$pattern" <<<"$output"
		[ "$(bytes_of_p8)" = "$before" ]
		[ -z "$(dbq p8 "show tables like '%p7m%'")$(dbq p8 "show tables like '%p7dav%'")" ]
	done
}

@test "A01: a view whose table is gone ends each way of reading P7, and is named" {
	sql 'rename table wm_awm_addr_book to was; create view wm_awm_addr_book as select * from was;
		drop table was'
	each_way 69 'wm_awm_addr_book is there but cannot be read'
	fresh_p8
	each_mode 69 'wm_awm_addr_book'
}

@test "A01: any table that is read or counted, several at once; a broken .frm, a view's column, a definer" {
	need_long
	local frm=$S/server/data/p7/wm_adav_cards.frm
	sql 'rename table wm_ahd_posts to was; create view wm_ahd_posts as select * from was;
		drop table was;
		rename table wm_adav_calendarobjects to was2;
		create view wm_adav_calendarobjects as select * from was2; alter table was2 drop size'
	each_way 69 'wm_(ahd_posts|adav_calendarobjects).*likewise wm_(ahd_posts|adav_calendarobjects)'
	# what is not wanted may be damaged
	sql 'drop view wm_ahd_posts'
	exits 0 p7-extract --p7 "$P7" --without calendars --list-users
	exits 0 p7-extract --p7 "$P7" --without calendars,files
	sql 'drop view wm_adav_calendarobjects; alter table was2 add size int;
		rename table was2 to wm_adav_calendarobjects;
		rename table wm_awm_senders to was3;
		create definer=gone@localhost sql security definer view wm_awm_senders as
			select * from was3'
	each_way 77 'wm_awm_senders'
	sql 'drop view wm_awm_senders; rename table was3 to wm_awm_senders; flush tables'
	if [ -e "$frm" ]; then
		echo rubbish >"$frm"
		each_way 69 'wm_adav_cards is there'
	fi
}

@test "A01: a table whose error comes only with its rows" {
	need_long
	sql 'alter table wm_awm_addr_groups discard tablespace'
	each_way 69 'wm_awm_addr_groups is there but cannot be read'
}

@test "A01: a view that can be read is as good as its table; what nobody reads may be damaged" {
	need_long
	p7-extract --p7 "$P7" | tail -n +2 | grep -v '"WARN"' >"$D/before"
	sql 'rename table wm_awm_addr_book to was; create view wm_awm_addr_book as select * from was;
		rename table wm_awm_settings to was2; create view wm_awm_settings as select * from was2'
	exits 0 p7-extract --p7 "$P7" --check
	grep -Eq '^engine +view: 2 tables' <<<"$output"
	p7-extract --p7 "$P7" | tail -n +2 | grep -v '"WARN"' | diff "$D/before" -
	sql 'drop table wm_ahd_posts;
		rename table wm_awm_columns to was3; create view wm_awm_columns as select * from was3;
		drop table was3'
	exits 0 p7-extract --p7 "$P7" -o "$D/out"
	exits 0 p7-extract --p7 "$P7" --check
	grep -Eq '^damaged +wm_awm_columns .* no harm' <<<"$output"
	grep -q '^ready' <<<"$output"
}

@test "A01: a lost table of P7 ends each way of reading P7; --absent goes on without it" {
	need_long
	local t
	for t in awm_accounts awm_settings awm_domains awm_tenants awm_system_folders \
		awm_folders_order awm_identities awm_addr_book awm_addr_groups \
		awm_addr_groups_contacts acal_users_data awm_senders awm_min adav_addressbooks \
		adav_cards adav_principals adav_calendars adav_calendarobjects adav_calendarshares \
		adav_reminders; do
		sql "rename table wm_$t to away"
		for way in --list-users '--only settings' --check; do
			echo "$t $way"
			exits 78 p7-extract --p7 "$P7" $way
			grep -q "wm_$t" <<<"$output"
			[ "${#lines[@]}" = 1 ]
		done
		sql "rename table away to wm_$t"
	done
	sql 'drop table wm_adav_cards, wm_awm_addr_book, wm_adav_calendars'
	each_way 78 'lacks tables: wm_awm_addr_book, wm_adav_cards, wm_adav_calendars, .*--absent wm_awm_addr_book'
	exits 78 p7-extract --p7 "$P7" --without calendars --list-users
	lacks wm_adav_calendars <<<"$output"
	fresh_p8
	each_mode 78 'wm_adav_cards'
	exits 78 migrate --absent wm_adav_cards --absent wm_awm_addr_book
	grep -q 'lacks wm_adav_calendars,' <<<"$output"
	exits 0 migrate --absent wm_adav_cards --absent WM_awm_addr_book --absent wm_adav_calendars
	[ "$(jq -r 'select(.code == "table-missing") | .table' "$D/state/rejects.ndjson" | sort | xargs)" = \
		'adav_calendars adav_cards awm_addr_book' ]
	[ "$(users_in_p8)" = 11 ]
	# but users cannot be read without these
	for t in awm_settings awm_domains; do
		sql "rename table wm_$t to away"
		exits 78 p7-extract --p7 "$P7" --absent wm_adav_cards --absent wm_awm_addr_book
		grep -q "restore them from a backup: users cannot be read without wm_$t\$" <<<"$output"
		lacks "--absent" <<<"$output"
		exits 64 p7-extract --p7 "$P7" --absent "wm_$t"
		grep -q "wm_$t: users cannot be read without" <<<"$output"
		sql "rename table away to wm_$t"
	done
	exits 64 p7-extract --p7 "$P7" --absent wm_awm_identities
	grep -q 'is there' <<<"$output"
	exits 64 p7-extract --p7 "$P7" --absent wm_adav_delegates
	grep -q 'leave out the option' <<<"$output"
	exits 64 p7-extract --p7 "$P7" --absent wm_nothing
	exits 64 p7-extract --p7 "$P7" --absent
}

@test "A01: tables of plugins may be missing, and are named; what an older release lacks is not" {
	need_long
	sql 'drop table wm_twofa_accounts, wm_awm_social'
	exits 0 p7-extract --p7 "$P7" -o "$D/out"
	[ "$(jq -r 'select(.code == "table-missing") | .table' "$D/out" | xargs)" = \
		'awm_social twofa_accounts' ]
	exits 0 p7-extract --p7 "$P7" --only calendars -o "$D/out"
	[ -z "$(jq -r 'select(.code == "table-missing")' "$D/out")" ]
	exits 0 p7-extract --p7 "$P7" --check
	# as of 7.3
	sql 'alter table wm_awm_settings drop enable_open_pgp, drop sip_enable,
			drop compose_plain_text_default;
		alter table wm_awm_domains drop allow_open_pgp, drop is_default_for_tenant;
		alter table wm_awm_identities drop def_identity; alter table wm_awm_accounts drop allow_mail'
	exits 0 p7-extract --p7 "$P7" -o "$D/out"
	[ -z "$(jq -r 'select(.code == "table-missing")' "$D/out")" ]
	# of two tables that took turns one is enough, but not the older one in a newer P7
	sql 'create table wm_adav_delegates (id int, calendarid int, principalid int, mode int);
		drop table wm_adav_calendarshares'
	exits 78 p7-extract --p7 "$P7" --only calendars
	grep -q 'lacks wm_adav_calendarshares' <<<"$output"
	sql 'alter table wm_awm_addr_book drop shared_to_all'
	exits 0 p7-extract --p7 "$P7" --only calendars
	sql 'drop table wm_adav_delegates'
	exits 78 p7-extract --p7 "$P7" --only calendars
	grep -q 'lacks wm_adav_delegates' <<<"$output"
}

@test "A01: a table without the column that leads to its rows is none of P7's" {
	sql 'alter table wm_awm_addr_book change auto_create auto_made int'
	exits 78 p7-extract --p7 "$P7" --list-users
	grep -q 'wm_awm_addr_book has no column auto_create' <<<"$output"
	sql 'alter table wm_awm_addr_book change auto_made auto_create int;
		rename table wm_awm_identities to was;
		create view wm_awm_identities as select id_identity, email from was'
	exits 78 p7-extract --p7 "$P7"
	grep -q 'wm_awm_identities has no column id_acct' <<<"$output"
}

@test "A01: MyISAM and Aria that lost their index's header, or are crashed" {
	need_long
	local data=$S/server/data/p7 engine index
	for engine in myisam aria; do
		sql "alter table wm_awm_addr_book engine=$engine; create table e like wm_awm_addr_book;
			flush tables"
		index=MYI
		[ "$engine" = myisam ] || index=MAI
		exits 0 p7-extract --p7 "$P7" --check
		grep -q 'CHECK TABLE looked at them, .*--no-check-tables' <<<"$output"
		p7-extract --p7 "$P7" >"$D/out"
		sql 'flush tables'
		# nobody writes to P7 then
		cp "$data/wm_awm_addr_book.$index" "$D/index"
		exits 0 p7-extract --p7 "$P7" --no-check-tables --check
		lacks 'CHECK TABLE' <<<"$output"
		exits 0 p7-extract --p7 "$P7" --no-check-tables -o "$D/out"
		sql 'flush tables'
		cmp "$D/index" "$data/wm_awm_addr_book.$index"
		cp "$data/wm_awm_addr_book.$index" "$D/index"
		cp "$data/e.$index" "$data/wm_awm_addr_book.$index"
		sql 'flush tables'
		[ "$(dbq p7 'select count(*) from wm_awm_addr_book')" = 0 ]
		exits 69 p7-extract --p7 "$P7" --list-users
		grep -q 'wm_awm_addr_book is damaged.*REPAIR TABLE' <<<"$output"
		# this server mends Aria when it opens it again
		[ "$engine" = myisam ] || break
		each_way 69 'wm_awm_addr_book is damaged.*REPAIR TABLE'
		# a later call of the same run does not look again
		exits 0 p7-extract --p7 "$P7" --again --list-users
		sql 'flush tables'
		truncate -s 100 "$data/wm_awm_addr_book.$index"
		each_way 69 'wm_awm_addr_book'
		sql 'flush tables'
		cp "$D/index" "$data/wm_awm_addr_book.$index"
		sql 'drop table e; flush tables'
		exits 0 p7-extract --p7 "$P7" --check
	done
}

@test "A01: MERGE that misses a table; no right to one table" {
	db -e "create user some@localhost identified by 'x'"
	dbq p7 'show tables' | grep -v 'adav_reminders' |
		sed 's/.*/grant select on p7.& to some@localhost;/' | db
	printf '[client]\nuser=some\npassword=x\n' >"$D/cnf"
	chmod 600 "$D/cnf"
	exits 77 p7-extract --p7 "$P7" --db-defaults-file "$D/cnf" --db-socket "$SOCKET" --list-users
	grep -q 'denied to user .*wm_adav_' <<<"$output"
	db -e 'drop user some@localhost'
	sql 'create table part (id int, id_acct int, id_user int, folder_full_name varchar(9),
			system_type int) engine=myisam;
		drop table wm_awm_system_folders;
		create table wm_awm_system_folders (id int, id_acct int, id_user int,
			folder_full_name varchar(9), system_type int) engine=merge union=(part);
		drop table part; flush tables'
	each_way 69 'wm_awm_system_folders'
}

@test "E01: without data/salt.php database and prefix tell installations apart, and it is said once" {
	local id ids
	rm "$P7/data/salt.php"
	fresh_p8
	exits 0 migrate
	[ "$(grep -c 'there is no .*/salt.php' <<<"$output")" = 1 ]
	grep -q -- '--source-id' <<<"$output"
	grep -q '^All in P8: 11 users' <<<"$output"
	exits 0 migrate --quiet
	[ "$(dbq p8 'select count(distinct source), count(*) from au_p7m_users')" = "1	11" ]
	id=$(p7-extract --p7 "$P7" --only settings 2>/dev/null | head -n 1 | jq -r .source.id)
	# an empty one is the same in all installations
	: >"$P7/data/salt.php"
	ids=$(p7-extract --p7 "$P7" --only settings 2>/dev/null | head -n 1 | jq -r .source.id)
	[ "$ids" = "$id" ]
	# another database, another prefix: another installation
	db -e 'create database away'
	db away <"$TESTS/sample/p7-schema.sql"
	db away <"$TESTS/sample/p7-data.sql"
	sql 'create view x_awm_accounts as select * from wm_awm_accounts'
	[ "$(p7-extract --p7 "$P7" --db-name away --db-user root --only settings 2>/dev/null |
		head -n 1 | jq -r .source.id)" != "$id" ]
	[ "$(p7-extract --p7 "$P7" --prefix x_ --list-users --ids 2>/dev/null | cut -f 1 | sort -u)" \
		!= "$id" ]
	# a salt that is there and cannot be read is an error
	rm "$P7/data/salt.php" && mkdir "$P7/data/salt.php"
	exits 74 p7-extract --p7 "$P7" --list-users
	rmdir "$P7/data/salt.php"
}

@test "E01: --source-id goes through p7-migrate into each call" {
	need_long
	rm "$P7/data/salt.php"
	fresh_p8
	exits 64 migrate --source-id
	exits 0 migrate --source-id linden --check
	exits 0 migrate --source-id linden
	lacks 'salt.php' <<<"$output"
	[ "$(dbq p8 'select distinct source from au_p7m_users')" = \
		"$(p7-extract --p7 "$P7" --source-id linden --only settings | head -n 1 | jq -r .source.id)" ]
	exits 0 migrate --source-id linden --update --user anna.weber@linden.example
	grep -q '^Users: 1, in P8 already 1$' <<<"$output"
}

@test "E05: P7 without users: one line and 78, and P8 is as it was" {
	sql 'update wm_awm_accounts set def_acct = 0'
	each_way 78 'P7 has no users: wm_awm_accounts in database p7'
	sql 'update wm_awm_accounts set def_acct = 1, mailing_list = 1'
	each_way 78 'P7 has no users'
	sql 'delete from wm_awm_accounts'
	each_way 78 'P7 has no users'
	fresh_p8
	each_mode 78 '^p7-extract: P7 has no users'
	exits 78 migrate --quiet
	[ "${#lines[@]}" = 1 ]
}

@test "E05: nobody is taken back for a P7 without users" {
	need_long
	fresh_p8
	migrate --quiet --user anna.weber@linden.example
	sql 'delete from wm_awm_accounts'
	exits 78 migrate --from-scratch
	exits 78 migrate --redo anna.weber@linden.example
	[ "$(users_in_p8)" = 1 ]
}

@test "E10: without a prefix, only P7's tables count in a database of several applications" {
	need_long
	local t n
	sed -i 's|<DBPrefix>[^<]*<|<DBPrefix><|' "$P7/data/settings/settings.xml"
	while read -r t; do
		printf 'rename table %s to %s;' "$t" "${t#wm_}"
	done < <(dbq p7 'show tables') | db p7
	exits 0 p7-extract --p7 "$P7" --check
	grep '^engine' <<<"$output" >"$D/engine"
	[ "$(wc -l <"$D/engine")" = 1 ]
	sql "create table shop_orders (id int primary key, t text) engine=myisam;
		insert into shop_orders select seq, repeat('x', 1000) from seq_1_to_2000;
		create table awm_accounts_backup (x int) engine=aria character set latin1;
		create table shop_awm_addr_book (x int);
		create table lost (x int); create view shop_view as select * from lost; drop table lost"
	exits 0 p7-extract --p7 "$P7" --check
	grep '^engine' <<<"$output" | diff "$D/engine" -
	grep -Eq '^snapshot +one, of all' <<<"$output"
	grep -Eq '^schema +that of P7' <<<"$output"
	grep -Eq '^database .*text as UTF-8' <<<"$output"
	lacks shop <<<"$output"
	# with a prefix that others have, too
	sql 'create table wm_awm_accounts as select * from awm_accounts where 0'
	fresh_p8
	exits 0 migrate --check
	lacks 'MyISAM\|Aria' <<<"$output"
	n=$(awk '{ print $(NF - 1) }' "$D/engine")
	[ "$n" -lt 2000000 ]
}

@test "E04: accounts and domains with POP3 are warned of, and counted by --check" {
	fresh_p8
	exits 0 migrate --check
	lacks POP3 <<<"$output"
	sql 'update wm_awm_accounts set mail_protocol = 0, mail_inc_port = 110 where id_acct = 1;
		update wm_awm_accounts set mail_inc_port = 995 where id_acct = 21;
		update wm_awm_domains set mail_protocol = 0 where id_domain = 1'
	exits 0 migrate --check
	grep -Eq '^P7 +POP3 +2 accounts, 1 domain: .*993' <<<"$output"
	exits 0 migrate
	[ "$(jq -r 'select(.code == "account-pop3") | [.user, .table, .id] | @tsv' \
		"$D/state/rejects.ndjson" | sort)" = "\
anna.weber@linden.example	awm_accounts	1
anna.weber@linden.example	awm_accounts	21" ]
	[ "$(jq -r 'select(.code == "domain-pop3") | [.table, .id] | @tsv' "$D/state/rejects.ndjson")" \
		= "awm_domains	1" ]
	[ "$(grep -c '"code":"account-pop3".*set the server.s IMAP port' "$D/state/rejects.ndjson")" = 2 ]
	# the default domain is a setting
	sed -i 's|<IncomingMailProtocol>[^<]*<|<IncomingMailProtocol>POP3<|' \
		"$P7/data/settings/settings.xml"
	exits 0 p7-extract --p7 "$P7" --check
	grep -Eq '^POP3 +2 accounts, 2 domains' <<<"$output"
}

@test "E11: MyISAM is said once in a run, the warnings in the closing, contacts as the run counts them" {
	need_long
	local n before
	fresh_p8
	before=$(p7-extract --p7 "$P7" --check | awk '$1 == "contacts" { print $2 }')
	sql 'alter table wm_awm_identities engine=myisam; alter table wm_adav_calendars engine=myisam;
		update wm_awm_addr_book set deleted = 1 where id_addr = 3'
	[ "$(p7-extract --p7 "$P7" --check | awk '$1 == "contacts" { print $2 }')" = $((before - 1)) ]
	exits 0 migrate --check
	[ "$(grep -c 'let nobody use P7' <<<"$output")" = 1 ]
	n=$(awk '$1 == "P7" && $2 == "contacts" { print $3 }' <<<"$output")
	exits 0 migrate --check --user ivan.petrov@mir.test
	[ "$(awk '$1 == "P7" && $2 == "contacts" { print $3 }' <<<"$output")" -lt "$n" ]
	exits 0 migrate --jobs 2 --update
	[ "$(grep -c 'let nobody use P7' <<<"$output")" = 1 ]
	grep -q 'InnoDB (wm_adav_calendars, wm_awm_identities)' <<<"$output"
	grep -q "^All in P8: 11 users of P7, $n contacts, .* 0 rejects; verified" <<<"$output"
	grep -q "^$(grep '"WARN"' "$D/state/rejects.ndjson" | grep -vc not-carried) warnings\?: .*rejects.ndjson" <<<"$output"
	# who has none hears of none
	sql "update wm_awm_accounts set hide_in_gab = 0; delete from wm_awm_senders where safety <> 1"
	fresh_p8
	rm -r "$D/state"
	exits 0 migrate --user camille.dubois@linden.example --without calendars,contacts,collected
	grep -q ' 0 rejects' <<<"$output"
	lacks '^[0-9]* warnings\?:' <<<"$output"
}

@test "E11, D70: system folders of 6.4 come from awm_folders, the rest of them is counted" {
	sql "insert into wm_awm_folders (id_acct, type, name, full_path) values
		(1, 1, 'INBOX#', 'INBOX#'), (1, 2, 'Gesendet#', 'INBOX.Gesendet#'),
		(1, 3, 'Entw#', 'Entw&APw-rfe#'), (1, 4, 'Papierkorb#', 'Papierkorb#'),
		(1, 5, 'Unerwartet#', 'Unerwartet#'), (1, 10, 'Garten#', 'Garten#'),
		(2, 4, 'Spam', 'Spam'), (2, 5, 'Trash', 'Trash'), (2, 2, '', ''), (999, 2, 'x#', 'x#')"
	# P7 from 6.6 on reads its own table
	p7-extract --p7 "$P7" >"$D/out"
	[ "$(jq -r 'select(.kind == "WARN" and .table == "awm_folders") | .reason' "$D/out")" = \
		'10 rows not carried: folders of version 5 or 6' ]
	[ "$(jq -r 'select(.kind == "SYSTEM_FOLDER") | .table' "$D/out" | sort -u)" = null ]
	sql 'drop table wm_awm_system_folders'
	fresh_p8
	exits 0 migrate --absent wm_awm_system_folders
	jq -r 'select(.kind == "WARN" and .table == "awm_folders") | .reason' "$D/state/rejects.ndjson" |
		grep -q '^4 rows not carried'
	[ "$(dbq p8 "select group_concat(t.value, ' ', n.value order by n.value separator ', ')
		from au_eav_entities e
		join au_eav_attributes_int t on t.id_entity = e.id and t.name = 'Type'
		join au_eav_attributes_string n on n.id_entity = e.id and n.name = 'FolderFullName'
		where e.entity_type like '%SystemFolder'")" = \
		"3 Entw&APw-rfe, 2 INBOX.Gesendet, 5 Papierkorb, 4 Spam, 5 Trash, 4 Unerwartet" ]
	# what is said of one names its table
	sql "update wm_awm_folders set full_path = concat(repeat('x', 254), '#') where id_folder = 2"
	p7-extract --p7 "$P7" --absent wm_awm_system_folders | p7-transform --target "$D/state/target.json" | dav-schema-upgrade records >"$D/out"
	[ "$(jq -r 'select(.kind == "SYSTEM_FOLDER") | .string.FolderFullName | length' "$D/out" |
		sort -n | tail -n 1)" = 254 ]
}

@test "E11: delegates are shares of their own table, or are counted beside shares" {
	need_long
	sql "create table wm_adav_delegates (id int unsigned not null auto_increment primary key,
			calendarid int unsigned not null, principalid int unsigned not null, mode tinyint);
		insert into wm_adav_delegates (calendarid, principalid, mode) values (2, 2, 1), (2, 3, 2)"
	p7-extract --p7 "$P7" >"$D/out"
	[ "$(jq -r 'select(.kind == "WARN" and .table == "adav_delegates") | .reason' "$D/out")" = \
		'2 rows not carried: shares of versions before 7.2.1' ]
	sql 'drop table wm_adav_calendarshares'
	p7-extract --p7 "$P7" --absent wm_adav_calendarshares >"$D/out"
	[ -z "$(jq -r 'select(.kind == "WARN" and .table == "adav_delegates")' "$D/out")" ]
	p7-extract --p7 "$P7" --absent wm_adav_calendarshares >"$D/out"
	[ "$(jq -r 'select(.kind == "CALENDAR_SHARE") | .table' "$D/out" | xargs)" = \
		"adav_delegates adav_delegates" ]
}
