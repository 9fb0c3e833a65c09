# dav-schema-upgrade: its commands and options, and the results of sabre's own scripts.
# also on MySQL with --long
# not sanitized but for --long: the servers take the time

load ../dav-schema

setup_file() { dav_setup_file; }
teardown_file() { dav_teardown_file; }

# After each step, what the genuine scripts gave; but for the time zone that they lose.
golden() {
	local want=$P7M_SHARED/golden/dav-steps/$1 version
	shift
	db -e 'DROP DATABASE IF EXISTS dav; CREATE DATABASE dav CHARACTER SET latin1'
	db dav <"$want/1.8.sql"
	for version in 2.0 2.1 3.0 3.2; do
		gives 0 apply --with-public --to "$version"
		"$P7M_SHARED/tools/p8-canon" --db dav --dav-only --dav-prefix '' --prefix '' \
			--schema -- --no-defaults --socket="$SOCKET" --user=root >"$S/canon"
		run diff "$want/$version.canon" "$S/canon"
		"$@" "$version" || fail "$version: $output"
	done
}

same() { [ -z "$output" ]; }

kept_timezone() {
	[ "$1" = 3.2 ] || { same; return; }
	[ "$(grep -c '^[<>]' <<<"$output")" = 2 ] || return
	grep -q '^<.*rw-cal -> .*timezone	null$' <<<"$output" &&
		grep -q '^>.*rw-cal -> .*timezone	"BEGIN:VCALENDAR' <<<"$output"
}

@test "every step gives what sabre's script gives, on a database full of things" {
	need_shared
	golden rich kept_timezone
	gives 0 verify
}

@test "every step gives what sabre's script gives, on empty tables" {
	need_long
	need_shared
	golden empty same
	gives 0 verify
}

@test "step by step and all at once end in the same" {
	need_long
	given
	upgraded
	contents >"$S/want"
	given
	for version in 2.0 2.1 3.0 3.2; do
		gives 0 apply --to "$version"
		gives 0 verify
	done
	same_as "$S/want" 'step by step'
}

@test "the results of a small site" {
	need_long
	given
	upgraded
	is 'SELECT id, uid FROM calendarobjects ORDER BY id' $'1\tone\n2\ttwo\n3\tthree\n5\tfive\n7\tдом-7\n8\teight\n20\tone'
	is 'SELECT id, synctoken, components FROM calendars ORDER BY id' $'1\t1\tVEVENT,VTODO\n2\t1\tVEVENT,VTODO,VJOURNAL\n3\t1\tVEVENT\n4\t1\tVTODO\n9\t1\tVEVENT,VTODO'
	is 'SELECT calendarid, principaluri, uri, displayname, transparent, access FROM calendarinstances ORDER BY 1' $'1\tprincipals/zoë@birch.test\twork\tWork\t0\t1\n2\tprincipals/zoë@birch.test\thome\tHome\t1\t1\n3\tprincipals/ivan@birch.test\tдом\tДом\t0\t1\n4\tprincipals/ivan@birch.test\twork\tNULL\t0\t1\n9\tprincipals/gone@birch.test\twork\tLeft\t0\t1'
	is 'SELECT HEX(timezone) FROM calendarinstances WHERE calendarid=1' 424547494E3A5643414C454E4441520D0A454E443A5643414C454E4441520D0A
	is "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='dav' AND COLUMN_NAME='public'" 0
	is 'SELECT etag, size FROM cards WHERE id=1' "$(printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:me\r\nFN:Zoë\r\nEND:VCARD\r\n' | md5sum | cut -c1-32)"$'\t54'
	is 'SELECT path, valuetype, HEX(value) FROM propertystorage' "addressbooks/zoë@birch.test"$'\t3\t'"$(printf 'O:27:"Sabre\\DAV\\Xml\\Property\\Href":1:{s:8:"\0*\0hrefs";a:1:{i:0;s:41:"/addressbooks/zoë@birch.test/book/me.vcf";}}' | xxd -p -u | tr -d '\n')"
}

@test "a new calendar does not get the id of one that was deleted" {
	need_long
	given
	upgraded
	db dav -e 'INSERT INTO calendars (synctoken) VALUES (1)'
	is 'SELECT MAX(id) FROM calendars' 41
}

