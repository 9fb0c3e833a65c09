-- A small mail host that never existed: eleven users in three domains and the default domain,
-- with an example of every kind of thing that P7 keeps.  Names and addresses are made up and
-- end in .example or .test.  Passwords stand in P7's own codec; the comment says what they are.

set names utf8mb4;
set time_zone = '+00:00';

insert into wm_a_users (id_user) values (1), (2), (3), (4), (5), (6), (7), (8), (9), (10), (11);

-- linden: its own values override the common ones; mir: does not override; hafen: SMTP with a
-- login of its own ("Zustellung").
insert into wm_awm_domains (id_domain, name, override_settings, mail_inc_host, mail_inc_port,
	mail_inc_ssl, mail_out_host, mail_out_port, mail_out_auth, mail_out_login, mail_out_pass,
	mail_out_ssl, def_user_timeformat, def_user_dateformat, msgs_per_page, lang, cal_week_starts_on,
	cal_show_weekends, cal_workday_starts, cal_workday_ends, cal_show_workday, cal_default_tab,
	use_threads, check_interval, default_tab) values
	(1, 'linden.example', 1, 'imap.linden.example', 993, 1, 'smtp.linden.example', 465, 2, '', '',
	 1, 0, 'DD/MM/YYYY', 40, 'German', 1, 1, 8, 17, 1, 2, 1, 5, 'mailbox'),
	(2, 'mir.test', 0, 'imap.mir.test', 143, 0, 'smtp.mir.test', 25, 2, '', '',
	 0, 1, 'MM/DD/YYYY', 20, 'English', 0, 0, 9, 18, 0, 3, 0, 0, 'mailbox'),
	(3, 'hafen.example', 1, 'imap.hafen.example', 993, 1, 'relay.hafen.example', 587, 1,
	 'relay-user', '5a2f292e3f36362f343d', 0, 0, 'DD/MM/YY', 50, 'English', 6, 0, 7, 15, 1, 1, -- Zustellung
	 1, 10, 'mailbox');

insert into wm_awm_settings (id_user, msgs_per_page, contacts_per_page, created_time, last_login,
	logins_count, auto_checkmail_interval, def_time_fmt, def_lang, def_date_fmt, question_1,
	answer_1, sip_enable, sip_impi, sip_password, files_enable, use_threads,
	save_replied_messages_to_current_folder, desktop_notifications, capa, client_timezone,
	custom_fields, email_notification) values
	(1, 40, 25, '2014-03-02 09:15:00', '2023-11-20 07:01:44', 2210, 5, '0', 'German', 'DD/MM/YYYY',
	 'Wie hieß Ihre erste Straße?', 'Lindenallee', 1, '', '', 1, 1, 1, 1, 'FILES CALENDAR',
	 'Europe/Berlin', '', 'anna@privat.test'),
	(2, 20, 20, '2014-03-02 09:20:00', '2023-11-19 10:00:00', 812, 1, '0', 'French', 'DD/MM/YYYY',
	 '', '', 1, '', '', 1, 1, 0, 0, '', 'Europe/Paris', '', ''),
	(3, 30, 50, '2015-08-11 12:00:00', '2023-11-21 05:59:01', 1500, 3, '0', 'Russian', 'DD/MM/YYYY',
	 'Девичья фамилия матери?', 'Иванова', 1, 'ivan.sip', '731a035ea3cca3c3a2f3a3cda3c8a2ff', 1, 0, 0, 1, '', -- sip-пароль
	 'Europe/Moscow', '', ''),
	(4, 20, 20, '2016-01-05 08:00:00', null, 0, 0, '1', 'Czech', 'DD Month YYYY',
	 null, null, 0, '', '', 0, 1, 0, 0, null, 'Europe/Prague', null, ''),
	(5, 50, 100, '2016-06-30 23:59:59', '2023-10-01 01:02:03', 96, 10, '0', 'Chinese-Simplified',
	 'MM/DD/YYYY', '', '', 1, '', '', 1, 1, 1, 1, '', 'Asia/Shanghai', '', ''),
	(6, 20, 20, '2017-02-14 14:14:14', '2023-11-11 11:11:11', 333, 5, '1', 'Arabic', 'DD/MM/YYYY',
	 '', '', 1, '', '', 1, 1, 0, 1, '', 'Africa/Cairo', '', ''),
	(7, 20, 20, '2018-09-09 09:09:09', '2023-11-01 08:00:00', 41, 1, '0', 'Greek', 'DD/MM/YY',
	 '', '', 1, '', '', 1, 0, 0, 0, '', 'Europe/Athens', '', ''),
	(8, 20, 20, '2019-04-01 10:10:10', '2023-11-02 08:00:00', 57, 1, '0', 'Spanish', 'DD/MM/YYYY',
	 '', '', 1, '', '', 1, 1, 0, 0, '', 'America/Bogota',
	 'a:1:{s:13:"ProxyAuthUser";s:5:"proxy";}', ''),
	(9, 20, 20, '2020-12-24 18:00:00', '2023-11-03 08:00:00', 12, 1, '0', 'Japanese', 'MM/DD/YY',
	 '', '', 1, '', '', 1, 1, 0, 0, '', 'Asia/Tokyo', '', ''),
	(10, 20, 20, '2023-11-20 16:45:00', null, 0, 1, '1', 'English', 'MM/DD/YYYY',
	 '', '', 1, '', '', 1, 1, 0, 0, '', '', '', ''),
	(11, 20, 20, '2012-05-05 05:05:05', '2013-01-01 00:00:00', 3, 1, '0', 'German', 'DD/MM/YYYY',
	 '', '', 1, '', '', 1, 1, 0, 0, '', '', '', '');

