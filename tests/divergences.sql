-- On top of the sample: what makes each difference from the vendor's script visible (see
-- divergences.bash).  The prefix of the tables is wm_.

set names utf8mb4;
set sql_mode = 'NO_ENGINE_SUBSTITUTION';

-- More groups than the script reads, names equal but for case and accent, and without a name.
insert into wm_awm_addr_groups (id_group, id_user, group_nm)
	select 100 + n.n, 2, concat('Club ', n.n) from (select a.x * 8 + b.x n from
		(select 0 x union select 1 union select 2 union select 3) a,
		(select 0 x union select 1 union select 2 union select 3 union select 4 union select 5
		union select 6 union select 7) b) n;
insert into wm_awm_addr_groups (id_group, id_user, group_nm, group_str_id, email, company, street,
	city, state, zip, country, phone, fax, web, organization) values
	(140, 2, 'café', 'B2C1F1D0-0001-4001-8001-000000000140', 'un@cafe.test', 'Un', 'Rue 1\\n\nFond',
	 'Lyon', 'R', '69001', 'France', '1', '2', 'http://un.test', 1),
	(141, 2, 'CAFE', 'b2c1f1d0-0001-4001-8001-000000000141.vcf', 'deux@cafe.test', 'Deux', 'Rue 2',
	 'Metz', 'L', '57000', 'France', '3', '4', 'http://deux.test', 0),
	(142, 2, 'Café', 'no uuid', 'trois@cafe.test', '', '', '', '', '', '', '', '', '', 0),
	(143, 2, 'two of', 'b2c1f1d0-0001-4001-8001-000000000143', '', '', '', '', '', '', '', '', '', '', 0),
	(144, 2, 'one id', 'B2C1F1D0-0001-4001-8001-000000000143', '', '', '', '', '', '', '', '', '', '', 0),
	(145, 2, '', null, 'sans@nom.test', '', '', '', '', '', '', '', '', '', 0),
	(146, 2, '  ', null, '', '', '', '', '', '', '', '', '', '', 0),
	(147, 2, null, null, '', '', '', '', '', '', '', '', '', '', 0);
insert into wm_awm_addr_groups_contacts (id_addr, id_group) values
	(4, 100), (4, 131), (4, 140), (4, 141), (4, 142), (4, 145), (4, 146), (4, 140), (4, 140);

alter table wm_awm_addr_book convert to character set utf8mb4;
alter table wm_awm_accounts convert to character set utf8mb4;

insert into wm_awm_addr_book (id_addr, id_user, str_id, type, type_id, date_modified, fullname,
	h_email, h_street, h_city, b_street, use_frequency, notes) values
	-- line breaks, also where they are none
	(201, 4, '7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9d01', 0, '', '2019-01-01 00:00:00', 'Lines\\nkept',
	 'l@lines.test', 'Street 1\\n\nBack', 'not\\nhere', 'Hall\\n2', 3, 'one\\n\ntwo\\nthree\nfour'),
	-- characters beyond the BMP
	(202, 4, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9D02', 0, '', '2019-01-01 00:00:01', 'Smile 😀',
	 'smile@lines.test', '𝒮treet', '', '', 5, 'note 👍 end'),
	-- dates that P7 does not know
	(203, 4, 'no uuid.vcf', 0, '', null, 'No date', 'n@lines.test', '', '', '', 1, ''),
	(204, 4, null, 0, '', '0000-00-00 00:00:00', 'Zero date', 'z@lines.test', '', '', '', -1, ''),
	-- one vCard name twice
	(205, 4, '7c0b51b2-5e17-4b52-9d1a-2f6d3e0a9d05.vcf', 0, '', '2019-01-01 00:00:02', 'Twin',
	 't1@lines.test', '', '', '', 1, ''),
	(206, 6, '7C0B51B2-5E17-4B52-9D1A-2F6D3E0A9D05.vcf', 0, '', '2019-01-01 00:00:03', 'Twin',
	 't2@lines.test', '', '', '', 1, ''),
	-- global contacts in groups
	(207, 3, null, 1, '12', '2019-01-01 00:00:04', 'Anna', '', '', '', '', 1, ''),
	(208, 6, null, 1, '14', '2019-01-01 00:00:05', 'Ivan', '', '', '', '', 1, '');
insert into wm_awm_addr_groups_contacts (id_addr, id_group) values (207, 3), (207, 4), (208, 6);
insert into wm_awm_addr_book (id_addr, id_user, fullname, h_email, b_email, b_phone, auto_create,
	use_frequency, date_modified, hide_in_gab) values
	(220, 4, 'Kolektiv', 'kolo@lines.test', '', '', 1, 12, '2022-02-02 02:02:02', 0),
	(221, 4, 'Hidden', 'hidden@lines.test', '', '5', 0, 2, '2022-02-02 02:02:03', 1);

