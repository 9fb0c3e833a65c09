# dav-schema-upgrade on tables in every state it may find them in: odd data, old types, other
# servers' settings, and what the stock scripts leave when they die half-way.
# also on MySQL with --long
# not sanitized but for --long: the servers take the time

load ../dav-schema

setup_file() { dav_setup_file; }
teardown_file() { dav_teardown_file; }

# Every calendar has one owner instance, whatever happened before.
all_owned() {
	is 'SELECT COUNT(*) FROM calendars c LEFT JOIN calendarinstances i ON i.calendarid=c.id AND
		i.access=1 WHERE i.id IS NULL' 0
	is 'SELECT COUNT(*) FROM calendars' "$1"
}

@test "empty tables" {
	given 'DELETE FROM calendars; DELETE FROM calendarobjects; DELETE FROM cards; DELETE FROM
		addressbooks; DELETE FROM principals'
	upgraded
	is "SELECT COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='dav' AND
		TABLE_NAME='cards' AND COLUMN_NAME='carddata'" mediumblob
	# The id of a deleted calendar is not given again.
	is "SELECT AUTO_INCREMENT>1 FROM information_schema.TABLES WHERE TABLE_SCHEMA='dav' AND
		TABLE_NAME='calendars'" 1
}

@test "calendars empty, everything else in use" {
	given 'DELETE FROM calendars'
	upgraded
	all_owned 0
	is 'SELECT COUNT(*) FROM calendarobjects WHERE uid IS NOT NULL' 7
}

@test "each table in turn is missing" {
	need_long
	for table in principals calendars calendarobjects addressbooks cards; do
		given "DROP TABLE $table"
		upgraded
		[ "$table" = principals ] || says "table $table is missing and is made, empty"
	done
	given 'DROP TABLE principals'
	gives 0 apply
	says 'there is no table principals'
	given 'ALTER TABLE principals DROP COLUMN vcardurl'
	gives 0 apply
	says 'no column vcardurl'
}

@test "a table put aside with rows in it is not replaced by an empty one" {
	given 'RENAME TABLE calendars TO calendars_old'
	gives 78 apply
	says 'calendars_old has rows'
	is "SHOW TABLES LIKE 'calendars'" ''
}

@test "upgraded old types" {
	given 'ALTER TABLE calendarobjects MODIFY calendardata TEXT, MODIFY uri VARCHAR(100),
		MODIFY etag VARCHAR(32), MODIFY componenttype VARCHAR(8);
		ALTER TABLE calendars MODIFY principaluri VARCHAR(100), MODIFY uri VARCHAR(100),
		MODIFY components VARCHAR(255); ALTER TABLE cards MODIFY carddata TEXT, MODIFY uri VARCHAR(100);
		ALTER TABLE addressbooks MODIFY principaluri VARCHAR(100);
		UPDATE calendars SET components="VEVENT,VTODO,VJOURNAL,VFREEBUSY" WHERE id=2'
	upgraded
	all_owned 5
	is 'SELECT components FROM calendars WHERE id=2' VEVENT,VTODO,VJOURNAL,VFREEBUSY
	is "SELECT DATA_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='dav' AND
		TABLE_NAME='calendarobjects' AND COLUMN_NAME='calendardata'" text
}

@test "columns that older or other versions do not have" {
	need_long
	given 'ALTER TABLE calendars DROP COLUMN timezone, DROP COLUMN transparent, DROP COLUMN ctag,
		DROP COLUMN components, DROP COLUMN calendarcolor'
	upgraded
	all_owned 5
	is 'SELECT COUNT(*) FROM calendars WHERE components="VEVENT,VTODO,VJOURNAL"' 5
}