insert into wm_acal_users_data (user_id, showweekends, workdaystarts, workdayends, showworkday,
	weekstartson, defaulttab) values
	(1, 1, 8, 17, 1, 1, 2), (2, 0, 9, 18, 0, 1, 3), (3, 1, 10, 19, 1, 1, 1), (5, 0, 8, 20, 1, 0, 2),
	(6, 1, 7, 14, 1, 6, 3);

-- The default account of every user, then the linked ones: 21 is another mailbox of Anna in a
-- domain of this host, 22 and 28 have servers of their own in the default domain.
insert into wm_awm_accounts (id_acct, id_user, id_domain, def_acct, deleted, email, friendly_nm,
	mail_inc_host, mail_inc_port, mail_inc_login, mail_inc_pass, mail_inc_ssl, mail_out_host,
	mail_out_port, mail_out_login, mail_out_pass, mail_out_auth, mail_out_ssl, signature,
	signature_type, signature_opt, hide_in_gab) values
	(1, 1, 1, 1, 0, 'anna.weber@linden.example', 'Anna Weber', 'imap.linden.example', 993,
	 'anna.weber@linden.example', '67020f020e0a46', 1, 'smtp.linden.example', 465, '', '', 2, 1, -- geheim!
	 '<p>Mit freundlichen Grüßen<br/><b>Anna Weber</b></p>', 1, 1, 0),
	(2, 2, 1, 1, 0, 'camille.dubois@linden.example', 'Camille Dubois', 'imap.linden.example', 993,
	 'camille.dubois@linden.example', '6d02194d09084d1d0c1e1e08', 1, 'smtp.linden.example', 465, '', '', 2, 1, -- mot de passe
	 'À bientôt, Camille', 0, 2, 0),
	(3, 3, 2, 1, 0, 'ivan.petrov@mir.test', 'Иван Петров', 'imap.mir.test', 143, 'ivan.petrov',
	 'd04f00600150006e006b015ce1', 0, 'smtp.mir.test', 25, '', '', 2, 0, '<i>С уважением</i>, Иван', 1, 1, 0), -- Пароль1
	(4, 4, 2, 1, 0, 'nadia.horak@mir.test', 'Naďa Horáková', 'imap.mir.test', 143,
	 'nadia.horak@mir.test', 'c578a9b00060aab00148ae0678e5ae006a004d', 0, 'smtp.mir.test', 25, '', '', 2, 0, '', 1, 0, 1), -- Žluťoučký kůň
	(5, 5, 3, 1, 0, 'li.wei@hafen.example', '李伟', 'imap.hafen.example', 993, 'li.wei@hafen.example',
	 'e54a63024564d4d7d6', 1, 'relay.hafen.example', 587, '', '', 1, 0, '<p>此致敬礼</p>', 1, 1, 0), -- 密码123
	(6, 6, 3, 1, 0, 'fatima.haddad@hafen.example', 'فاطمة حداد', 'imap.hafen.example', 993,
	 'fatima.haddad@hafen.example', '691d4e1a494b181c061d0c0d4b4935490b080a02', 1, 'relay.hafen.example', 587, '', '', -- it's "quoted" \ back
	 1, 0, '<div dir="rtl">مع التحية</div>', 1, 1, 0),
	(7, 7, 3, 1, 0, 'Giorgos.Pappas@hafen.example', 'Γιώργος Παππάς', 'imap.hafen.example', 993,
	 'giorgos.pappas', 'ce7f00750148007f', 1, 'relay.hafen.example', 587, '', '', 1, 0, '', 1, 0, 0), -- αλφα
	(8, 8, 0, 1, 0, 'jose.nunez@gast.test', 'José Núñez', 'mail.gast.test', 993,
	 'jose.nunez@gast.test', '630c0d1711021006a0d202', 1, 'mail.gast.test', 465, 'jose-smtp', '6f1b1d0e', 1, 1, -- contraseña, otra
	 '<p>Saludos</p>', 1, 1, 0),
	(9, 9, 0, 1, 0, 'yuki.tanaka@gast.test', '田中ゆき', 'localhost', 143, 'yuki.tanaka@gast.test',
	 'e3607200615a00604c00605f00606a', 0, 'localhost', 25, '', '', 2, 0, '', 1, 0, 0), -- パスワード
	(10, 10, 1, 1, 0, 'aoife.byrne@linden.example', '', 'imap.linden.example', 993,
	 'aoife.byrne@linden.example', '61', 1, 'smtp.linden.example', 465, '', '', 2, 1, null, 1, 0, 0), -- a
	(11, 11, 1, 1, 1, 'karl.old@linden.example', 'Karl (ausgeschieden)', 'imap.linden.example', 993,
	 'karl.old@linden.example', '', 1, 'smtp.linden.example', 465, '', '', 2, 1, '', 1, 0, 1),
	(21, 1, 3, 0, 0, 'vertrieb@hafen.example', 'Vertrieb', 'imap.hafen.example', 993,
	 'vertrieb@hafen.example', '7613041d170310', 1, 'relay.hafen.example', 587, '', '', 1, 0, -- verkauf
	 '<p>Ihr Vertrieb</p>', 1, 2, 0),
	(22, 1, 0, 0, 0, 'anna@privat.test', 'Anna privat', 'imap.privat.test', 993, 'anna',
	 '700219061104', 1, 'smtp.privat.test', 587, 'anna-out', '680106091d1b', 1, 0, '', 1, 0, 0), -- privat, hinaus
	(28, 5, 0, 0, 0, 'wei@elsewhere.test', '伟', 'imap.elsewhere.test', 143, 'wei', '731610011607', 0, -- secret
	 'smtp.elsewhere.test', 25, '', '', 2, 0, '', 1, 0, 0);

