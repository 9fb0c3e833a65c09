-- A small sabre/dav 1.8 site: three principals, five calendars, ten objects, two address books.
CREATE TABLE principals (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, uri VARCHAR(255) NOT NULL, email VARCHAR(80),
  vcardurl VARCHAR(80), displayname VARCHAR(80), PRIMARY KEY (id), UNIQUE KEY uri (uri)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;
INSERT INTO principals VALUES
  (1, 'principals/zoë@birch.test', 'zoë@birch.test', '/addressbooks/zoë@birch.test/book/me.vcf', 'Zoë'),
  (2, 'principals/ivan@birch.test', 'ivan@birch.test', NULL, 'Иван'),
  (3, 'principals/ivan@birch.test/calendar-proxy-read', NULL, NULL, NULL);

CREATE TABLE calendars (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, principaluri VARCHAR(255), displayname VARCHAR(100),
  uri VARCHAR(255), ctag INT UNSIGNED NOT NULL DEFAULT 0, description TEXT,
  calendarorder INT UNSIGNED NOT NULL DEFAULT 0, calendarcolor VARCHAR(10), timezone TEXT,
  components VARCHAR(20), transparent TINYINT(1) NOT NULL DEFAULT 0, PRIMARY KEY (id)
) ENGINE=InnoDB AUTO_INCREMENT=41 DEFAULT CHARSET=utf8mb3;
INSERT INTO calendars VALUES
  (1, 'principals/zoë@birch.test', 'Work', 'work', 12, 'Büro', 1, '#ef9554',
   'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n', 'VEVENT,VTODO', 0),
  (2, 'principals/zoë@birch.test', 'Home', 'home', 3, NULL, 2, '#90BBE2FF', NULL, NULL, 1),
  (3, 'principals/ivan@birch.test', 'Дом', 'дом', 1, NULL, 0, NULL, 'Europe/Riga', 'VEVENT', 0),
  (4, 'principals/ivan@birch.test', NULL, 'work', 1, NULL, 0, NULL, NULL, 'VTODO', 0),
  (9, 'principals/gone@birch.test', 'Left', 'work', 7, NULL, 0, NULL, NULL, 'VEVENT,VTODO', 0);

CREATE TABLE calendarobjects (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, calendardata MEDIUMTEXT, uri VARCHAR(255),
  calendarid INT UNSIGNED NOT NULL, lastmodified INT, etag VARCHAR(32) NOT NULL DEFAULT '',
  size INT UNSIGNED NOT NULL DEFAULT 0, componenttype VARCHAR(8) NOT NULL DEFAULT '',
  firstoccurence INT UNSIGNED, lastoccurence INT UNSIGNED, PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;
INSERT INTO calendarobjects (id, calendardata, uri, calendarid, lastmodified, componenttype) VALUES
  (1, 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nSUMMARY:Ж\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', 'one.ics', 1, 1577900000, 'VEVENT'),
  (2, 'BEGIN:VCALENDAR\r\nBEGIN:VTIMEZONE\r\nTZID:X\r\nUID:no\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nUID:tw\r\n o\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', 'two.ics', 1, 1577900000, 'VEVENT'),
  (3, 'BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:three\nEND:VTODO\nEND:VCALENDAR\n', 'three.ics', 2, -5, 'VTODO'),
  (5, 'BEGIN:VCALENDAR\r\nUID:no\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\nUID:no\r\nEND:VALARM\r\nUID:five\r\nEND:VEVENT\r\n', 'five.ics', 3, NULL, 'VEVENT'),
  (7, 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:дом-7\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', 'seven.ics', 3, 0, 'VEVENT'),
  (8, 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nuid;x-a="q:":eight\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', 'eight.ics', 9, 1577900000, 'VEVENT'),
  (20, 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:one\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', 'twenty.ics', 4, 1577900000, 'VEVENT');

CREATE TABLE addressbooks (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, principaluri VARCHAR(255), displayname VARCHAR(255),
  uri VARCHAR(200), description TEXT, ctag INT UNSIGNED NOT NULL DEFAULT 1, PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;
INSERT INTO addressbooks VALUES
  (1, 'principals/zoë@birch.test', 'Book', 'book', NULL, 5),
  (2, 'principals/ivan@birch.test', 'Книга', 'book', NULL, 1);

CREATE TABLE cards (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT, addressbookid INT UNSIGNED NOT NULL,
  carddata MEDIUMTEXT, uri VARCHAR(255), lastmodified INT UNSIGNED,
  PRIMARY KEY (id), KEY book (addressbookid)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb3;
INSERT INTO cards VALUES
  (1, 1, 'BEGIN:VCARD\r\nVERSION:3.0\r\nUID:me\r\nFN:Zoë\r\nEND:VCARD\r\n', 'me.vcf', 1577900000),
  (2, 2, 'BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Лев\r\nEND:VCARD\r\n', 'lev.vcf', 1577900001);