# MySQL 9.6 and later keep MD5() in a component.
with_md5() {
	db -e "SELECT MD5('')" >/dev/null 2>&1 && return
	gives 0 "$@" plan
	says "INSTALL COMPONENT 'file://component_classic_hashing'"
	db -e "INSTALL COMPONENT 'file://component_classic_hashing'" 2>/dev/null ||
		skip 'this server has no MD5()'
	component=1
}

without_md5() {
	[ -z "${component:-}" ] || db -e "UNINSTALL COMPONENT 'file://component_classic_hashing'"
}

# What plan prints, piped into the client: its session is as awkward as can be.
by_hand() {
	gives 0 plan "$@"
	db dav --init-command="SET sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES', NAMES latin1" \
		<<<"$output" >/dev/null
}

@test "the plan, piped into the client, ends in the same as apply" {
	given
	with_md5
	upgraded --with-public
	contents >"$S/want"
	# The lines that are not understood by hand, and the UID of one that is not in its first line.
	given "UPDATE calendarobjects SET calendardata=REPLACE(REPLACE(calendardata, 'UID:no\r\n', ''), '\r\n o', 'o'),
		etag='', size=0 WHERE id IN (2, 5); UPDATE calendarobjects SET
		calendardata=REPLACE(calendardata, 'uid;x-a=\"q:\"', 'UID'), etag='', size=0 WHERE id=8"
	by_hand --with-public
	contents | grep -vE '^(2|5|8)	BEGIN' >"$S/got"
	grep -vE '^(2|5|8)	BEGIN' "$S/want" | cmp - "$S/got"
	is 'SELECT id, uid FROM calendarobjects ORDER BY id' $'1\tone\n2\ttwo\n3\tthree\n5\tfive\n7\tдом-7\n8\teight\n20\tone'
	contents >"$S/want"
	gives 0 verify
	gives 0 apply --with-public
	same_as "$S/want" 'apply after the plan by hand'
	without_md5
}

@test "the plan of each step, piped into the client, with a prefix" {
	need_long
	rename='RENAME TABLE calendars TO x_calendars, calendarobjects TO x_calendarobjects,
		cards TO x_cards, addressbooks TO x_addressbooks, principals TO x_principals;
		UPDATE x_calendarobjects SET calendardata=CONCAT("BEGIN:VEVENT\nUID:u", id, "\n")'
	given "$rename"
	with_md5 --prefix x_
	for version in 2.0 2.1 3.0 3.2; do
		gives 0 --prefix x_ apply --to "$version"
		contents >"$S/$version"
	done
	given "$rename"
	for version in 2.0 2.1 3.0 3.2; do
		by_hand --prefix x_ --to "$version"
		same_as "$S/$version" "the plan of $version by hand"
	done
	# Or by hand and by program in turns.
	given "$rename"
	by_hand --prefix x_ --to 2.0
	gives 0 --prefix x_ apply --to 2.1
	by_hand --prefix x_ --to 3.0
	gives 0 --prefix x_ apply
	same_as "$S/3.2" 'by hand and by program in turns'
	gives 0 --prefix x_ verify
	without_md5
}

@test "plan and status write nothing" {
	given
	contents >"$S/want"
	gives 0 plan
	says 'CREATE TABLE `calendarinstances`'
	gives 0 status
	says 'schema   1.8'
	says 'journal  none'
	same_as "$S/want" 'after plan and status'
	is "SHOW TABLES LIKE '%dsu%'" ''
	gives 0 verify
}

@test "status tells versions, pending statements and what is left" {
	given
	gives 0 apply --to 2.1
	gives 0 status
	says 'schema   2.1'
	says 'pending  3.0: 5 statements'
	says 'calendars_dsu20'
	gives 75 --stop-after 8 apply
	gives 0 status
	says 'was started and not ended'
	says 'next     the interrupted command again'
	gives 0 apply
	says 'next: verify'
	gives 0 status
	says 'pending  nothing'
	says 'next     verify; cleanup'
}

@test "with a prefix, beside other tables" {
	need_long
	given
	db dav -e 'RENAME TABLE calendars TO au_adav_calendars, calendarobjects TO au_adav_calendarobjects,
		cards TO au_adav_cards, addressbooks TO au_adav_addressbooks, principals TO au_adav_principals;
		CREATE TABLE calendars (id INT PRIMARY KEY, mine INT); CREATE TABLE auXadav_cards (id INT PRIMARY KEY)'
	gives 0 --prefix au_adav_ apply
	gives 0 --prefix au_adav_ verify
	is "SELECT GROUP_CONCAT(TABLE_NAME ORDER BY 1) FROM information_schema.TABLES WHERE TABLE_SCHEMA='dav'
		AND TABLE_NAME NOT LIKE 'au\\_adav\\_%'" auXadav_cards,calendars
	is 'SELECT COUNT(*) FROM au_adav_calendarinstances' 5
	is 'SELECT COUNT(*) FROM au_adav_dsu_journal WHERE state<>"done"' 0
}