@test "binary, latin1 and utf8mb4 columns: uid and etag are those of the true bytes" {
	given "ALTER TABLE calendarobjects MODIFY calendardata MEDIUMBLOB;
		UPDATE calendarobjects SET calendardata=CONCAT('BEGIN:VEVENT', X'0A', 'UID:', X'F09F9880', X'0A')
			WHERE id=1;
		UPDATE calendarobjects SET calendardata=CONCAT('BEGIN:VEVENT', X'0A', 'UID:', X'E9FF', X'0A')
			WHERE id=2;
		UPDATE calendarobjects SET calendardata=X'FFFE42004500470049004E003A0056004500560045004E0054000A005500490044003A0041040A00'
			WHERE id=3;
		ALTER TABLE cards CONVERT TO CHARACTER SET utf8mb4; UPDATE cards SET carddata='é' WHERE id=1"
	gives 0 apply
	is 'SELECT id, HEX(CAST(uid AS BINARY)) FROM calendarobjects WHERE id<5 ORDER BY id' \
		$'1\tF09F9880\n2\t3F3F2D'"$(printf '\xe9\xff' | md5sum | cut -c1-8 | tr -d '\n' | xxd -p -u)"$'\n3\tD181'
	is 'SELECT size FROM cards WHERE id=1' 2
	gives 0 verify
	says "not so for 3 rows, as before the upgrade"
	gives 0 apply --fix-etags
	gives 0 verify

	given "DELETE FROM cards WHERE id=2; ALTER TABLE cards CONVERT TO CHARACTER SET latin1;
		UPDATE cards SET carddata='é' WHERE id=1; DELETE FROM calendarobjects WHERE id NOT IN (3, 8);
		ALTER TABLE calendarobjects CONVERT TO CHARACTER SET latin1;
		UPDATE calendarobjects SET calendardata='BEGIN:VTODO\nUID:é\n', etag='', size=0 WHERE id=3;
		DELETE FROM calendars WHERE id IN (3, 4); ALTER TABLE calendars CONVERT TO CHARACTER SET latin1"
	upgraded
	is 'SELECT uid FROM calendarobjects WHERE id=3' é
	is 'SELECT etag, size FROM cards' "$(printf é | md5sum | cut -c1-32)"$'\t2'
	is 'SELECT principaluri FROM calendarinstances WHERE calendarid=1' 'principals/zoë@birch.test'
}

@test "a principal's URI over 100 bytes is kept whole" {
	given "UPDATE calendars SET principaluri=CONCAT('principals/', REPEAT('é', 240)) WHERE id=3"
	upgraded
	says "a principal's URI has 491 bytes"
	all_owned 5
	is 'SELECT LENGTH(principaluri) FROM calendarinstances WHERE calendarid=3' 491
}

@test "a URI over 200 bytes is shortened and gets a hash" {
	given "UPDATE calendars SET uri=REPEAT('é', 150) WHERE id=3; UPDATE calendars SET
		uri=CONCAT(REPEAT('é', 150), 'x') WHERE id=4"
	upgraded
	says 'calendars id 3: its URI'
	all_owned 5
	is 'SELECT uri FROM calendarinstances WHERE calendarid IN (3, 4) ORDER BY calendarid' \
		"$(for end in '' x; do
			long=$(printf 'é%.0s' {1..150})$end
			printf '%s-%.8s\n' "$(printf 'é%.0s' {1..95})" "$(printf %s "$long" | md5sum)"
		done)"
}

@test "the same URI twice for one principal: the later ones get -2, -3" {
	given "INSERT INTO calendars (id, principaluri, uri) VALUES (11, 'principals/zoë@birch.test', 'work'),
		(12, 'principals/zoë@birch.test', 'work'), (13, 'principals/zoë@birch.test', 'work-2'),
		(14, 'principals/zoë@birch.test', 'WORK'), (15, NULL, 'work'), (16, NULL, 'work'),
		(17, 'principals/zoë@birch.test', NULL), (18, 'principals/zoë@birch.test', NULL),
		(19, 'principals/zoë@birch.test', ''), (21, 'principals/zoë@birch.test', '')"
	upgraded
	says 'calendars id 11: its URI work is that of another calendar of the same principal; it is work-3 now'
	all_owned 15
	is "SELECT calendarid, uri FROM calendarinstances WHERE calendarid>10 ORDER BY calendarid" \
		$'11\twork-3\n12\twork-4\n13\twork-2\n14\tWORK\n15\twork\n16\twork\n17\tNULL\n18\tNULL\n19\t\n21\t-2'
}

