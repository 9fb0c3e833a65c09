# also on MySQL
# The steps of dav-schema-upgrade do to records of a stream what they do to tables.

load ../dav-schema

setup_file() {
	dav_setup_file
}

teardown_file() {
	dav_teardown_file
}

# The tables at 1.8 as a stream: text of unusual bytes stays what it is.
stream() {
	local uuid='CONCAT("00000000-0000-5000-8000-", LPAD('
	echo '{"kind":"HEADER","stream":"p8","version":2,"dav":"1.8"}'
	echo '{"kind":"USER_BEGIN","email":"zoe@birch.test"}'
	{
		# shellcheck disable=SC2016
		sed "s/UUID(\\([a-z.]*\\))/$uuid\\1, 12, \"0\"))/g" <<-'SQL'
			SET NAMES utf8mb4, sql_mode='';
			SELECT JSON_OBJECT("kind", "CARD", "uri", uri, "id", id, "data",
				CONVERT(carddata USING utf8mb4)) FROM cards ORDER BY id;
			SELECT j FROM (SELECT id AS c, 0 AS o, JSON_OBJECT("kind", "CALENDAR", "uuid", UUID(id),
				"id", id, "principaluri", principaluri, "displayname", displayname, "uri", uri,
				"ctag", ctag, "description", description, "calendarorder", calendarorder,
				"calendarcolor", calendarcolor, "timezone", timezone, "components", components,
				"transparent", transparent) AS j FROM calendars UNION ALL
			SELECT calendarid, id, JSON_OBJECT("kind", "CALENDAR_OBJECT", "id", id, "calendar",
				UUID(calendarid), "uri", uri, "lastmodified", lastmodified, "calendardata",
				CONVERT(calendardata USING utf8mb4)) FROM calendarobjects) a ORDER BY c, o;
		SQL
	} | db --batch --raw --skip-column-names --default-character-set=utf8mb4 dav |
		jq -c '{kind} + .'
	echo '{"kind":"USER_END","email":"zoe@birch.test"}'
	echo '{"kind":"END"}'
}

of_records() {
	jq -c 'if .kind == "CARD" then ["card", .id, .etag, .size]
		elif .kind == "CALENDAR" then ["calendar", .id, .synctoken, .components]
		elif .kind == "CALENDAR_INSTANCE" then ["instance", (.calendar[24:] | tonumber), .access,
			.principaluri, .displayname, .uri, .description, .calendarorder, .calendarcolor,
			.timezone, .transparent]
		elif .kind == "CALENDAR_OBJECT" then ["object", .id, .uid, .etag, .size]
		else empty end' "$1" | sort
}

of_tables() {
	db --batch --raw --skip-column-names --default-character-set=utf8mb4 dav <<-'SQL' | jq -c . | sort
		SELECT JSON_ARRAY("card", id, CONVERT(etag USING utf8mb4), size) FROM cards;
		SELECT JSON_ARRAY("calendar", id, synctoken, CONVERT(components USING utf8mb4)) FROM calendars;
		SELECT JSON_ARRAY("instance", calendarid, access, CONVERT(principaluri USING utf8mb4),
			displayname, CONVERT(uri USING utf8mb4), description, calendarorder,
			CONVERT(calendarcolor USING utf8mb4), timezone, transparent) FROM calendarinstances;
		SELECT JSON_ARRAY("object", id, uid, etag, size) FROM calendarobjects;
	SQL
}

both() {
	umask 077
	given "$1"
	stream >"$S/18"
	dav-schema-upgrade records --edited "$S/18" >"$S/32"
	gives 0 apply --fix-etags
	of_records "$S/32" >"$S/records"
	of_tables >"$S/tables"
}

@test "records and tables agree in calendars, owners' instances, uid, etag and size" {
	both "INSERT INTO calendarobjects (id, calendardata, uri, calendarid) VALUES
			(30, CONCAT('BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nX-A:', REPEAT('A', 70000),
			'\r\nUID:far\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'), 'far', 1),
			(31, 'BEGIN:VCARD\r\nUID:no\r\nEND:VCARD\r\n', 'card', 1), (32, 'BEGIN:VEVENT\nEND:VEVENT', 'none', 1),
			(33, '', 'empty', 2), (34, CONCAT('BEGIN:VEVENT\rUID:', REPEAT('u', 200), '\r'), '200', 2);
		INSERT INTO calendars (id, principaluri, uri, transparent) VALUES
			(50, 'principals/ivan@birch.test', REPEAT('u', 200), 7);
		INSERT INTO cards (id, addressbookid, carddata, uri) VALUES (9, 1, '', 'empty'), (10, 1, NULL, 'none')"
	diff "$S/tables" "$S/records"
	[ "$(wc -l <"$S/tables")" = 28 ]
}

# What is excepted, and why.
@test "where records and tables differ: types and times, long URIs and UIDs, data of NULL" {
	both "INSERT INTO calendars (id, principaluri, uri) VALUES
			(51, 'principals/ivan@birch.test', REPEAT('v', 201));
		INSERT INTO calendarobjects (id, calendardata, uri, calendarid) VALUES
			(35, CONCAT('BEGIN:VEVENT\nUID:', REPEAT('u', 201), '\n'), '201', 2), (36, NULL, 'null', 2)"
	# P8's columns have 255 bytes, sabre's 200: a record keeps what a table cannot hold
	diff <(grep -v '^\["\(object",3[56]\|instance",51\)' "$S/tables") \
		<(grep -v '^\["\(object",3[56]\|instance",51\)' "$S/records")
	grep -q '^\["object",35,"u\{201\}"' "$S/records"
	grep -q '^\["object",35,"u\{191\}-[0-9a-f]\{8\}"' "$S/tables"
	grep -q '^\["instance",51,.*"v\{201\}"' "$S/records"
	grep -q '^\["instance",51,.*"v\{191\}-[0-9a-f]\{8\}"' "$S/tables"
	# a table keeps the etag of an object without data, a record has that of nothing
	grep -q '^\["object",36,null,"",0\]' "$S/tables"
	grep -q '^\["object",36,null,"d41d8cd98f00b204e9800998ecf8427e",0\]' "$S/records"
	# tables never reckon types and times
	[ "$(dbq dav "SELECT componenttype FROM calendarobjects WHERE id=35")" = '' ]
	jq -se 'any(.id == 35 and .componenttype == "VEVENT")' "$S/32"
}
