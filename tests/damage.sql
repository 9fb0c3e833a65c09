-- Damage of every kind on top of the rows of variants/rows.txt.  A user each, from number 10 on.
set names utf8mb4;
set sql_mode = '';
set @s = '731610011607';

-- Accounts and users
insert into awm_accounts (id_acct, id_user, id_domain, def_acct, mailing_list, email, mail_inc_pass) values
	(10, 10, 1, 1, 0, 'nosettings@moor.test', @s),
	(11, 11, 77, 1, 0, 'nodomain@moor.test', @s),
	(12, 12, 1, 1, 0, 'twice@moor.test', @s),
	(13, 12, 1, 1, 0, 'twice-too@moor.test', @s),
	(14, 0, 1, 1, 1, 'list@moor.test', ''),
	(15, 500, 1, 0, 0, 'linked@moor.test', @s),
	(16, 16, 1, 1, 0, 'HANS@moor.test', @s),
	(17, 17, 1, 1, 0, 'éva@moor.test', @s),
	(18, 18, 0, 1, 0, 'olga@heide.test ', @s),
	(19, 19, 1, 1, 0, 'nulls@moor.test', null),
	(20, 20, 1, 1, 0, 'zero@moor.test', @s),
	(21, 21, 1, 1, 0, 'php@moor.test', @s),
	(22, 22, 1, 1, 0, '', @s),
	(23, 23, -1, 1, 0, 'minus@moor.test', @s),
	(24, 24, 77, 0, 0, 'linked2@moor.test', @s),
	(25, 1, 77, 0, 0, 'hans3@moor.test', @s);
insert into awm_settings (id_user) values (11), (12), (16), (17), (18), (19), (20), (21), (22), (23), (501);

-- Passwords: every byte, at and over what P8 holds, plain text, an odd number of digits
alter table awm_accounts modify mail_inc_pass varchar(1000);
insert into awm_accounts (id_acct, id_user, id_domain, def_acct, email, mail_inc_login, mail_inc_pass) values
	(30, 30, 1, 1, 'low@moor.test', 'l', concat('01', @low)),
	(31, 31, 1, 1, 'high@moor.test', 'l', concat('80', @high)),
	(32, 32, 1, 1, 'nul@moor.test', 'l', '00616263'),
	(33, 33, 1, 1, 'fits@moor.test', 'l', concat('61', repeat('00', 181))),
	(34, 34, 1, 1, 'over@moor.test', 'l', concat('61', repeat('00', 182))),
	(35, 35, 1, 1, 'plain@moor.test', 'l', 'geheim!!'),
	(36, 36, 1, 1, 'odd@moor.test', 'l', '61f');
insert into awm_settings (id_user) values (30), (31), (32), (33), (34), (35), (36);

-- NULL wherever it can be: what these rows do not set
insert into awm_addr_book (id_addr, id_user) values (190, 19);
insert into awm_addr_groups (id_group, id_user) values (190, 19);
insert into awm_identities (id_identity, id_user, id_acct) values (190, 19, 19);
insert into awm_social (id, id_acct) values (190, 19);
insert into awm_system_folders (id, id_acct) values (190, 19);
insert into awm_folders_order (id, id_acct) values (190, 19);
insert into acal_users_data (settings_id, user_id) values (190, 19);
insert into adav_principals (id, uri) values (190, 'principals/nulls@moor.test');
insert into adav_calendars (id, principaluri, uri) values (190, 'principals/nulls@moor.test', 'n'),
	(191, null, null);
insert into adav_calendarobjects (id, calendarid, uri) values (190, 190, null);
insert into adav_calendarshares (id) values (190);
insert into adav_reminders (id, user) values (190, 'nulls@moor.test');

-- Zero dates, negative numbers
update awm_settings set created_time = '0000-00-00 00:00:00', msgs_per_page = -5,
	auto_checkmail_interval = -1, def_time_fmt = '-7' where id_user = 20;
update awm_accounts set mail_inc_port = -1, signature_opt = -1 where id_acct = 20;
insert into acal_users_data (user_id, workdaystarts, defaulttab) values (20, -1, -2);
insert into awm_addr_book (id_addr, id_user, fullname, date_created, date_modified, use_frequency,
	primary_email, birthday_day, birthday_month, birthday_year) values
	(200, 20, 'Zero', '0000-00-00', '2013-00-00 01:02:03', -1, -3, -1, 77, -32768);

-- PHP's serialize, damaged and long
update awm_settings set custom_fields = 'a:1:{s:3:"x";' where id_user = 21;
update awm_settings set custom_fields = concat('a:1:{s:1:"x";s:300:"', repeat('x', 300), '";}')
	where id_user = 12;
update awm_accounts set custom_fields = 'rubbish' where id_acct = 21;

-- Groups and memberships
insert into awm_addr_groups (id_group, id_user, group_nm) values (50, 1, ''), (51, 1, '   '),
	(52, 502, 'of nobody');