-- Types: 2 sent, 3 drafts, 4 spam, 5 trash; names as on the IMAP server (modified UTF-7).
insert into wm_awm_system_folders (id_acct, id_user, folder_full_name, system_type) values
	(1, 1, 'INBOX', 0), (1, 1, 'Gesendete Objekte', 2), (1, 1, 'Entw&APw-rfe', 3), (1, 1, 'Spam', 4),
	(1, 1, 'Papierkorb', 5), (2, 2, 'Envoy&AOk-s', 2), (3, 3, '&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-', 2),
	(3, 3, '&BBoEPgRABDcEOAQ9BDA-', 5), (21, 1, 'Sent', 2), (21, 1, 'Trash', 5),
	(1, 1, 'Vorlagen', 8);

insert into wm_awm_folders_order (id_acct, folders_order) values
	(1, '["INBOX","Gesendete Objekte","Entw&APw-rfe","Kunden\\/2023","Papierkorb"]'),
	(3, '["INBOX","&BBoEPgRABDcEOAQ9BDA-"]'), (5, '["INBOX","&Zeil,E9cYSc-"]');

insert into wm_awm_identities (id_identity, id_user, id_acct, def_identity, enabled, email,
	friendly_nm, signature, signature_type, use_signature) values
	(1, 1, 1, 1, 1, 'einkauf@linden.example', 'Einkauf Linden', '<p>Einkauf</p>', 1, 1),
	(2, 1, 1, 0, 1, 'anna.weber@linden.example', 'Anna W.', '', 1, 0),
	(3, 1, 21, 0, 1, 'messe@hafen.example', 'Messe', 'Wir sehen uns!', 0, 1),
	(4, 3, 3, 0, 1, 'otdel@mir.test', 'Отдел снабжения', '<b>Отдел</b>', 1, 1),
	(5, 6, 6, 1, 1, 'maktab@hafen.example', 'المكتب', 'شكرا', 1, 1);

insert into wm_awm_social (id_acct, id_social, type, type_str, name, email, access_token,
	refresh_token, scopes, disabled) values
	(1, '1029384756', 1, 'google', 'Anna Weber', 'anna.weber@mailbox.test',
	 '{"access_token":"ya-sample","expires_in":3600}', '1/sample-refresh', 'auth filestorage', 0),
	(5, 'dbid:sample', 2, 'dropbox', '李伟', 'li@mailbox.test', '{"access_token":"db-sample"}', '',
	 'filestorage', 0),
	(8, '555', 3, 'facebook', 'José', '', '', '', 'auth', 1);

-- Groups: two of Ivan's differ by case only; Li Wei's is an organization.
insert into wm_awm_addr_groups (id_group, id_user, group_nm, group_str_id, use_frequency, email,
	company, street, city, state, zip, country, phone, fax, web, organization) values
	(1, 1, 'Familie', 'a1c1f1d0-0001-4001-8001-000000000001', 3, '', '', '', '', '', '', '', '', '', '', 0),
	(2, 1, 'Kunden', 'a1c1f1d0-0001-4001-8001-000000000002', 0, 'kunden@linden.example', '', '', '',
	 '', '', '', '', '', '', 0),
	(3, 3, 'Друзья', null, 1, '', '', '', '', '', '', '', '', '', '', 0),
	(4, 3, 'друзья', null, 0, '', '', '', '', '', '', '', '', '', '', 0),
	(5, 5, '供应商', 'a1c1f1d0-0005-4001-8001-000000000005', 0, 'info@gongying.test', '供应有限公司', '南京路 1 号',
	 '上海', '上海', '200001', '中国', '+86 21 5550100', '+86 21 5550101', 'https://gongying.test', 1),
	(6, 6, 'العائلة', null, 0, '', '', '', '', '', '', '', '', '', '', 0);

