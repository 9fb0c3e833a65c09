# dav-schema-upgrade on sites that sabre/dav 2.0, 2.1, 3.0 or 3.1 made and has served since: what the
# server wrote there (sync tokens, changes, subscriptions, properties, invitations) is kept.
# also on MySQL with --long

load ../dav-schema

setup_file() { dav_setup_file; }
teardown_file() { dav_teardown_file; }

md5() { md5sum | cut -d' ' -f1; }
card_1() { printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:me\r\nFN:Zoë\r\nEND:VCARD\r\n'; }
card_2() { printf 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Лев\r\nEND:VCARD\r\n'; }
unicode='CHARACTER SET utf8mb3 COLLATE utf8mb3_unicode_ci'
site_20="UPDATE calendarobjects SET lastmodified=5 WHERE lastmodified<0;
	ALTER TABLE calendars CONVERT TO $unicode, DROP ctag, MODIFY principaluri VARCHAR(100),
		MODIFY uri VARCHAR(200), ADD synctoken INT UNSIGNED NOT NULL DEFAULT 1 AFTER uri,
		ADD UNIQUE (principaluri, uri);
	ALTER TABLE calendarobjects CONVERT TO $unicode, MODIFY calendardata MEDIUMBLOB, MODIFY uri VARCHAR(200),
		MODIFY lastmodified INT UNSIGNED, MODIFY etag VARCHAR(32), MODIFY componenttype VARCHAR(8),
		MODIFY size INT UNSIGNED NOT NULL, ADD UNIQUE (calendarid, uri);
	ALTER TABLE addressbooks CONVERT TO $unicode, DROP ctag,
		ADD synctoken INT UNSIGNED NOT NULL DEFAULT 1, ADD UNIQUE (principaluri(100), uri(100));
	ALTER TABLE cards CONVERT TO $unicode, MODIFY carddata MEDIUMBLOB, MODIFY uri VARCHAR(200),
		ADD etag VARBINARY(32), ADD size INT UNSIGNED NOT NULL;
	CREATE TABLE calendarchanges (id INT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT,
		uri VARCHAR(200) NOT NULL, synctoken INT UNSIGNED NOT NULL, calendarid INT UNSIGNED NOT NULL,
		operation TINYINT(1) NOT NULL, INDEX calendarid_synctoken (calendarid, synctoken))
		DEFAULT $unicode;
	CREATE TABLE addressbookchanges (id INT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT,
		uri VARCHAR(200) NOT NULL, synctoken INT UNSIGNED NOT NULL, addressbookid INT UNSIGNED NOT NULL,
		operation TINYINT(1) NOT NULL, INDEX addressbookid_synctoken (addressbookid, synctoken))
		DEFAULT $unicode;
	CREATE TABLE calendarsubscriptions (id INT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT,
		uri VARCHAR(200) NOT NULL, principaluri VARCHAR(100) NOT NULL, source TEXT,
		displayname VARCHAR(100), refreshrate VARCHAR(10), calendarorder INT UNSIGNED NOT NULL DEFAULT 0,
		calendarcolor VARCHAR(10), striptodos TINYINT(1) NULL, stripalarms TINYINT(1) NULL,
		stripattachments TINYINT(1) NULL, lastmodified INT UNSIGNED, UNIQUE (principaluri, uri))
		DEFAULT $unicode;
	CREATE TABLE propertystorage (id INT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT,
		path VARBINARY(1024) NOT NULL, name VARBINARY(100) NOT NULL, value MEDIUMBLOB,
		UNIQUE path_property (path(600), name));
	UPDATE calendars SET synctoken=100 + id;
	UPDATE addressbooks SET synctoken=200 + id;
	UPDATE cards SET size=OCTET_LENGTH(carddata), etag=IF(id=1, '$(card_1 | md5)', '$(card_2 | md5)');
	INSERT INTO calendarchanges (uri, synctoken, calendarid, operation) VALUES ('one.ics', 99, 1, 1),
		('gone.ics', 100, 1, 3), ('twenty.ics', 103, 4, 2), ('of-no-calendar.ics', 5, 77, 1);
	INSERT INTO addressbookchanges (uri, synctoken, addressbookid, operation) VALUES ('me.vcf', 200, 1, 2);
	INSERT INTO calendarsubscriptions (uri, principaluri, source, displayname, striptodos) VALUES
		('holidays', 'principals/zoë@birch.test', 'http://birch.test/holidays.ics', 'Święta', 1);
	INSERT INTO propertystorage (path, name, value) VALUES
		('calendars/zoë@birch.test/work', '{DAV:}x', 'plain'),
		('addressbooks/ivan@birch.test', '{http://calendarserver.org/ns/}me-card', X'4F3A00FF');"
site_21="$site_20
	ALTER TABLE calendarobjects ADD uid VARCHAR(200);
	CREATE TABLE schedulingobjects (id INT UNSIGNED NOT NULL PRIMARY KEY AUTO_INCREMENT,
		principaluri VARCHAR(255), calendardata MEDIUMBLOB, uri VARCHAR(200), lastmodified INT UNSIGNED,
		etag VARCHAR(32), size INT UNSIGNED NOT NULL) DEFAULT $unicode;
	UPDATE calendarobjects SET uid='one' WHERE id IN (1, 20);
	UPDATE calendarobjects SET uid='two' WHERE id=2;
	UPDATE calendarobjects SET uid='three' WHERE id=3;
	UPDATE calendarobjects SET uid='five' WHERE id=5;
	UPDATE calendarobjects SET uid='дом-7' WHERE id=7;
	UPDATE calendarobjects SET uid='eight' WHERE id=8;
	INSERT INTO schedulingobjects (principaluri, calendardata, uri, etag, size) VALUES
		('principals/zoë@birch.test', X'424547494E00FF', 'invitation.ics', 'e', 7);"
site_30="$site_21
	ALTER TABLE propertystorage ADD valuetype INT UNSIGNED;
	UPDATE propertystorage SET valuetype=1;
	INSERT INTO propertystorage (path, name, valuetype, value) VALUES
		('addressbooks/zoë@birch.test', '{http://calendarserver.org/ns/}me-card', 3, X'4F3A00FE');"
# 3.1 made binary columns of what is no text.
site_31="$site_30
	ALTER TABLE principals DROP vcardurl, MODIFY uri VARBINARY(200) NOT NULL, MODIFY email VARBINARY(80);
	ALTER TABLE calendars CONVERT TO CHARACTER SET utf8mb4, MODIFY principaluri VARBINARY(100),
		MODIFY uri VARBINARY(200), MODIFY calendarcolor VARBINARY(10), MODIFY components VARBINARY(21);
	ALTER TABLE calendarobjects CONVERT TO CHARACTER SET utf8mb4, MODIFY calendardata MEDIUMBLOB,
		MODIFY uri VARBINARY(200), MODIFY etag VARBINARY(32), MODIFY componenttype VARBINARY(8),
		MODIFY uid VARBINARY(200);
	ALTER TABLE addressbooks CONVERT TO CHARACTER SET utf8mb4, MODIFY principaluri VARBINARY(255),
		MODIFY uri VARBINARY(200);
	ALTER TABLE cards MODIFY uri VARBINARY(200);
	ALTER TABLE calendarchanges MODIFY uri VARBINARY(200) NOT NULL;
	ALTER TABLE addressbookchanges MODIFY uri VARBINARY(200) NOT NULL;
	ALTER TABLE calendarsubscriptions MODIFY uri VARBINARY(200) NOT NULL,
		MODIFY principaluri VARBINARY(100) NOT NULL;
	ALTER TABLE schedulingobjects MODIFY principaluri VARBINARY(255), MODIFY uri VARBINARY(200);"

# The rows of all tables that no step from the version of the site on has anything to do with.
untouched() {
	local t
	for t in principals addressbooks cards calendarchanges addressbookchanges calendarsubscriptions "$@"; do
		echo "SHOW CREATE TABLE $t; SELECT * FROM $t ORDER BY id;"
	done >"$S/untouched.sql"
	db --batch --skip-column-names dav <"$S/untouched.sql"
}

# served VERSION TABLE...: the site that is at VERSION, with TABLEs beside those that stay in any case.
served() {
	local version=$1
	shift
	gives 0 status
	says "schema   $version"
	contents >"$S/before"
	untouched "$@" >"$S/kept"
	gives 0 plan
	# Nothing is made or altered up to that version; missing values may be filled in.
	! sed "0,/^-- step ${version/./\\.}/d; /^-- step/,\$d" <<<"$output" | grep -E '^(ALTER|CREATE|RENAME)' ||
		fail 'planned again'
	upgraded --with-public
	untouched "$@" | diff "$S/kept" - || fail 'changed'
	is 'SELECT GROUP_CONCAT(synctoken ORDER BY id) FROM calendars' 101,102,103,104,109
	is 'SELECT COUNT(*) FROM calendars c JOIN calendarinstances i ON i.calendarid=c.id AND i.access=1' 5
	is 'SELECT displayname, timezone FROM calendarinstances WHERE calendarid=3' $'Дом\tEurope/Riga'
	is 'SELECT COUNT(DISTINCT uid), COUNT(uid) FROM calendarobjects' $'6\t7'
	is "SELECT HEX(value) FROM propertystorage WHERE path='addressbooks/ivan@birch.test'" 4F3A00FF
	is "SELECT valuetype, value FROM propertystorage WHERE name='{DAV:}x'" $'1\tplain'
	is "SELECT COUNT(*) FROM propertystorage WHERE name LIKE '%me-card' AND
		path='addressbooks/zoë@birch.test'" 1
	# All the way back.
	while gives 0 status && [[ $output != *"schema   $version"* ]]; do
		gives 0 restore
	done
	contents | diff "$S/before" - || fail 'restored'
	gives 0 apply
	gives 0 cleanup
	is "SELECT COUNT(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA='dav' AND
		TABLE_NAME LIKE '%\\_dsu%' AND TABLE_NAME NOT LIKE '%journal'" 0
	untouched "$@" | diff "$S/kept" -
}

@test "a site of sabre/dav 2.0" {
	given "$site_20"
	served 2.0
}

@test "a site of sabre/dav 2.1" {
	need_long
	given "$site_21"
	served 2.1 calendarobjects schedulingobjects
}

@test "a site of sabre/dav 3.0" {
	need_long
	given "$site_30"
	served 3.0 calendarobjects schedulingobjects propertystorage
}

@test "a site of sabre/dav 3.1" {
	given "$site_31"
	served 3.0 calendarobjects schedulingobjects propertystorage
}