insert into awm_addr_groups_contacts (id_addr, id_group) values (1, 2), (1, 999), (999, 1), (1, 1);
insert into awm_addr_book (id_addr, id_user, fullname, notes) values
	(60, 1, 'Smile 😀', concat(repeat('n', 10), '😀')), (61, 502, 'of nobody', '');

-- Rows of nobody
insert into awm_identities (id_identity, id_user, id_acct, email) values (60, 1, 999, 'i@moor.test');
insert into awm_social (id, id_acct, type) values (60, 999, 1);
insert into awm_system_folders (id, id_acct, folder_full_name, system_type) values (60, 999, 'x', 2);
insert into awm_folders_order (id, id_acct, folders_order) values (60, 999, '[]');
update awm_folders_order set folders_order = '["INBOX",' where id_acct = 1;
insert into acal_users_data (user_id) values (501);

-- Calendars: of nobody, double-encoded beside clean, cut text, cut events
insert into adav_principals (id, uri) values (60, 'principals/gone@left.test');
insert into adav_calendars (id, principaluri, displayname, uri) values
	(60, 'principals/gone@left.test', 'Left', 'left'),
	(61, 'principals/hans@moor.test', 'Clean Ü', 'clean'),
	(62, 'principals/hans@moor.test', 'CafÃ', 'cut'),
	(63, 'principals/hans@moor.test', 'Ã‰tÃ©', 'double');
alter table adav_calendarobjects modify calendardata text;
set @v = 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:big\r\nDTSTART:20200102T100000Z\r\nDTEND:20200102T110000Z\r\nDESCRIPTION:';
insert into adav_calendarobjects (id, calendarid, uri, calendardata, etag, size, componenttype,
	firstoccurence, lastoccurence) values
	(60, 61, 'big.ics', concat(@v, repeat('x', 70000)), md5('whole'), 70200, 'VEVENT', 1577959200, 1577962800),
	(61, 61, 'clean.ics', 'BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:q\nDTSTART:20200102T100000Z\nSUMMARY:Ü\nEND:VEVENT\nEND:VCALENDAR\n', '', 0, '', 0, 0),
	(62, 999, 'orphan.ics', 'x', '', 0, '', 0, 0),
	(63, 61, 'minus.ics', concat(@v, '\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'), '', 0, 'VTODO', 4294967295, 0);
update adav_calendarobjects set lastmodified = -1 where id = 63;
insert into adav_calendarshares (id, calendarid, member) values (60, 999, 1), (61, 61, 999), (62, 61, 1);
insert into adav_reminders (user, calendaruri, eventid) values ('gone@left.test', 'left', 'x');
insert into adav_cards (id, addressbookid, uri, carddata) values (60, 999, 'x.vcf', 'BEGIN:VCARD');
insert into adav_reminders (user, calendaruri, eventid) values ('nobody@left.test', 'x', 'y');

-- Emoji in every text of a calendar; a principal with one
insert into adav_principals (id, uri) values (70, 'principals/😀@left.test');
insert into adav_calendars (id, principaluri, displayname, uri, description) values
	(70, 'principals/hans@moor.test', 'Fest 🎉', '🎉', 'mit 😀'),
	(71, 'principals/😀@left.test', 'Emoji', 'emoji', null),
	(72, '', 'of nobody', 'nobody', null);
insert into adav_calendarobjects (id, calendarid, uri, calendardata, etag, size, componenttype,
	firstoccurence, lastoccurence) values
	(70, 70, '🎉.ics', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:🎉\r\nDTSTART:20200102T100000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n', '', 0, '', 0, 0);
insert into adav_reminders (user, calendaruri, eventid, time) values
	('hans@moor.test', '🎉', '🎉', 5), ('😀@left.test', 'emoji', 'e', 5);

-- Columns that another program made wider, or binary
alter table adav_calendars modify displayname varbinary(400);
alter table adav_calendarobjects modify lastmodified bigint;
update adav_calendarobjects set lastmodified = 9999999999 where id = 70;
insert into adav_calendars (id, principaluri, displayname, uri, calendarorder) values
	(73, 'principals/eva@moor.test', x'436166e9', 'latin1', 4294967295);

-- Objects encoded twice beside clean ones: the etag is that of the true bytes, where there is one
set @o = 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:t\r\nDTSTART:20200102T100000Z\r\nSUMMARY:@\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n';
insert into adav_calendarobjects (id, calendarid, uri, calendardata, etag, componenttype) values
	(80, 62, '1', replace(@o, '@', 'GrÃ¼ÃŸe'), md5(replace(@o, '@', 'Grüße')), ''),
	(81, 62, '2', replace(@o, '@', 'GrÃ¼ÃŸe'), md5(replace(@o, '@', 'GrÃ¼ÃŸe')), ''),
	(82, 62, '3', replace(@o, '@', 'Grüße'), md5(replace(@o, '@', 'Grüße')), ''),
	(83, 62, '4', replace(@o, '@', 'GrÃ¼ÃŸe'), '', ''),
	(84, 62, '5', replace(@o, '@', 'GrÃ¼ÃŸe и Привет'), '', ''),
	(85, 62, '6', replace(@o, '@', 'Grüße'), md5('of something else'), '');