-- Contacts with every field; in "notes" the two characters \n are P7's way to keep a line break.
insert into wm_awm_addr_book (id_addr, id_user, str_id, type, type_id, date_created, date_modified,
	fullname, view_email, use_friendly_nm, firstname, surname, nickname, skype, facebook, h_email,
	h_street, h_city, h_state, h_zip, h_country, h_phone, h_fax, h_mobile, h_web, b_email, b_company,
	b_street, b_city, b_state, b_zip, b_country, b_job_title, b_department, b_office, b_phone, b_fax,
	b_web, other_email, primary_email, birthday_day, birthday_month, birthday_year, use_frequency,
	notes) values
	(1, 1, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C01.vcf', 0, '', '2014-03-02 10:00:00',
	 '2022-07-08 09:10:11', 'Jürgen Groß', 'juergen@gross.test', 1, 'Jürgen', 'Groß', 'Jogi',
	 'juergen.skype', 'juergen.fb', 'juergen@gross.test', 'Schloßstraße 5\\n\nHinterhaus', 'Köln', 'NRW',
	 '50667', 'Deutschland', '+49 221 5550100', '+49 221 5550101', '+49 170 5550102',
	 'https://gross.test', 'j.gross@werk.example', 'Groß & Söhne', 'Werkstraße 1', 'Düren', 'NRW', '52349',
	 'Deutschland', 'Geschäftsführer', 'Leitung', 'Raum 4', '+49 2421 5550103', '+49 2421 5550104',
	 'https://werk.example', 'jg@sonst.test', 0, 29, 2, 1972, 17, 'Erste Zeile\\n\nZweite Zeile'),
	(2, 1, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C02.vcf', 0, '', '2015-01-01 00:00:00',
	 '2015-01-01 00:00:00', 'Oma', '', 1, '', '', '', '', '', '', '', '', '', '', '', '+49 30 5550105', '', '',
	 '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, 0, 0, 0, 1, ''),
	(3, 1, null, 0, '', '2016-02-02 00:00:00', '2016-02-02 00:00:00', 'Firma Müller GmbH',
	 'info@mueller.test', 1, '', '', '', '', '', null, null, null, null, null, null, null, null, null, null,
	 'info@mueller.test', 'Müller GmbH', null, null, null, null, null, null, null, null, null, null, null, null,
	 1, 0, 0, 0, 2, null),
	(4, 2, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C04.vcf', 0, '', '2019-05-06 07:08:09',
	 '2020-05-06 07:08:09', 'Zoé Lefèvre', 'zoe@lefevre.test', 0, 'Zoé', 'Lefèvre', '', '', '',
	 'zoe@lefevre.test', '12, rue de l''Église', 'Besançon', '', '25000', 'France', '', '', '', '', '', '', '',
	 '', '', '', '', '', '', '', '', '', '', '', 0, 14, 7, 1989, 4, 'C:\\new folder'),
	(5, 3, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C05.vcf', 0, '', '2016-10-10 10:10:10',
	 '2021-10-10 10:10:10', 'Мария Соколова', 'maria@sokol.test', 1, 'Мария', 'Соколова', 'Маша', '', '',
	 'maria@sokol.test', 'ул. Ленина, 1', 'Тверь', 'Тверская обл.', '170000', 'Россия', '', '', '+7 900 555-01-00',
	 '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, 8, 3, 1980, 9, 'День рождения!'),
	(6, 3, null, 0, '', '2017-01-01 00:00:00', '2017-01-01 00:00:00', 'Ёлкин', 'yolkin@sokol.test', 1, '',
	 'Ёлкин', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 '', 'yolkin@sokol.test', 2, 0, 0, 0, -1, ''),
	(7, 5, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C07.vcf', 0, '', '2018-08-08 08:08:08',
	 '2018-08-08 08:08:08', '王芳', 'wang.fang@gongying.test', 1, '芳', '王', '', '', '', '', '', '', '', '', '', '',
	 '', '', '', 'wang.fang@gongying.test', '供应有限公司', '南京路 1 号', '上海', '', '200001', '中国', '经理',
	 '采购部', '', '+86 21 5550106', '', '', '', 1, 1, 10, 1990, 5, ''),
	(8, 6, null, 0, '', '2019-09-09 09:09:09', '2019-09-09 09:09:09', 'ليلى منصور', 'layla@mansour.test', 1,
	 'ليلى', 'منصور', '', '', '', 'layla@mansour.test', 'شارع النيل', 'القاهرة', '', '', 'مصر', '', '', '', '', '', '',
	 '', '', '', '', '', '', '', '', '', '', '', '', 0, 0, 0, 0, 1, ''),
	(9, 8, null, 0, '', '2021-01-01 00:00:00', '2021-01-01 00:00:00', 'Íñigo Ávila', 'inigo@avila.test', 1,
	 'Íñigo', 'Ávila', '', '', '', 'inigo@avila.test', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 '', '', '', '', '', '', '', 0, 0, 0, 0, 1, ''),
	-- a contact that its owner shared with everybody, and one hidden from the address book
	(10, 3, null, 0, '', '2018-01-01 00:00:00', '2018-01-01 00:00:00', 'Аварийная служба',
	 'help@mir.test', 1, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 'help@mir.test', '', '', '', '',
	 '', '', '', '', '', '112', '', '', '', 1, 0, 0, 0, 1, ''),
	(11, 1, null, 0, '', '2018-01-01 00:00:00', '2018-01-01 00:00:00', 'Versteckt', 'v@linden.example', 1,
	 '', '', '', '', '', 'v@linden.example', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 '', '', '', '', '', 0, 0, 0, 0, 1, ''),
	-- entries of the global address book: Anna filled in hers
	(12, 0, null, 2, '1', '2014-03-02 09:15:00', '2020-02-20 20:20:20', 'Anna Weber',
	 'anna.weber@linden.example', 1, 'Anna', 'Weber', '', '', '', '', '', '', '', '', '', '', '',
	 '+49 170 5550107', '', 'anna.weber@linden.example', 'Linden AG', 'Lindenallee 1', 'Bonn', '', '53111',
	 'Deutschland', 'Einkäuferin', 'Einkauf', '', '+49 228 5550108', '', '', '', 1, 0, 0, 0, 1, ''),
	(13, 0, null, 2, '2', '2014-03-02 09:20:00', '2014-03-02 09:20:00', 'Camille Dubois',
	 'camille.dubois@linden.example', 1, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 'camille.dubois@linden.example', '', '', '', '', '', '', '', '', '', '', '', '', '', 1, 0, 0, 0, 1, ''),
	(14, 0, null, 2, '3', '2015-08-11 12:00:00', '2015-08-11 12:00:00', 'Иван Петров',
	 'ivan.petrov@mir.test', 1, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 'ivan.petrov@mir.test', '', '', '', '', '', '', '', '', '', '', '', '', '', 1, 0, 0, 0, 1, ''),
	-- Camille as a global contact in a group of Anna's
	(15, 1, null, 1, '13', '2016-01-01 00:00:00', '2016-01-01 00:00:00', 'Camille Dubois',
	 'camille.dubois@linden.example', 1, '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 'camille.dubois@linden.example', '', '', '', '', '', '', '', '', '', '', '', '', '', 1, 0, 0, 0, 1, '');
update wm_awm_addr_book set shared_to_all = 1, id_domain = 2 where id_addr = 10;
update wm_awm_addr_book set hide_in_gab = 1 where id_addr = 11;

-- Collected addresses, as sending a message leaves them.
insert into wm_awm_addr_book (id_addr, id_user, fullname, view_email, h_email, primary_email,
	auto_create, use_frequency, date_created, date_modified) values
	(31, 1, 'Bestellung', 'bestellung@laden.test', 'bestellung@laden.test', 0, 1, 6,
	 '2020-01-02 03:04:05', '2023-01-02 03:04:05'),
	(32, 1, '', 'noreply@laden.test', 'noreply@laden.test', 0, 1, 1, '2020-01-02 03:04:05',
	 '2020-01-02 03:04:05'),
	(33, 3, 'Библиотека', 'biblio@mir.test', 'biblio@mir.test', 0, 1, 2, '2021-01-02 03:04:05',
	 '2021-01-02 03:04:05'),
	(34, 9, '図書館', 'tosho@gast.test', 'tosho@gast.test', 0, 1, 1, '2022-01-02 03:04:05',
	 '2022-01-02 03:04:05');

insert into wm_awm_addr_groups_contacts (id_addr, id_group) values
	(1, 1), (1, 2), (2, 1), (3, 2), (15, 2), (5, 3), (6, 3), (6, 4), (7, 5), (8, 6);

insert into wm_awm_senders (id_user, email, safety) values
	(1, 'newsletter@laden.test', 1), (3, 'biblio@mir.test', 1), (3, 'reklama@laden.test', 0);
insert into wm_twofa_accounts (account_id, auth_type, data_type, data_value) values
	(1, 'google', 1, 'JBSWY3DPEHPK3PXP');
insert into wm_awm_min (hash_id, hash, data) values
	('155af738f2df8d6bccfb0ef003fa68f7', 'Rechnung01',
	 '{"AccountType":"wm","Account":1,"Type":"personal","Path":"","Name":"Rechnungen","Size":0,'
	 '"IsFolder":true,"__hash_id__":"1|personal||Rechnungen","__hash__":"Rechnung01",'
	 '"__time__":1672531200,"__time_update__":1672531200}'),
	('0aa44b25e7ab0fa1bd8a0cbb2eb58a4e', 'Plan02Plan',
	 '{"AccountType":"wm","Account":3,"Type":"personal","Path":"\\/\\u0414\\u043e\\u043a\\u0443'
	 '\\u043c\\u0435\\u043d\\u0442\\u044b","Name":"\\u043f\\u043b\\u0430\\u043d.txt","Size":12,'
	 '"IsFolder":false,"__hash_id__":"","__hash__":"Plan02Plan","__time__":1672531201,'
	 '"__time_update__":1672531202}');

-- What CardDAV clients see: the address books that P7 makes, and one of Anna's own.  A card may say
-- more than the contact's row can: a photo, a label, a number, a middle name, a note that the row
-- has cut off.  Some cards have no row: a neighbour, a collected address, a list of a telephone,
-- rubbish.
insert into wm_adav_addressbooks (id, principaluri, displayname, uri, description, ctag) values
	(1, 'principals/anna.weber@linden.example', 'Address Book', 'AddressBook', null, 7),
	(2, 'principals/anna.weber@linden.example', 'Collected Addresses', 'Collected', null, 1),
	(3, 'principals/ivan.petrov@mir.test', 'Address Book', 'AddressBook', null, 3),
	(4, 'principals/anna.weber@linden.example', 'Kleingärtner', 'kleingarten', 'Verein', 2);
insert into wm_adav_cards (addressbookid, uri, lastmodified, carddata) values
	(1, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C01.vcf', 1657271411, concat_ws('\r\n', 'BEGIN:VCARD',
	 'VERSION:3.0', 'UID:7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C01', 'FN:Jürgen Groß',
	 'N:Groß;Jürgen;Karl-Heinz;Dr.;',
	 'item1.EMAIL;TYPE=HOME,PREF:juergen@gross.test', 'item1.X-ABLabel:Ferienhaus',
	 'EMAIL;TYPE=INTERNET:jogi@boot.test', 'TEL;TYPE=HOME:+49 (221) 555-0100',
	 'TEL;TYPE=CAR:+49 171 5550199', 'CATEGORIES:Familie,Kunden,Segeln',
	 'PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAA',
	 ' HUlEQVR42j3GsQ0AAAzDIP5/Ol0qM2GPoiiKotgBWkIj3XbHwf0AAAAASUVORK5CYII=',
	 'X-ANNIVERSARY:1999-09-09', 'END:VCARD', '')),
	(1, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C02.vcf', 1420070400, concat_ws('\r\n', 'BEGIN:VCARD',
	 'VERSION:3.0', 'UID:7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C02', 'FN:Oma', 'N:;;;;',
	 'TEL;TYPE=HOME:+49 30 5550105', 'END:VCARD', '')),
	(3, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C05.vcf', 1633860610, concat_ws('\r\n', 'BEGIN:VCARD',
	 'VERSION:3.0', 'UID:7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C05', 'FN:Мария Соколова',
	 'N:Соколова;Мария;;;', 'EMAIL;TYPE=HOME,PREF:maria@sokol.test', 'END:VCARD', '')),
	(1, 'nachbarin.vcf', 1600000000, concat_ws('\r\n', 'BEGIN:VCARD', 'VERSION:2.1',
	 'N;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:M=F6wes;J=FCrte',
	 'FN;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:J=FCrte M=F6wes', 'TEL;HOME;VOICE:+49 30 5550177',
	 'TEL;HOME;VOICE:+49 30 5550178', 'EMAIL;INTERNET:juerte@nachbarin.test',
	 'CATEGORIES:Familie', 'BDAY:19610203', 'END:VCARD', '')),
	(2, 'versand.vcf', 1600000001, concat_ws('\r\n', 'BEGIN:VCARD', 'VERSION:3.0', 'FN:Versand',
	 'EMAIL:versand@laden.test', 'END:VCARD', '')),
	(1, 'liste.vcf', 1600000002, concat_ws('\r\n', 'BEGIN:VCARD', 'VERSION:3.0', 'FN:Chor',
	 'X-ADDRESSBOOKSERVER-KIND:group',
	 'X-ADDRESSBOOKSERVER-MEMBER:urn:uuid:7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9C01', 'END:VCARD', '')),
	(1, 'rest.vcf', 1600000003, 'Übertragung abgebrochen'),
	(4, 'beet-1.vcf', 1600000004, concat_ws('\r\n', 'BEGIN:VCARD', 'VERSION:4.0', 'FN:Günter Grün',
	 'TEL;VALUE=uri;TYPE="voice,home":tel:+49-30-5550188', 'END:VCARD', '')),
	(4, 'beet-2.vcf', 1600000005, concat_ws('\r\n', 'BEGIN:VCARD', 'VERSION:3.0', 'FN:Vorstand',
	 'EMAIL:vorstand@kleingarten.test', 'END:VCARD', ''));