-- The user's own entry with every field.
insert into wm_awm_addr_book (id_addr, id_user, type, type_id, date_modified, fullname, firstname,
	surname, nickname, skype, facebook, h_email, h_street, h_city, h_state, h_zip, h_country, h_phone,
	h_fax, h_mobile, h_web, b_email, b_company, b_street, b_city, b_state, b_zip, b_country,
	b_job_title, b_department, b_office, b_phone, b_fax, b_web, other_email, primary_email,
	birthday_day, birthday_month, birthday_year, use_frequency, notes, use_friendly_nm) values
	(230, 0, 2, '5', '2018-05-05 05:05:05', '李伟 Li', '伟', '李', 'wei', 'li.skype', 'li.fb',
	 'li@home.test', '家\\n\n1', '上海', 'S', '200', '中国', '+86 1', '+86 2', '+86 3', 'http://li.test',
	 'li.wei@hafen.example', 'Hafen', 'Kai\\n2', 'Hamburg', 'HH', '20457', 'Deutschland', 'Einkauf',
	 'Asien', 'B 7', '+49 1', '+49 2', 'http://hafen.example', 'li@other.test', 2, 3, 4, 1985, 9,
	 'Zeile\\n\nzwei', 0),
	-- one without a name
	(231, 0, 2, '6', '2018-05-05 05:05:06', '', '', '', '', '', '', '', '', '', '', '', '', '', '', '',
	 '', 'fatima.haddad@hafen.example', '', '', '', '', '', '', '', '', '', '', '', '', '', 1, 0, 0, 0,
	 1, '', 1);

-- A tenant's default domain: one account with its servers, one with others.
insert into wm_awm_tenants (id_tenant, login) values (1, 'kontor');
insert into wm_awm_domains (id_domain, id_tenant, name, override_settings, is_default_for_tenant,
	mail_inc_host, mail_inc_port, mail_inc_ssl, mail_out_host, mail_out_port, mail_out_auth,
	mail_out_ssl, cal_week_starts_on, cal_show_weekends, cal_workday_starts, cal_workday_ends,
	cal_show_workday, cal_default_tab, use_threads) values
	(4, 1, 'kontor.test', 0, 1, 'IMAP.kontor.test', 993, 1, 'smtp.kontor.test', 465, 2, 1, 6, 1, 6, 13,
	 0, 1, 0);
insert into wm_a_users (id_user) values (12), (13), (14), (15);
insert into wm_awm_settings (id_user, created_time, client_timezone, use_threads, custom_fields)
	values
	(12, null, 'UTC', 1, 'a:1:{i:0;s:3:"one";}'),
	(13, '0000-00-00 00:00:00', '26', 1, repeat('x', 256)),
	(14, '2020-01-01 00:00:00', '', 1, ''), (15, '2020-01-01 00:00:00', '', 1, '');
insert into wm_awm_accounts (id_acct, id_user, id_tenant, id_domain, def_acct, email, friendly_nm,
	mail_inc_host, mail_inc_port, mail_inc_login, mail_inc_pass, mail_inc_ssl, mail_out_host,
	mail_out_port, mail_out_login, mail_out_pass, mail_out_auth, mail_out_ssl, signature) values
	(30, 12, 1, 4, 1, 'same@kontor.test', 'Same', 'imap.kontor.test', 993, 'same', '61', 1,
	 'SMTP.kontor.test', 465, '', '', 2, 1, 'smile 😀'),
	(31, 13, 1, 4, 1, 'port@kontor.test', '', 'imap.kontor.test', 993, 'port', '61', 1,
	 'smtp.kontor.test', 587, ' post-out ', '680106091d1b', 1, 1, ''), -- hinaus
	-- these two are users that P8 cannot tell from others
	(32, 14, 0, 1, 1, 'ANNA.weber@linden.example', '', 'x', 143, 'x', '61', 0, 'x', 25, '', '', 2, 0, ''),
	(33, 15, 0, 0, 1, 'josé.nunez@gast.test', '', 'x', 143, 'x', '61', 0, 'x', 25, '', '', 2, 0, '');
update wm_awm_settings set use_threads = 0 where id_user = 5;

-- System folders: a second one of a type, without a name, and types that P8 does not know so.
insert into wm_awm_system_folders (id_acct, id_user, folder_full_name, system_type) values
	(5, 5, 'Sent', 2), (5, 5, 'Sent Items', 2), (5, 5, '', 4), (5, 5, 'Vorlagen', 8), (5, 5, 'x', 0),
	(8, 8, 'Papelera', 5), (8, 8, 'Borradores', 3), (8, 8, 'Spam', 4), (8, 8, 'Enviados', 2);

-- Social accounts of before 7.5 (by number), without a token.
insert into wm_awm_social (id, id_acct, id_social, type, type_str, name, email, access_token,
	refresh_token, scopes, disabled) values
	(10, 2, 'g1', 1, '', 'G', 'g@social.test', '{"t":1}', '', '', 0),
	(11, 2, 'd1', 2, null, 'D', 'd@social.test', null, 'r', 's', 0),
	(12, 3, 'f1', 3, '', 'F', 'f@social.test', '', '', '', 1),
	(13, 3, 't1', 4, '', 'T', 't@social.test', '{}', '', '', 0);

-- Values that do not fit; somebody widened the column of the notes.
alter table wm_awm_addr_book modify notes mediumtext;
update wm_awm_addr_book set notes = repeat('n', 70000) where id_addr = 8;
update wm_awm_accounts set mail_inc_pass = concat('61', repeat('00', 126)),
	mail_inc_login = concat('karl', repeat('k', 60)) where id_acct = 11;