@test "long values are not cut in a new calendarinstances" {
	given "ALTER TABLE calendars MODIFY calendarcolor VARCHAR(40), MODIFY displayname VARCHAR(255),
		MODIFY description MEDIUMTEXT; UPDATE calendars SET calendarcolor='ярко-красный',
		displayname=REPEAT('ж', 255), description=REPEAT('x', 70000) WHERE id=3"
	upgraded
	is 'SELECT calendarcolor, CHAR_LENGTH(displayname), LENGTH(description) FROM calendarinstances WHERE
		calendarid=3' $'ярко-красный\t255\t70000'
}

@test "components NULL" {
	need_long
	given 'UPDATE calendars SET components=NULL'
	upgraded
	is 'SELECT DISTINCT components FROM calendars' VEVENT,VTODO,VJOURNAL
}

@test "objects without a UID, no calendar objects, no data: all stay, and are told of" {
	given "UPDATE calendarobjects SET etag='', size=0;
		UPDATE calendarobjects SET calendardata='BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VEVENT\r\n' WHERE id=1;
		UPDATE calendarobjects SET calendardata='BEGIN:VCARD\r\nUID:card\r\nEND:VCARD\r\n' WHERE id=2;
		UPDATE calendarobjects SET calendardata=NULL WHERE id=3;
		UPDATE calendarobjects SET calendardata='Sabre\\\\VObject cannot read me' WHERE id=5;
		UPDATE calendarobjects SET calendardata='' WHERE id=7;
		UPDATE calendarobjects SET calendardata='BEGIN:VEVENT\nUID:\nEND:VEVENT\nBEGIN:VEVENT\nUID:later' WHERE id=8"
	upgraded
	says 'calendarobjects id 1: has no UID'
	says 'calendarobjects id 2: is a VCARD'
	says 'calendarobjects id 3: has no data'
	says 'calendarobjects id 5: is not a calendar object'
	says 'calendarobjects id 7: is not a calendar object'
	is 'SELECT id, uid FROM calendarobjects ORDER BY id' \
		$'1\tNULL\n2\tNULL\n3\tNULL\n5\tNULL\n7\tNULL\n8\tlater\n20\tone'
}

@test "a UID of 250 characters" {
	need_long
	given "UPDATE calendarobjects SET calendardata=CONCAT('BEGIN:VEVENT\nUID:', REPEAT('ы', 250), '\n'), etag='' WHERE id=3"
	upgraded
	says 'calendarobjects id 3: its UID does not fit'
	long=$(printf 'ы%.0s' {1..250})
	is 'SELECT uid FROM calendarobjects WHERE id=3' \
		"$(printf 'ы%.0s' {1..191})-$(printf %s "$long" | md5sum | cut -c1-8)"
}

@test "UIDs behind a megabyte, at the edge of what is read first, and many of them" {
	need_long
	given "UPDATE calendarobjects SET calendardata=CONCAT('BEGIN:VEVENT\nATTACH:', REPEAT('A', 1000000), '\nUID:deep\n'),
		etag='', size=0 WHERE id=3;
		UPDATE calendarobjects SET calendardata=CONCAT('BEGIN:VEVENT\nATTACH:', REPEAT('A', 65536-13-7-1-4-3),
		'\nUID:edge of it\n'), etag='', size=0 WHERE id=5"
	{
		for ((i = 0; i < 70; i++)); do
			echo "INSERT INTO calendarobjects (calendarid, calendardata) VALUES (1,
				CONCAT('BEGIN:VEVENT\nX:', REPEAT('A', 70000), '\nUID:far-$i\n')),
				(1, 'BEGIN:VEVENT\nUID:near-$i\n');"
		done
	} | db dav
	db dav -e "UPDATE calendarobjects SET etag='', size=0 WHERE id>20"
	upgraded
	is 'SELECT uid FROM calendarobjects WHERE id IN (3, 5) ORDER BY id' $'deep\nedge of it'
	is "SELECT COUNT(*) FROM calendarobjects WHERE uid LIKE 'far-%' OR uid LIKE 'near-%'" 140
}