-- Principals: the public one and everybody's one have no account.  Giorgos wrote his address in
-- small letters when he first used a calendar.
insert into wm_adav_principals (id, uri, email, displayname) values
	(1, 'principals/anna.weber@linden.example', 'anna.weber@linden.example', ''),
	(2, 'principals/camille.dubois@linden.example', 'camille.dubois@linden.example', ''),
	(3, 'principals/ivan.petrov@mir.test', 'ivan.petrov@mir.test', ''),
	(4, 'principals/li.wei@hafen.example', 'li.wei@hafen.example', ''),
	(5, 'principals/fatima.haddad@hafen.example', 'fatima.haddad@hafen.example', ''),
	(6, 'principals/giorgos.pappas@hafen.example', 'giorgos.pappas@hafen.example', ''),
	(7, 'principals/caldav_public_user@localhost', 'caldav_public_user@localhost',
	 'caldav_public_user@localhost'),
	(8, 'principals/default_dav_tenant_user@localhost', 'default_dav_tenant_user@localhost',
	 'default_dav_tenant_user@localhost');

set @berlin = concat_ws('\r\n', 'BEGIN:VTIMEZONE', 'TZID:Europe/Berlin', 'BEGIN:STANDARD',
	'DTSTART:19701025T030000', 'RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU', 'TZOFFSETFROM:+0200',
	'TZOFFSETTO:+0100', 'TZNAME:CET', 'END:STANDARD', 'BEGIN:DAYLIGHT', 'DTSTART:19700329T020000',
	'RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200',
	'TZNAME:CEST', 'END:DAYLIGHT', 'END:VTIMEZONE');