@test "the wrong prefix, database and tables are named" {
	given 'RENAME TABLE calendarobjects TO x_calendarobjects, calendars TO x_calendars'
	gives 78 --prefix y_ apply
	says 'did you mean --prefix x_'
	given
	gives 78 --prefix y_ status
	says 'did you mean no --prefix'
	db -e 'CREATE DATABASE IF NOT EXISTS nothing'
	run dav-schema-upgrade --socket="$SOCKET" --user=root --database=nothing status
	[ "$status" = 78 ]
	says 'has no sabre/dav table'
	run dav-schema-upgrade --socket="$SOCKET" --user=root --database=absent status
	[ "$status" = 78 ]
	run dav-schema-upgrade --socket="$SOCKET.no" --user=root --database=dav status
	[ "$status" = 69 ]
	given 'ALTER TABLE calendarobjects DROP COLUMN etag'
	gives 78 apply
	says 'has no column etag'
	given 'DROP TABLE calendars; CREATE TABLE calendars (id INT PRIMARY KEY, year INT)'
	gives 78 apply
	says 'has no column synctoken: it is not a table of sabre/dav'
	given 'RENAME TABLE cards TO real_cards; CREATE VIEW cards AS SELECT * FROM real_cards'
	gives 78 apply
	says 'is a view'
}

@test "restore goes back step by step to what was there" {
	need_long
	given
	contents >"$S/1.8"
	for version in 2.0 2.1 3.0 3.2; do
		gives 0 apply --to "$version"
		contents >"$S/$version"
	done
	for version in 3.0 2.1 2.0 1.8; do
		gives 0 restore
		same_as "$S/$version" "back at $version"
	done
	gives 78 restore
	says 'no step to undo'
	upgraded
	same_as "$S/3.2" 'upgraded again'
}

@test "restore refuses to lose what was written since, unless told to" {
	given
	upgraded
	db dav -e "INSERT INTO calendarinstances (calendarid, principaluri, access, uri) VALUES
		(1, 'principals/ivan@birch.test', 2, 'shared'); INSERT INTO calendars (id) VALUES (50)"
	gives 78 restore
	says 'calendars: 1 row added, altered or deleted since'
	says 'calendarinstances: 1 row added'
	gives 0 restore --discard
	gives 0 status
	says 'schema   3.0'
}

@test "cleanup drops the backups after verify, and nothing else" {
	given 'CREATE TABLE calendars_old (id INT PRIMARY KEY); CREATE TABLE folders_order (id INT PRIMARY KEY)'
	upgraded
	db dav -e "UPDATE calendarobjects SET uid='x' WHERE id=3"
	gives 1 cleanup
	says 'the backups stay'
	is "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA='dav' AND TABLE_NAME LIKE '%dsu%'" 5
	db dav -e "UPDATE calendarobjects SET uid='three' WHERE id=3"
	gives 75 --stop-after 7 cleanup
	gives 0 cleanup
	says 'calendars_old was left by a stock script'
	is "SHOW TABLES LIKE '%dsu%'" dsu_journal
	is "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA='dav' AND TABLE_NAME IN
		('calendars_old', 'folders_order')" 2
	gives 78 restore
	says 'its backup calendars_dsu32 has been dropped'
	gives 0 cleanup --journal
	is "SHOW TABLES LIKE '%dsu%'" ''
	gives 0 apply
	gives 0 verify
}