@test "cards without data, and with etags already" {
	given 'UPDATE cards SET carddata=NULL WHERE id=1'
	upgraded
	is 'SELECT etag, size FROM cards WHERE id=1' $'d41d8cd98f00b204e9800998ecf8427e\t0'
}

@test "two principals whose card would be the same property" {
	need_long
	given "UPDATE principals SET uri='principals/x/zoë@birch.test/', vcardurl='/second' WHERE id=2"
	upgraded
	is 'SELECT COUNT(*) FROM propertystorage' 1
	is "SELECT value LIKE '%me.vcf%' FROM propertystorage" 1
}

@test "somebody who had his own calendar as a share" {
	need_long
	given
	gives 0 apply --to 3.0
	db dav -e "CREATE TABLE calendarinstances (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
		calendarid INT UNSIGNED NOT NULL, principaluri VARBINARY(100), access TINYINT(1) NOT NULL DEFAULT 1,
		displayname VARCHAR(100), uri VARBINARY(200), description TEXT,
		calendarorder INT UNSIGNED NOT NULL DEFAULT 0, calendarcolor VARBINARY(10), timezone TEXT,
		transparent TINYINT(1) NOT NULL DEFAULT 0, UNIQUE (principaluri, uri),
		UNIQUE (calendarid, principaluri));
		INSERT INTO calendarinstances (calendarid, principaluri, access, uri) VALUES
		(3, 'principals/ivan@birch.test', 3, 'mine')"
	upgraded
	says 'calendars id 3: its owner had it as a share'
	all_owned 5
}

@test "MyISAM" {
	given 'ALTER TABLE calendars ENGINE=MyISAM; ALTER TABLE calendarobjects ENGINE=MyISAM;
		ALTER TABLE cards ENGINE=MyISAM; ALTER TABLE addressbooks ENGINE=MyISAM;
		ALTER TABLE principals ENGINE=MyISAM'
	upgraded
	all_owned 5
	gives 0 restore
	gives 0 apply
	gives 0 verify
}

@test "sql_mode of the server: ANSI_QUOTES, NO_BACKSLASH_ESCAPES, everything strict, nothing" {
	need_long
	given
	upgraded
	contents >"$S/want"
	for mode in ANSI,ANSI_QUOTES NO_BACKSLASH_ESCAPES PIPES_AS_CONCAT,TRADITIONAL ''; do
		given
		db -e "SET GLOBAL sql_mode='$mode'"
		upgraded
		db -e "SET GLOBAL sql_mode=DEFAULT"
		same_as "$S/want" "sql_mode $mode"
	done
}

@test "default character set of the database: it does not matter" {
	need_long
	given
	upgraded
	contents >"$S/want"
	for charset in utf8mb4 latin1 ucs2; do
		given
		db -e "ALTER DATABASE dav CHARACTER SET $charset"
		upgraded
		same_as "$S/want" "$charset"
	done
}