insert into wm_adav_calendars (id, principaluri, displayname, uri, ctag, description, calendarorder,
	calendarcolor, timezone, components, transparent) values
	(1, 'principals/anna.weber@linden.example', 'Kalender', 'c0000000-0000-4000-8000-000000000001', 12,
	 '', 1, '#f09650', concat_ws('\r\n', 'BEGIN:VCALENDAR', 'VERSION:2.0',
	 'PRODID:-//Sample//EN', @berlin, 'END:VCALENDAR', ''), 'VEVENT,VTODO', 0),
	(2, 'principals/anna.weber@linden.example', 'Team Einkauf', 'c0000000-0000-4000-8000-000000000002',
	 4, 'Termine für alle', 2, '#3366cc', null, 'VEVENT,VTODO', 0),
	(3, 'principals/ivan.petrov@mir.test', 'Работа', 'c0000000-0000-4000-8000-000000000003', 3,
	 'Рабочий календарь', 1, '#99cc00', null, 'VEVENT,VTODO', 0),
	(4, 'principals/li.wei@hafen.example', '日历', 'c0000000-0000-4000-8000-000000000004', 2, '', 1,
	 '#cc0000', null, 'VEVENT,VTODO', 0),
	(5, 'principals/fatima.haddad@hafen.example', 'التقويم', 'c0000000-0000-4000-8000-000000000005', 2, '', 1,
	 '#663399', null, 'VEVENT,VTODO', 0),
	(6, 'principals/giorgos.pappas@hafen.example', 'Ημερολόγιο', 'c0000000-0000-4000-8000-000000000006', 2,
	 '', 1, '#f09650', null, 'VEVENT,VTODO', 1);