@test "verify finds what is wrong" {
	given
	upgraded
	db dav -e "UPDATE calendarobjects SET uid=NULL WHERE id=7; UPDATE cards SET size=1 WHERE id=2;
		DELETE FROM calendarinstances WHERE calendarid=3; DELETE FROM cards WHERE id=1;
		UPDATE calendarinstances SET timezone=NULL; DELETE FROM propertystorage;
		UPDATE calendarobjects SET etag='x' WHERE id=1; DELETE FROM calendars WHERE id=4"
	gives 1 verify
	says 'row     calendarobjects: every object has the uid that its data have: id 7'
	says 'FAILED  cards: etag and size are true'
	says 'FAILED  cards has its 2 rows'
	says 'FAILED  calendarobjects: etag and size are true'
	says 'FAILED  every calendar has an owner instance'
	says 'FAILED  every instance has a calendar'
	says 'FAILED  every calendar of before step 3.2 is there'
	says 'FAILED  every calendar has the time zone'
	says "FAILED  principals: everybody's own card"
}

@test "an untrue etag of before stays, is told of, and can be corrected" {
	given "UPDATE calendarobjects SET etag='', size=0 WHERE id=3"
	upgraded
	is 'SELECT etag, size FROM calendarobjects WHERE id=3' $'\t0'
	gives 0 verify
	says 'not so for 1 row, as before the upgrade; apply --fix-etags'
	gives 0 apply --fix-etags
	gives 0 verify
	says 'ok      calendarobjects: etag and size are true'
	is 'SELECT size FROM calendarobjects WHERE id=3' 62
}

@test "two runs are kept apart" {
	need_long
	given
	name=$(printf dav. | md5sum | cut -c1-32)
	db dav -e "SELECT GET_LOCK('dav-schema-upgrade.run.$name', 0); SELECT SLEEP(30)" >/dev/null &
	client=$!
	for ((i = 0; i < 100; i++)); do
		[ "$(dbq dav "SELECT IS_FREE_LOCK('dav-schema-upgrade.run.$name')")" = 1 ] || break
		sleep 0.05
	done
	gives 75 apply
	says 'another run'
	gives 0 status
	# Another prefix or database is another matter.
	kill $client
	db -e "KILL $(dbq dav "SELECT IS_USED_LOCK('dav-schema-upgrade.run.$name')")"
	wait $client || true
	gives 0 apply
}

@test "a DSN and a login, as the scripts take them" {
	given
	run dav-schema-upgrade status "mysql:unix_socket=$SOCKET;dbname=dav;charset=utf8" root
	[ "$status" = 0 ]
	says 'schema   1.8'
	run dav-schema-upgrade "mysql:host=localhost:$SOCKET;dbname=dav" root
	[ "$status" = 0 ]
	is 'SELECT COUNT(*) FROM calendarinstances' 5
	run dav-schema-upgrade "mysql:unix_socket=$SOCKET;dbname=dav" root hunter2
	[ "$status" = 64 ]
	says 'option file'
	[[ $output != *hunter2* ]]
	run dav-schema-upgrade status 'sqlite:/x/db.sqlite'
	[ "$status" = 64 ]
	says 'only mysql:'
}

@test "option files, and no password on the command line" {
	given
	db_user davuser 'dav#secret' 'ALL ON dav.*'
	printf '[client]\nsocket=%s\nuser=davuser\npassword="dav#secret"\n[dav-schema-upgrade]\ndatabase=dav\n' \
		"$SOCKET" >"$S/my.cnf"
	chmod 600 "$S/my.cnf"
	run dav-schema-upgrade --defaults-file "$S/my.cnf" apply
	[ "$status" = 0 ]
	chmod 644 "$S/my.cnf"
	run dav-schema-upgrade --defaults-file "$S/my.cnf" status
	[ "$status" = 77 ]
	run dav-schema-upgrade --defaults-file "$S/none" status
	[ "$status" = 66 ]
	for arg in -phunter2 -p --password=hunter2 --password; do
		gives 64 "$arg" status
		says 'option file'
		[[ $output != *hunter2* ]]
	done
	run dav-schema-upgrade --socket="$SOCKET" --user=davuser --database=dav status
	[ "$status" = 77 ]
}

@test "wrong use" {
	run dav-schema-upgrade
	[ "$status" = 64 ]
	gives 64 upgrade
	gives 64 apply --to 4.0
	gives 64 apply --port x
	gives 64 apply --nonsense
	gives 64 apply --stop-after 0
	gives 64 apply notadsn
	gives 64 --prefix aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa status
	gives 0 --help
	says usage:
	gives 0 --version
	run dav-schema-upgrade --socket="$SOCKET" --user=root status
	[ "$status" = 64 ]
	given
	run bash -c "dav-schema-upgrade --socket='$SOCKET' --user=root --database=dav plan >/dev/full"
	[ "$status" = 75 ]
}