@test "ids with large gaps, and more rows than a batch" {
	need_long
	given "UPDATE calendarobjects SET id=4000000000 WHERE id=20"
	{
		echo 'CREATE TEMPORARY TABLE d (d INT); INSERT INTO d VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9);
			CREATE TEMPORARY TABLE n (n INT); INSERT INTO n SELECT a.d FROM d a;'
		for ((i = 0; i < 10; i++)); do
			echo "INSERT INTO calendarobjects (id, calendarid, calendardata, etag, size) SELECT
				1000000 + $i * 1000 + n * 100 + d * 10, 1, CONCAT('BEGIN:VEVENT\nUID:u', d, n, '\n'), '', 0
				FROM d JOIN n ON d<>n; INSERT INTO cards (id, addressbookid, carddata) SELECT
				1000000 + $i * 1000 + n * 100 + d * 10, 1, 'x' FROM d JOIN n ON d<>n;"
		done
		for ((i = 0; i < 4; i++)); do
			echo "INSERT INTO calendarobjects (id, calendarid, calendardata, etag, size) SELECT
				id + $((1 << i)) * 20000, 1, calendardata, '', 0 FROM calendarobjects WHERE id BETWEEN 1000000 AND 3000000;
				INSERT INTO cards (id, addressbookid, carddata) SELECT id + $((1 << i)) * 20000, 1, carddata
				FROM cards WHERE id BETWEEN 1000000 AND 3000000;"
		done
	} | sed 's/CREATE TEMPORARY TABLE n (n INT);/CREATE TEMPORARY TABLE n (n INT);/' | db dav
	upgraded
	is 'SELECT COUNT(*)>12000, SUM(uid IS NULL) FROM calendarobjects' $'1\t0'
	is 'SELECT COUNT(*)>12000, SUM(etag IS NULL) FROM cards' $'1\t0'
}

# Half-way through the stock scripts

old_cards='ALTER TABLE cards ADD etag VARBINARY(32), ADD size INT UNSIGNED NOT NULL'
stock_20="ALTER TABLE calendars ADD synctoken INT UNSIGNED NOT NULL DEFAULT 1, DROP ctag;
	ALTER TABLE addressbooks ADD synctoken INT UNSIGNED NOT NULL DEFAULT 1, DROP ctag; $old_cards;
	CREATE TABLE propertystorage (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	path VARBINARY(1024) NOT NULL, name VARBINARY(100) NOT NULL, value MEDIUMBLOB,
	UNIQUE KEY path_property_1234 (path(600), name))"
instances="CREATE TABLE calendarinstances (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	calendarid INT UNSIGNED NOT NULL, principaluri VARBINARY(100), access TINYINT(1) NOT NULL DEFAULT 1,
	displayname VARCHAR(100), uri VARBINARY(200), description TEXT,
	calendarorder INT UNSIGNED NOT NULL DEFAULT 0, calendarcolor VARBINARY(10), timezone TEXT,
	transparent TINYINT(1) NOT NULL DEFAULT 0, share_href VARBINARY(100), share_displayname VARCHAR(100),
	share_invitestatus TINYINT(1) NOT NULL DEFAULT 2, public TINYINT(1) NOT NULL DEFAULT 0,
	UNIQUE (principaluri, uri), UNIQUE (calendarid, principaluri), UNIQUE (calendarid, share_href))
	DEFAULT CHARSET=utf8mb4"
fill_instances="INSERT INTO calendarinstances (calendarid, principaluri, access, displayname, uri,
	description, calendarorder, calendarcolor, transparent) SELECT id, principaluri, 1, displayname, uri,
	description, calendarorder, calendarcolor, transparent FROM calendars"
move="RENAME TABLE calendars TO calendars_3_1_1500000000"
new_calendars="CREATE TABLE calendars (id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
	synctoken INT UNSIGNED NOT NULL DEFAULT 1, components VARBINARY(21))"
fill_calendars="INSERT INTO calendars SELECT id, synctoken, COALESCE(components, 'VEVENT,VTODO,VJOURNAL')
	FROM calendars_3_1_1500000000"