-- Events and a task.  First and last occurrence are Unix times; 2145916800 (2038-01-01) stands
-- for a series without an end.
set @head = 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Sample//EN', @foot = 'END:VCALENDAR\r\n';
insert into wm_adav_calendarobjects (calendarid, uri, componenttype, lastmodified, firstoccurence,
	lastoccurence, calendardata) values
	(1, 'ev-arzt.ics', 'VEVENT', 1672531200, 1683626400, 1683630000, concat_ws('\r\n', @head, @berlin,
	 'BEGIN:VEVENT', 'UID:ev-arzt', 'DTSTAMP:20230101T000000Z',
	 'DTSTART;TZID=Europe/Berlin:20230509T120000', 'DTEND;TZID=Europe/Berlin:20230509T130000',
	 'SUMMARY:Zahnärztin', 'LOCATION:Bonn\\, Münsterplatz', 'BEGIN:VALARM', 'ACTION:DISPLAY',
	 'TRIGGER:-PT30M', 'DESCRIPTION:Zahnärztin', 'END:VALARM', 'END:VEVENT', @foot)),
	(1, 'ev-urlaub.ics', 'VEVENT', 1672531200, 1690848000, 1692057600, concat_ws('\r\n', @head,
	 'BEGIN:VEVENT', 'UID:ev-urlaub', 'DTSTAMP:20230101T000000Z', 'DTSTART;VALUE=DATE:20230801',
	 'DTEND;VALUE=DATE:20230815', 'SUMMARY:Urlaub an der Ostsee', 'END:VEVENT', @foot)),
	(1, 'td-steuer.ics', 'VTODO', 1672531200, null, null, concat_ws('\r\n', @head, 'BEGIN:VTODO',
	 'UID:td-steuer', 'DTSTAMP:20230101T000000Z', 'DUE;VALUE=DATE:20230731',
	 'SUMMARY:Steuererklärung', 'STATUS:NEEDS-ACTION', 'END:VTODO', @foot)),
	(2, 'ev-jourfixe.ics', 'VEVENT', 1672531200, 1672653600, 2145916800, concat_ws('\r\n', @head,
	 'BEGIN:VEVENT', 'UID:ev-jourfixe', 'DTSTAMP:20230101T000000Z', 'DTSTART:20230102T100000Z',
	 'DTEND:20230102T110000Z', 'RRULE:FREQ=WEEKLY;BYDAY=MO', 'EXDATE:20230501T100000Z',
	 'SUMMARY:Jour fixe', 'ORGANIZER:mailto:anna.weber@linden.example',
	 'ATTENDEE;PARTSTAT=ACCEPTED:mailto:camille.dubois@linden.example', 'END:VEVENT',
	 'BEGIN:VEVENT', 'UID:ev-jourfixe', 'DTSTAMP:20230101T000000Z', 'RECURRENCE-ID:20230109T100000Z',
	 'DTSTART:20230109T140000Z', 'DTEND:20230109T150000Z', 'SUMMARY:Jour fixe (verschoben)',
	 'END:VEVENT', @foot)),
	(3, 'ev-sovet.ics', 'VEVENT', 1672531200, 1675321200, 1675929600, concat_ws('\r\n', @head,
	 'BEGIN:VEVENT', 'UID:ev-sovet', 'DTSTAMP:20230101T000000Z', 'DTSTART:20230202T070000Z',
	 'DTEND:20230202T080000Z', 'RRULE:FREQ=DAILY;COUNT=8', 'SUMMARY:Совещание', 'END:VEVENT', @foot)),
	(4, 'ev-huiyi.ics', 'VEVENT', 1672531200, 1677636000, 1677639600, concat_ws('\r\n', @head,
	 'BEGIN:VEVENT', 'UID:ev-huiyi', 'DTSTAMP:20230101T000000Z', 'DTSTART:20230301T020000Z',
	 'DTEND:20230301T030000Z', 'SUMMARY:部门会议', 'END:VEVENT', @foot)),
	(5, 'ev-eid.ics', 'VEVENT', 1672531200, 1682035200, 1682121600, concat_ws('\r\n', @head,
	 'BEGIN:VEVENT', 'UID:ev-eid', 'DTSTAMP:20230101T000000Z', 'DTSTART;VALUE=DATE:20230421',
	 'DTEND;VALUE=DATE:20230422', 'RRULE:FREQ=YEARLY;COUNT=1', 'SUMMARY:عيد', 'END:VEVENT', @foot)),
	(6, 'ev-giorti.ics', 'VEVENT', 1672531200, 1682208000, 2145916800, concat_ws('\r\n', @head,
	 'BEGIN:VEVENT', 'UID:ev-giorti', 'DTSTAMP:20230101T000000Z', 'DTSTART;VALUE=DATE:20230423',
	 'RRULE:FREQ=YEARLY', 'SUMMARY:Γιορτή', 'END:VEVENT', @foot));