# What any of them must become.
whole() {
	all_owned 5
	is 'SELECT COUNT(*) FROM calendarinstances' 5
	is 'SELECT calendarid, timezone FROM calendarinstances WHERE calendarid IN (2, 3)' $'2\tNULL\n3\tEurope/Riga'
	is 'SELECT COUNT(*) FROM calendarobjects WHERE uid IS NULL' 0
	is 'SELECT COUNT(*) FROM cards WHERE etag IS NULL OR LENGTH(etag)<>32 OR size=0' 0
	is 'SELECT COUNT(*) FROM propertystorage WHERE valuetype=3' 1
	is "SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA='dav' AND TABLE_NAME IN
		('calendars', 'addressbooks') AND COLUMN_NAME IN ('synctoken', 'ctag')" 2
}

@test "half-way 2.0: synctoken is there, ctag too" {
	need_long
	given 'ALTER TABLE calendars ADD synctoken INT UNSIGNED NOT NULL DEFAULT 1'
	gives 0 status
	says '1.8, half-way to 2.0'
	upgraded
	whole
}

@test "half-way 2.0: synctoken is NULL in old rows" {
	need_long
	given 'ALTER TABLE calendars DROP ctag, ADD synctoken INT UNSIGNED DEFAULT NULL;
		UPDATE calendars SET synctoken=7 WHERE id=1'
	upgraded
	whole
	is 'SELECT id, synctoken FROM calendars WHERE id<3 ORDER BY id' $'1\t7\n2\t1'
}

@test "half-way 2.0: an empty table was renamed, the new one not made" {
	need_long
	given 'CREATE TABLE calendars_old LIKE calendars; DROP TABLE calendars'
	upgraded
	says 'table calendars is missing'
	all_owned 0
	is "SHOW TABLES LIKE 'calendars_old'" calendars_old
}

@test "half-way 2.0: cards have etag columns, some cards an etag" {
	need_long
	given "$old_cards; UPDATE cards SET etag='0123456789abcdef0123456789abcdef', size=3 WHERE id=1"
	gives 0 apply
	is 'SELECT etag FROM cards WHERE id=1' 0123456789abcdef0123456789abcdef
	gives 1 verify
	says 'row     cards: etag and size are true: id 1'
	given 'ALTER TABLE cards ADD etag VARBINARY(32)'
	upgraded
	whole
}

@test "half-way 2.1: some objects have their uid" {
	need_long
	given "$stock_20; ALTER TABLE calendarobjects ADD uid VARCHAR(200);
		UPDATE calendarobjects SET uid='one' WHERE id=1; UPDATE calendarobjects SET uid='' WHERE id=2"
	upgraded
	whole
	is 'SELECT uid FROM calendarobjects WHERE id=2' two
}

@test "half-way 3.0: valuetype is there, and the property already" {
	need_long
	given "$stock_20; ALTER TABLE propertystorage ADD valuetype INT UNSIGNED;
		INSERT INTO propertystorage (path, name, valuetype, value) VALUES ('addressbooks/zoë@birch.test',
		'{http://calendarserver.org/ns/}me-card', 3, 'as it was'), ('p', 'n', NULL, 'v')"
	upgraded
	whole
	is "SELECT value FROM propertystorage WHERE valuetype=3" 'as it was'
	is "SELECT valuetype FROM propertystorage WHERE name='n'" 1
}

@test "half-way 3.2: calendarinstances was made, empty" {
	given "$stock_20; $instances"
	upgraded
	whole
}

@test "half-way 3.2: calendarinstances was filled, without time zones" {
	need_long
	given "$stock_20; $instances; $fill_instances"
	upgraded
	whole
}

@test "half-way 3.2: calendars was renamed away, calendarinstances is empty or filled" {
	need_long
	for fill in 'SELECT 1' "$fill_instances"; do
		given "$stock_20; $instances; $fill; $move"
		gives 0 status
		says 'calendars before a stock migrateto32'
		upgraded
		whole
	done
	given "$stock_20; $move"
	upgraded
	whole
}

@test "half-way 3.2: the new calendars is empty" {
	need_long
	given "$stock_20; $instances; $fill_instances; $move; $new_calendars"
	upgraded
	whole
}

@test "half-way 3.2: calendars was converted in a second run, and no calendar has an owner" {
	given "$stock_20; $instances; $move; $new_calendars; $fill_calendars"
	upgraded
	whole
}

@test "half-way 3.2 with a URI that is too long and one twice" {
	need_long
	given "UPDATE calendars SET uri='work' WHERE id=2; UPDATE calendars SET uri=REPEAT('u', 210) WHERE id=3;
		$stock_20; $instances; $move; $new_calendars; $fill_calendars"
	upgraded
	whole
	is 'SELECT uri FROM calendarinstances WHERE calendarid=2' work-2
}

@test "after the stock scripts, a deleted calendar does not come back; lost ones do" {
	given "$stock_20; $instances; $fill_instances; $move; $new_calendars; $fill_calendars;
		DELETE FROM calendars WHERE id=2; DELETE FROM calendarinstances WHERE calendarid=2;
		DELETE FROM calendarobjects WHERE calendarid=2"
	gives 0 apply
	all_owned 4
	is 'SELECT COUNT(*) FROM calendars WHERE id=2' 0
	is 'SELECT timezone FROM calendarinstances WHERE calendarid=3' Europe/Riga
}

@test "with a prefix, the stock script's backup has none" {
	given "$stock_20; $instances; RENAME TABLE calendars TO calendars_3_1_1500000000,
		calendarobjects TO p_calendarobjects, cards TO p_cards, addressbooks TO p_addressbooks,
		calendarinstances TO p_calendarinstances, principals TO p_principals,
		propertystorage TO p_propertystorage"
	gives 0 --prefix p_ apply
	gives 0 --prefix p_ verify
	is 'SELECT COUNT(*) FROM p_calendarinstances WHERE access=1' 5
	is 'SELECT COUNT(*) FROM p_calendars' 5
}

@test "with the column public where it was not" {
	need_long
	given
	gives 0 apply
	gives 0 apply --with-public
	is 'SELECT SUM(public) FROM calendarinstances' 0
	gives 0 apply --with-public
	says 'nothing to do'
}

@test "tables that were put there anew are upgraded anew, whatever the journal says" {
	given
	upgraded
	contents >"$S/want"
	db dav -e 'DROP TABLE calendars, calendarobjects, cards, addressbooks, principals, calendarinstances,
		calendarchanges, addressbookchanges, calendarsubscriptions, propertystorage, schedulingobjects'
	cat "$TESTS/fixtures/dav-1.8.sql" "$S/etags.sql" | db dav
	upgraded
	same_as "$S/want" 'the second time'
}

@test "a table in the way of a backup is not dropped" {
	given 'CREATE TABLE calendars_dsu20 (id INT PRIMARY KEY)'
	gives 78 apply
	says 'calendars_dsu20 that this program did not make'
	is 'SELECT COUNT(*) FROM calendars_dsu20' 0
}

@test "tables as sabre/dav 1.8 itself makes them: binary data, unique URIs" {
	given "ALTER TABLE calendarobjects MODIFY calendardata MEDIUMBLOB, MODIFY uri VARCHAR(200),
		MODIFY etag VARCHAR(32) NULL, ADD UNIQUE (calendarid, uri);
		ALTER TABLE calendars MODIFY principaluri VARCHAR(100), MODIFY uri VARCHAR(200),
		ADD UNIQUE (principaluri, uri); ALTER TABLE cards MODIFY carddata MEDIUMBLOB,
		MODIFY uri VARCHAR(200); ALTER TABLE addressbooks ADD UNIQUE (principaluri, uri)"
	upgraded
	all_owned 5
	is 'SELECT COUNT(*) FROM calendarobjects WHERE uid IS NULL' 0
	is 'SELECT id, uid FROM calendarobjects WHERE id=7' $'7\tдом-7'
	gives 0 restore
	gives 0 apply
	all_owned 5
}