-- The etag is the MD5 of the data (written out: new MySQL servers have no MD5 function).
update wm_adav_calendarobjects set size = length(calendardata), etag = case uri
		when 'ev-arzt.ics' then 'c70e2f123e2e136d8c954b37346fee5c'
		when 'ev-urlaub.ics' then 'b5f26030da42e6214d10fc50c72a1706'
		when 'td-steuer.ics' then '6770a119a028565d06d843d7496a6931'
		when 'ev-jourfixe.ics' then '872595cf3dc1419b211dbc6ebdfbc73d'
		when 'ev-sovet.ics' then 'a7dfcb06337dc2b4e6b801af31201c9a'
		when 'ev-huiyi.ics' then '086bc9b7b06e00722d0d555c3d92e993'
		when 'ev-eid.ics' then '6383d669a6c53204865f37680e10e0f2'
		when 'ev-giorti.ics' then '6901f3eb73a2e69ac946ece9e77b5eff'
	end;

-- Ivan's calendar was written while the server's default character set was latin1: its text is
-- encoded twice, as P7 leaves it then.  The etag still is that of the true bytes.
update wm_adav_calendarobjects
	set calendardata = convert(cast(calendardata as binary) using latin1) where calendarid = 3;
update wm_adav_calendars set displayname = convert(cast(displayname as binary) using latin1),
	description = convert(cast(description as binary) using latin1) where id = 3;

-- Shares of "Team Einkauf": Camille writes, Ivan reads, everybody reads, and it is public.
insert into wm_adav_calendarshares (calendarid, member, status, readonly, summary, displayname,
	color, principaluri) values
	(2, 2, 4, 0, '', 'Team Einkauf', '#3366cc', null), (2, 3, 4, 1, '', 'Team Einkauf', '#3366cc', null),
	(2, 8, 4, 1, '', 'Team Einkauf', '#3366cc', null), (2, 7, 4, 1, '', 'Team Einkauf', '#3366cc', null),
	(4, 6, 4, 1, '', '日历', '#cc0000', null);

insert into wm_adav_reminders (user, calendaruri, eventid, time, starttime, allday) values
	('anna.weber@linden.example', 'c0000000-0000-4000-8000-000000000001', 'ev-arzt', 1683624600,
	 1683626400, 0);
