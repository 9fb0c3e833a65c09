-- The 62 tables of P7 7.7.9, with the table prefix wm_, as its own installer lays them out.
-- P7 asks for utf8 (utf8mb3) and leaves the engine to the server.

set names utf8mb4;

create table wm_a_users (
	id_user	int(11) not null auto_increment,
	deleted	tinyint(1) not null default 0,
	primary key (id_user)
) default charset utf8mb3;

create table wm_awm_accounts (
	id_acct			int(11) not null auto_increment,
	id_user			int(11) not null default 0,
	id_domain		int(11) not null default 0,
	id_tenant		int(11) not null default 0,
	def_acct		tinyint(1) not null default 0,
	deleted			tinyint(1) not null default 0,
	quota			int(11) unsigned not null default 0,
	email			varchar(255) not null default '',
	friendly_nm		varchar(255),
	mail_protocol		tinyint(4) not null default 1,
	mail_inc_host		varchar(255),
	mail_inc_port		int(11) not null default 143,
	mail_inc_login		varchar(255),
	mail_inc_pass		varchar(255),
	mail_inc_ssl		tinyint(1) not null default 0,
	mail_out_host		varchar(255),
	mail_out_port		int(11) not null default 25,
	mail_out_login		varchar(255),
	mail_out_pass		varchar(255),
	mail_out_auth		tinyint(4) not null default 0,
	mail_out_ssl		tinyint(1) not null default 0,
	signature		mediumtext,
	signature_type		tinyint(4) not null default 1,
	signature_opt		tinyint(4) not null default 0,
	mailbox_size		bigint(20) not null default 0,
	mailing_list		tinyint(1) not null default 0,
	hide_in_gab		tinyint(1) not null default 0,
	custom_fields		text,
	is_password_specified	tinyint(1) not null default 1,
	allow_mail		tinyint(1) not null default 1,
	primary key (id_acct),
	key WM_AWM_ACCOUNTS_ID_USER_INDEX (id_user),
	key WM_AWM_ACCOUNTS_ID_ACCT_ID_USER_INDEX (id_acct, id_user),
	key WM_AWM_ACCOUNTS_MAIL_INC_LOGIN_INDEX (mail_inc_login),
	key WM_AWM_ACCOUNTS_EMAIL_INDEX (email)
) default charset utf8mb3;

create table wm_awm_settings (
	id_setting				int(11) not null auto_increment,
	id_user					int(11) not null default 0,
	id_subscription				int(11) not null default 0,
	id_helpdesk_user			int(11) not null default 0,
	msgs_per_page				smallint(6) not null default 20,
	contacts_per_page			smallint(6) not null default 20,
	created_time				datetime,
	last_login				datetime,
	last_login_now				datetime,
	logins_count				int(11) not null default 0,
	last_login_ip				varchar(255),
	last_login_ip_now			varchar(255),
	last_login_ua				varchar(255),
	last_login_ua_now			varchar(255),
	auto_checkmail_interval			int(11) not null default 0,
	def_skin				varchar(255) not null default 'Default',
	def_editor				tinyint(1) not null default 1,
	layout					tinyint(4) not null default 0,
	save_mail				tinyint(4) not null default 0,
	def_timezone				smallint(6) not null default 0,
	def_time_fmt				varchar(255),
	def_lang				varchar(255),
	def_date_fmt				varchar(100) not null default 'MM/DD/YYYY',
	mailbox_limit				bigint(20) not null default 0,
	incoming_charset			varchar(30) not null default 'iso-8859-1',
	question_1				varchar(255),
	answer_1				varchar(255),
	question_2				varchar(255),
	answer_2				varchar(255),
	sip_enable				tinyint(1) not null default 1,
	sip_impi				varchar(255) not null default '',
	sip_password				varchar(255) not null default '',
	twilio_number				varchar(255) not null default '',
	twilio_enable				tinyint(1) not null default 1,
	twilio_default_number			tinyint(1) not null default 0,
	files_enable				tinyint(1) not null default 1,
	helpdesk_signature			varchar(255) not null default '',
	helpdesk_signature_enable		tinyint(1) not null default 0,
	use_threads				tinyint(1) not null default 1,
	save_replied_messages_to_current_folder	tinyint(1) not null default 0,
	compose_plain_text_default		tinyint(1) not null default 0,
	desktop_notifications			tinyint(1) not null default 0,
	allow_change_input_direction		tinyint(1) not null default 0,
	allow_helpdesk_notifications		tinyint(1) not null default 0,
	enable_open_pgp				tinyint(1) not null default 0,
	allow_autosave_in_drafts		tinyint(1) not null default 1,
	autosign_outgoing_emails		tinyint(1) not null default 0,
	capa					varchar(255),
	client_timezone				varchar(100) not null default '',
	custom_fields				text,
	email_notification			varchar(255) not null default '',
	password_reset_hash			varchar(255) not null default '',
	primary key (id_setting),
	unique key WM_AWM_SETTINGS_ID_USER_INDEX (id_user)
) default charset utf8mb3;

create table wm_awm_domains (
	id_domain			int(11) not null auto_increment,
	id_tenant			int(11) not null default 0,
	name				varchar(255),
	url				varchar(255),
	user_quota			int(11) not null default 0,
	override_settings		tinyint(1) not null default 0,
	mail_protocol			tinyint(4) not null default 1,
	mail_inc_host			varchar(255),
	mail_inc_port			int(11) not null default 143,
	mail_inc_ssl			tinyint(1) not null default 0,
	mail_out_host			varchar(255),
	mail_out_port			int(11) not null default 25,
	mail_out_auth			tinyint(4) not null default 1,
	mail_out_login			varchar(255),
	mail_out_pass			varchar(255),
	mail_out_ssl			tinyint(1) not null default 0,
	mail_out_method			tinyint(4) not null default 1,
	quota_mbytes_limit		int(11) unsigned not null default 0,
	quota_usage_bytes		bigint unsigned not null default 0,
	quota_usage_messages		bigint unsigned not null default 0,
	allow_webmail			tinyint(1) not null default 1,
	site_name			varchar(255),
	allow_change_interface_settings	tinyint(1) not null default 0,
	allow_users_add_acounts		tinyint(1) not null default 0,
	allow_change_account_settings	tinyint(1) not null default 0,
	allow_new_users_register	tinyint(1) not null default 1,
	allow_open_pgp			tinyint(1) not null default 0,
	def_user_timezone		int(11) not null default 0,
	def_user_timeformat		tinyint(4) not null default 0,
	def_user_dateformat		varchar(100) not null default 'MM/DD/YYYY',
	msgs_per_page			smallint(6) not null default 20,
	skin				varchar(255),
	lang				varchar(255),
	ext_imap_host			varchar(255) not null default '',
	ext_smtp_host			varchar(255) not null default '',
	ext_dav_host			varchar(255) not null default '',
	allow_contacts			tinyint(1) not null default 1,
	contacts_per_page		smallint(6) not null default 20,
	allow_calendar			tinyint(1) not null default 1,
	cal_week_starts_on		tinyint(4) not null default 0,
	cal_show_weekends		tinyint(1) not null default 0,
	cal_workday_starts		tinyint(4) not null default 9,
	cal_workday_ends		tinyint(4) not null default 18,
	cal_show_workday		tinyint(1) not null default 0,
	cal_default_tab			tinyint(4) not null default 2,
	layout				tinyint(4) not null default 0,
	xlist				tinyint(1) not null default 1,
	global_addr_book		tinyint(4) not null default 0,
	check_interval			int(11) not null default 0,
	allow_registration		tinyint(1) not null default 0,
	allow_pass_reset		tinyint(1) not null default 0,
	allow_files			tinyint(1) not null default 1,
	allow_helpdesk			tinyint(1) not null default 1,
	use_threads			tinyint(1) not null default 1,
	is_internal			tinyint(1) not null default 0,
	disabled			tinyint(1) not null default 0,
	default_tab			varchar(255) not null default 'mailbox',
	is_default_for_tenant		tinyint(1) not null default 0,
	collaboration			tinyint(1) not null default 1,
	primary key (id_domain)
) default charset utf8mb3;

create table wm_awm_folders (
	id_folder	bigint(20) not null auto_increment,
	id_parent	bigint(20) not null default 0,
	id_acct		int(11) not null default 0,
	type		smallint(6) not null default 0,
	name		varchar(255),
	full_path	varchar(255),
	sync_type	tinyint(4) not null default 0,
	hide		tinyint(1) not null default 0,
	fld_order	smallint(6) not null default 1,
	flags		varchar(255) not null default '',
	primary key (id_folder),
	key WM_AWM_FOLDERS_ID_ACCT_ID_FOLDER_INDEX (id_acct, id_folder),
	key WM_AWM_FOLDERS_ID_ACCT_ID_PARENT_INDEX (id_acct, id_parent)
) default charset utf8mb3;

create table wm_awm_folders_tree (
	id		int(11) not null auto_increment,
	id_folder	bigint(20) not null default 0,
	id_parent	bigint(20) not null default 0,
	folder_level	tinyint(4) not null default 0,
	primary key (id),
	key WM_AWM_FOLDERS_TREE_ID_FOLDER_INDEX (id_folder),
	key WM_AWM_FOLDERS_TREE_ID_FOLDER_ID_PARENT_INDEX (id_folder, id_parent)
) default charset utf8mb3;

create table wm_awm_filters (
	id_filter	int(11) not null auto_increment,
	id_acct		int(11) not null default 0,
	field		tinyint(4) not null default 0,
	`condition`	tinyint(4) not null default 0,
	filter		varchar(255),
	action		tinyint(4) not null default 0,
	id_folder	bigint(20) not null default 0,
	applied		tinyint(1) not null default 1,
	primary key (id_filter),
	key WM_AWM_FILTERS_ID_ACCT_ID_FOLDER_INDEX (id_acct, id_folder)
) default charset utf8mb3;

create table wm_awm_messages (
	id		bigint(20) not null auto_increment,
	id_msg		bigint(20) not null default 0,
	id_acct		int(11) not null default 0,
	id_folder_srv	bigint(20) not null default 0,
	id_folder_db	bigint(20) not null default 0,
	str_uid		varchar(255),
	int_uid		bigint(20) not null default 0,
	from_msg	varchar(255),
	to_msg		varchar(255),
	cc_msg		varchar(255),
	bcc_msg		varchar(255),
	subject		varchar(255),
	msg_date	datetime,
	attachments	tinyint(1) not null default 0,
	size		bigint(20) not null default 0,
	seen		tinyint(1) not null default 0,
	flagged		tinyint(1) not null default 0,
	priority	tinyint(4) not null default 0,
	downloaded	tinyint(1) not null default 0,
	x_spam		tinyint(1) not null default 0,
	rtl		tinyint(1) not null default 0,
	deleted		tinyint(1) not null default 0,
	is_full		tinyint(1) not null default 1,
	replied		tinyint(1),
	forwarded	tinyint(1),
	flags		int(11),
	body_text	longtext,
	grayed		tinyint(1) not null default 0,
	charset		int(11) not null default -1,
	sensitivity	tinyint(4) not null default 0,
	primary key (id),
	key WM_AWM_MESSAGES_ID_ACCT_ID_FOLDER_DB_INDEX (id_acct, id_folder_db),
	key WM_AWM_MESSAGES_ID_ACCT_ID_FOLDER_DB_SEEN_INDEX (id_acct, id_folder_db, seen)
) default charset utf8mb3;

create table wm_awm_messages_body (
	id	bigint(20) not null auto_increment,
	id_msg	bigint(20) not null default 0,
	id_acct	int(11) not null default 0,
	msg	longblob,
	primary key (id),
	unique key WM_AWM_MESSAGES_BODY_ID_ACCT_ID_MSG_INDEX (id_acct, id_msg)
) default charset utf8mb3;

create table wm_awm_reads (
	id_read	bigint(20) not null auto_increment,
	id_acct	int(11) not null default 0,
	str_uid	varchar(255),
	tmp	tinyint(1) not null default 0,
	primary key (id_read),
	key WM_AWM_READS_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_columns (
	id		int(11) not null auto_increment,
	id_column	int(11) not null default 0,
	id_user		int(11) not null default 0,
	column_value	int(11) not null default 0,
	primary key (id),
	key WM_AWM_COLUMNS_ID_USER_INDEX (id_user)
) default charset utf8mb3;

create table wm_awm_senders (
	id	int(11) not null auto_increment,
	id_user	int(11) not null default 0,
	email	varchar(255),
	safety	tinyint(4) not null default 0,
	primary key (id),
	key WM_AWM_SENDERS_ID_USER_INDEX (id_user)
) default charset utf8mb3;

create table wm_awm_mailaliases (
	id		int(11) not null auto_increment,
	id_acct		int(11),
	alias_name	varchar(255) not null default '',
	alias_domain	varchar(255) not null default '',
	alias_to	varchar(255) not null default '',
	primary key (id),
	key WM_AWM_MAILALIASES_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_mailforwards (
	id		int(11) not null auto_increment,
	id_acct		int(11),
	forward_name	varchar(255) not null default '',
	forward_domain	varchar(255) not null default '',
	forward_to	varchar(255) not null default '',
	primary key (id),
	key WM_AWM_MAILFORWARDS_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_mailinglists (
	id		int(11) not null auto_increment,
	id_acct		int(11),
	list_name	varchar(255) not null default '',
	list_to		varchar(255) not null default '',
	primary key (id),
	key WM_AWM_MAILINGLISTS_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_addr_book (
	id_addr		bigint(20) not null auto_increment,
	id_user		int(11) not null default 0,
	id_domain	int(11) not null default 0,
	id_tenant	int(11) not null default 0,
	str_id		varchar(255),
	type		tinyint(4) not null default 0,
	type_id		varchar(100) not null default '',
	deleted		tinyint(1) not null default 0,
	date_created	datetime,
	date_modified	datetime,
	fullname	varchar(255),
	view_email	varchar(255) not null default '',
	use_friendly_nm	tinyint(1) not null default 1,
	firstname	varchar(100) not null default '',
	surname		varchar(100) not null default '',
	nickname	varchar(100) not null default '',
	skype		varchar(100) not null default '',
	facebook	varchar(255) not null default '',
	h_email		varchar(255),
	h_street	varchar(255),
	h_city		varchar(200),
	h_state		varchar(200),
	h_zip		varchar(10),
	h_country	varchar(200),
	h_phone		varchar(50),
	h_fax		varchar(50),
	h_mobile	varchar(50),
	h_web		varchar(255),
	b_email		varchar(255),
	b_company	varchar(200),
	b_street	varchar(255),
	b_city		varchar(200),
	b_state		varchar(200),
	b_zip		varchar(10),
	b_country	varchar(200),
	b_job_title	varchar(100),
	b_department	varchar(200),
	b_office	varchar(200),
	b_phone		varchar(50),
	b_fax		varchar(50),
	b_web		varchar(255),
	other_email	varchar(255),
	primary_email	tinyint(4),
	birthday_day	tinyint(4) not null default 0,
	birthday_month	tinyint(4) not null default 0,
	birthday_year	smallint(6) not null default 0,
	id_addr_prev	bigint(20),
	tmp		tinyint(1) not null default 0,
	use_frequency	int(11) not null default 1,
	auto_create	tinyint(1) not null default 0,
	notes		varchar(255),
	etag		varchar(100) not null default '',
	shared_to_all	tinyint(1) not null default 0,
	hide_in_gab	tinyint(1) not null default 0,
	primary key (id_addr),
	key WM_AWM_ADDR_BOOK_ID_USER_INDEX (id_user),
	key WM_AWM_ADDR_BOOK_DELETED_ID_USER_INDEX (id_user, deleted),
	key WM_AWM_ADDR_BOOK_USE_FREQUENCY_INDEX (use_frequency),
	key WM_AWM_ADDR_BOOK_VIEW_EMAIL_INDEX (view_email)
) default charset utf8mb3;

create table wm_awm_addr_groups (
	id_group	int(11) not null auto_increment,
	id_user		int(11) not null default 0,
	group_nm	varchar(255),
	group_str_id	varchar(100),
	use_frequency	int(11) not null default 0,
	email		varchar(255),
	company		varchar(200),
	street		varchar(255),
	city		varchar(200),
	state		varchar(200),
	zip		varchar(10),
	country		varchar(200),
	phone		varchar(50),
	fax		varchar(50),
	web		varchar(255),
	organization	tinyint(1) not null default 0,
	primary key (id_group),
	key WM_AWM_ADDR_GROUPS_ID_USER_INDEX (id_user),
	key WM_AWM_ADDR_GROUPS_USE_FREQUENCY_INDEX (use_frequency)
) default charset utf8mb3;

create table wm_awm_addr_groups_contacts (
	id_addr		bigint(20) not null default 0,
	id_group	int(11) not null default 0
) default charset utf8mb3;

create table wm_awm_addr_groups_events (
	id		bigint(20) not null default 0,
	id_group	int(11) not null default 0,
	id_calendar	varchar(250),
	id_event	varchar(250)
) default charset utf8mb3;

create table wm_awm_identities (
	id_identity	int(11) not null auto_increment,
	id_user		int(11) not null default 0,
	id_acct		int(11) not null default 0,
	def_identity	tinyint(1) not null default 0,
	enabled		tinyint(1) not null default 1,
	email		varchar(255) not null default '',
	friendly_nm	varchar(255) not null default '',
	signature	mediumtext,
	signature_type	tinyint(4) not null default 1,
	use_signature	tinyint(1) not null default 0,
	primary key (id_identity)
) default charset utf8mb3;

create table wm_awm_tenants (
	id_tenant				int(11) not null auto_increment,
	id_channel				int(11) not null default 0,
	disabled				tinyint(1) not null default 0,
	login_enabled				tinyint(1) not null default 0,
	login					varchar(255),
	email					varchar(255),
	password				varchar(255),
	description				varchar(255),
	quota					int(11) not null default 0,
	files_usage_bytes			bigint unsigned not null default 0,
	user_count_limit			int(11) not null default 0,
	domain_count_limit			int(11) not null default 0,
	capa					varchar(255) not null default '',
	allow_change_email			tinyint(1) not null default 1,
	allow_change_password			tinyint(1) not null default 1,
	expared_timestamp			int(11) unsigned not null default 0,
	pay_url					varchar(255) not null default '',
	is_trial				tinyint(1) not null default 0,
	hd_admin_email_account			varchar(255) not null default '',
	hd_client_iframe_url			varchar(255) not null default '',
	hd_agent_iframe_url			varchar(255) not null default '',
	hd_site_name				varchar(255) not null default '',
	hd_style_allow				tinyint(1) not null default 0,
	hd_style_image				varchar(255) not null default '',
	hd_style_text				text,
	login_style_image			varchar(255) not null default '',
	app_style_image				varchar(255) not null default '',
	hd_facebook_allow			tinyint(1) not null default 0,
	hd_facebook_id				varchar(255) not null default '',
	hd_facebook_secret			varchar(255) not null default '',
	hd_google_allow				tinyint(1) not null default 0,
	hd_google_id				varchar(255) not null default '',
	hd_google_secret			varchar(255) not null default '',
	hd_twitter_allow			tinyint(1) not null default 0,
	hd_twitter_id				varchar(255) not null default '',
	hd_twitter_secret			varchar(255) not null default '',
	hd_allow_fetcher			tinyint(1) not null default 0,
	hd_fetcher_type				int(11) not null default 0,
	hd_fetcher_timer			int(11) not null default 0,
	social_facebook_allow			tinyint(1) not null default 0,
	social_facebook_id			varchar(255) not null default '',
	social_facebook_secret			varchar(255) not null default '',
	social_google_allow			tinyint(1) not null default 0,
	social_google_id			varchar(255) not null default '',
	social_google_secret			varchar(255) not null default '',
	social_google_api_key			varchar(255) not null default '',
	social_twitter_allow			tinyint(1) not null default 0,
	social_twitter_id			varchar(255) not null default '',
	social_twitter_secret			varchar(255) not null default '',
	social_dropbox_allow			tinyint(1) not null default 0,
	social_dropbox_secret			varchar(255) not null default '',
	social_dropbox_key			varchar(255) not null default '',
	sip_allow				tinyint(1) not null default 0,
	sip_allow_configuration			tinyint(1) not null default 0,
	sip_realm				varchar(255) not null default '',
	sip_websocket_proxy_url			varchar(255) not null default '',
	sip_outbound_proxy_url			varchar(255) not null default '',
	sip_caller_id				varchar(255) not null default '',
	twilio_allow				tinyint(1) not null default 0,
	twilio_allow_configuration		tinyint(1) not null default 0,
	twilio_phone_number			varchar(255) not null default '',
	twilio_account_sid			varchar(255) not null default '',
	twilio_auth_token			varchar(255) not null default '',
	twilio_app_sid				varchar(255) not null default '',
	calendar_notification_email_account	varchar(255) not null default '',
	invite_notification_email_account	varchar(255) not null default '',
	primary key (id_tenant)
) default charset utf8mb3;

create table wm_awm_fetchers (
	id_fetcher		int(11) not null auto_increment,
	id_acct			int(11) not null default 0,
	id_user			int(11) not null default 0,
	id_domain		int(11) not null default 0,
	id_tenant		int(11) not null default 0,
	enabled			tinyint(1) not null default 1,
	locked			tinyint(1) not null default 0,
	mail_check_interval	int(11) not null default 0,
	mail_check_lasttime	int(11) not null default 0,
	leave_messages		tinyint(1) not null default 1,
	frienly_name		varchar(255) not null default '',
	email			varchar(255) not null default '',
	signature		mediumtext,
	signature_type		tinyint(4) not null default 1,
	signature_opt		tinyint(4) not null default 0,
	inc_host		varchar(255) not null default '',
	inc_port		int(11) not null default 110,
	inc_login		varchar(255) not null default '',
	inc_password		varchar(255) not null default '',
	inc_security		tinyint(4) not null default 0,
	out_enabled		tinyint(1) not null default 1,
	out_host		varchar(255) not null default '',
	out_port		int(11) not null default 110,
	out_auth		tinyint(1) not null default 1,
	out_security		tinyint(4) not null default 0,
	dest_folder		varchar(255) not null default '',
	primary key (id_fetcher)
) default charset utf8mb3;

create table wm_awm_system_folders (
	id			int(11) not null auto_increment,
	id_acct			int(11) not null default 0,
	id_user			int(11) not null default 0,
	folder_full_name	varchar(255),
	system_type		tinyint(4) not null default 0,
	primary key (id),
	key WM_AWM_SYSTEM_FOLDERS_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_channels (
	id_channel	int(11) not null auto_increment,
	login		varchar(255),
	password	varchar(255),
	description	varchar(255),
	primary key (id_channel)
) default charset utf8mb3;

create table wm_awm_folders_order (
	id		int(11) not null auto_increment,
	id_acct		int(11) not null default 0,
	folders_order	text,
	primary key (id),
	key WM_AWM_FOLDERS_ORDER_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_min (
	hash_id	varchar(32) not null default '',
	hash	varchar(20) not null default '',
	data	text,
	key WM_AWM_MIN_HASH_INDEX (hash)
) default charset utf8mb3;

create table wm_awm_subscriptions (
	id_subscription	int(11) not null auto_increment,
	id_tenant	int(11) not null default 0,
	name		varchar(255) not null default '',
	description	varchar(255) not null default '',
	capa		varchar(255) not null default '',
	`limit`		int(11) not null default 0,
	primary key (id_subscription)
) default charset utf8mb3;

create table wm_awm_folders_order_names (
	id_acct		int(11) not null default 0,
	real_name	varchar(255) not null default '',
	order_name	varchar(255) not null default '',
	key WM_AWM_FOLDERS_ORDER_NAMES_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_social (
	id		int(11) not null auto_increment,
	id_acct		int(11) not null default 0,
	id_social	varchar(255),
	type		int(11) not null default 0,
	type_str	varchar(255),
	name		varchar(255),
	email		varchar(255),
	access_token	text,
	refresh_token	varchar(255),
	scopes		varchar(255),
	disabled	tinyint(1) not null default 0,
	primary key (id),
	key WM_AWM_SOCIAL_ID_ACCT_INDEX (id_acct)
) default charset utf8mb3;

create table wm_awm_tenant_socials (
	id		int(11) not null auto_increment,
	id_tenant	int(11),
	social_allow	tinyint(1) not null default 0,
	social_name	varchar(255),
	social_id	varchar(255),
	social_secret	varchar(255),
	social_api_key	varchar(255),
	social_scopes	varchar(255),
	primary key (id)
) default charset utf8mb3;

create table wm_awm_account_quotas (
	name			varchar(100) not null default '',
	quota_usage_messages	bigint unsigned not null default 0,
	quota_usage_bytes	bigint unsigned not null default 0,
	key WM_AWM_ACCOUNT_QUOTAS_NAME_INDEX (name)
) default charset utf8mb3;

create table wm_awm_domain_quotas (
	name			varchar(100) not null default '',
	quota_usage_messages	bigint unsigned not null default 0,
	quota_usage_bytes	bigint unsigned not null default 0,
	key WM_AWM_DOMAIN_QUOTAS_NAME_INDEX (name)
) default charset utf8mb3;

create table wm_awm_tenant_quotas (
	name			varchar(100) not null default '',
	quota_usage_messages	bigint unsigned not null default 0,
	quota_usage_bytes	bigint unsigned not null default 0,
	key WM_AWM_TENANT_QUOTAS_NAME_INDEX (name)
) default charset utf8mb3;

create table wm_acal_calendars (
	calendar_id		int(11) not null auto_increment,
	calendar_str_id		varchar(255),
	user_id			int(11) not null default 0,
	calendar_name		varchar(100) not null default '',
	calendar_description	text,
	calendar_color		int(11) not null default 0,
	calendar_active		tinyint(1) not null default 1,
	primary key (calendar_id)
) default charset utf8mb3;

create table wm_acal_events (
	event_id			int(11) not null auto_increment,
	event_str_id			varchar(255),
	calendar_id			int(11),
	event_timefrom			datetime,
	event_timetill			datetime,
	event_allday			tinyint(1) not null default 0,
	event_name			varchar(100) not null default '',
	event_text			text,
	event_priority			tinyint(4),
	event_repeats			tinyint(1) not null default 0,
	event_last_modified		datetime,
	event_owner_email		varchar(255) not null default '',
	event_appointment_access	tinyint(4) not null default 0,
	event_deleted			tinyint(1) not null default 0,
	primary key (event_id)
) default charset utf8mb3;

create table wm_acal_users_data (
	settings_id	int(11) not null auto_increment,
	user_id		int(11) not null default 0,
	showweekends	tinyint(1) not null default 0,
	workdaystarts	tinyint(4) not null default 9,
	workdayends	tinyint(4) not null default 17,
	showworkday	tinyint(1) not null default 0,
	weekstartson	tinyint(4) not null default 0,
	defaulttab	tinyint(4) not null default 2,
	primary key (settings_id),
	key WM_ACAL_USERS_DATA_USER_ID_INDEX (user_id)
) default charset utf8mb3;

create table wm_acal_publications (
	id_publication		int(11) not null auto_increment,
	id_user			int(11),
	id_calendar		int(11),
	str_md5			varchar(32),
	int_access_level	tinyint(4) not null default 1,
	access_type		tinyint(4) not null default 0,
	primary key (id_publication)
) default charset utf8mb3;

create table wm_acal_reminders (
	id_reminder	int(11) not null auto_increment,
	id_event	int(11),
	id_user		int(11),
	notice_type	tinyint(4) not null default 0,
	remind_offset	int(11) not null default 0,
	sent		int(11) not null default 0,
	primary key (id_reminder)
) default charset utf8mb3;

create table wm_acal_appointments (
	id_appointment	int(11) not null auto_increment,
	id_event	int(11) not null default 0,
	id_user		int(11) not null default 0,
	email		varchar(255),
	access_type	tinyint(4) not null default 0,
	status		tinyint(4) not null default 0,
	hash		varchar(32),
	primary key (id_appointment)
) default charset utf8mb3;

create table wm_acal_eventrepeats (
	id_repeat	int(11) not null auto_increment,
	id_event	int(11),
	repeat_period	tinyint(1) not null default 0,
	repeat_order	tinyint(1) not null default 1,
	repeat_num	int(11) not null default 0,
	repeat_until	datetime,
	sun		tinyint(1) not null default 0,
	mon		tinyint(1) not null default 0,
	tue		tinyint(1) not null default 0,
	wed		tinyint(1) not null default 0,
	thu		tinyint(1) not null default 0,
	fri		tinyint(1) not null default 0,
	sat		tinyint(1) not null default 0,
	week_number	tinyint(1),
	repeat_end	tinyint(1) not null default 0,
	excluded	tinyint(1) not null default 0,
	primary key (id_repeat)
) default charset utf8mb3;

create table wm_acal_exclusions (
	id_exclusion		int(11) not null auto_increment,
	id_event		int(11),
	id_calendar		int(11),
	id_repeat		int(11),
	id_recurrence_date	datetime,
	event_timefrom		datetime,
	event_timetill		datetime,
	event_name		varchar(100),
	event_text		text,
	event_allday		tinyint(1) not null default 0,
	event_last_modified	datetime,
	is_deleted		tinyint(1) not null default 0,
	primary key (id_exclusion)
) default charset utf8mb3;

create table wm_acal_sharing (
	id_share		int(11) not null auto_increment,
	id_user			int(11),
	id_calendar		int(11),
	id_to_user		int(11),
	str_to_email		varchar(255) not null default '',
	int_access_level	tinyint(4) not null default 2,
	calendar_active		tinyint(1) not null default 1,
	primary key (id_share)
) default charset utf8mb3;

create table wm_acal_cron_runs (
	id_run		bigint(20) not null auto_increment,
	run_date	datetime,
	latest_date	datetime,
	primary key (id_run)
) default charset utf8mb3;

create table wm_acal_awm_fnbl_runs (
	id_run		int(11) not null auto_increment,
	run_date	datetime,
	primary key (id_run)
) default charset utf8mb3;

create table wm_ahd_users (
	id_helpdesk_user	int(11) unsigned not null auto_increment,
	id_system_user		int(11) not null default 0,
	id_tenant		int(11) not null default 0,
	is_agent		tinyint(1) not null default 0,
	activated		tinyint(1) not null default 0,
	activate_hash		varchar(255) not null default '',
	blocked			tinyint(1) not null default 0,
	email			varchar(255) not null default '',
	notification_email	varchar(255) not null default '',
	name			varchar(255) not null default '',
	social_id		varchar(255) not null default '',
	social_type		varchar(255) not null default '',
	language		varchar(100) not null default 'English',
	date_format		varchar(50) not null default '',
	time_format		smallint(6) not null default 0,
	password_hash		varchar(255) not null default '',
	password_salt		varchar(255) not null default '',
	mail_notifications	tinyint(1) not null default 0,
	created			datetime,
	signature		varchar(255) not null default '',
	signature_enable	tinyint(1) not null default 0,
	primary key (id_helpdesk_user)
) default charset utf8mb3;

create table wm_ahd_threads (
	id_helpdesk_thread	int(11) unsigned not null auto_increment,
	str_helpdesk_hash	varchar(50) not null default '',
	id_tenant		int(11) not null default 0,
	id_owner		int(11) not null default 0,
	post_count		int(11) not null default 0,
	last_post_id		int(11) not null default 0,
	last_post_owner_id	int(11) not null default 0,
	type			smallint(6) not null default 0,
	has_attachments		tinyint(1) not null default 0,
	archived		tinyint(1) not null default 0,
	notificated		tinyint(1) not null default 0,
	subject			varchar(255) not null default '',
	created			datetime,
	updated			datetime,
	primary key (id_helpdesk_thread)
) default charset utf8mb3;

create table wm_ahd_posts (
	id_helpdesk_post	int(11) unsigned not null auto_increment,
	id_helpdesk_thread	int(11),
	id_tenant		int(11),
	id_owner		int(11),
	type			smallint(6) not null default 0,
	system_type		smallint(6) not null default 0,
	text			text,
	deleted			tinyint(1) not null default 0,
	created			datetime,
	primary key (id_helpdesk_post)
) default charset utf8mb3;

create table wm_ahd_reads (
	id_tenant		int(11) not null default 0,
	id_owner		int(11),
	id_helpdesk_thread	int(11),
	last_post_id		int(11)
) default charset utf8mb3;

create table wm_ahd_attachments (
	id_helpdesk_attachment	int(11) unsigned not null auto_increment,
	id_helpdesk_post	int(11),
	id_helpdesk_thread	int(11),
	id_tenant		int(11),
	id_owner		int(11),
	created			datetime,
	size_in_bytes		int(11) unsigned,
	file_name		varchar(255),
	hash			text,
	primary key (id_helpdesk_attachment)
) default charset utf8mb3;

create table wm_ahd_online (
	id_helpdesk_thread	int(11) not null default 0,
	id_helpdesk_user	int(11) not null default 0,
	id_tenant		int(11) not null default 0,
	name			varchar(255) not null default '',
	email			varchar(255) not null default '',
	ping_time		int(11) not null default 0
) default charset utf8mb3;

create table wm_ahd_fetcher (
	id_tenant	int(11) not null default 0,
	email		varchar(255) not null default '',
	last_uid	int(11) not null default 0
) default charset utf8mb3;

create table wm_adav_addressbooks (
	id		int(11) unsigned not null auto_increment,
	principaluri	varchar(255),
	displayname	varchar(255),
	uri		varchar(200),
	description	text,
	ctag		int(11) unsigned not null default 1,
	primary key (id)
) default charset utf8mb3;

create table wm_adav_calendars (
	id		int(11) unsigned not null auto_increment,
	principaluri	varchar(255),
	displayname	varchar(100),
	uri		varchar(255),
	ctag		int(11) unsigned not null default 0,
	description	text,
	calendarorder	int(11) unsigned not null default 0,
	calendarcolor	varchar(10),
	timezone	text,
	components	varchar(20),
	transparent	tinyint(1) not null default 0,
	primary key (id)
) default charset utf8mb3;

create table wm_adav_cache (
	id		int(11) not null auto_increment,
	user		varchar(255),
	calendaruri	varchar(255),
	type		tinyint(4),
	time		int(11),
	starttime	int(11),
	eventid		varchar(255),
	primary key (id)
) default charset utf8mb3;

create table wm_adav_calendarobjects (
	id		int(11) unsigned not null auto_increment,
	calendardata	mediumtext,
	uri		varchar(255),
	calendarid	int(11) unsigned not null,
	lastmodified	int(11),
	etag		varchar(32) not null default '',
	size		int(11) unsigned not null default 0,
	componenttype	varchar(8) not null default '',
	firstoccurence	int(11) unsigned,
	lastoccurence	int(11) unsigned,
	primary key (id)
) default charset utf8mb3;

create table wm_adav_cards (
	id		int(11) unsigned not null auto_increment,
	addressbookid	int(11) unsigned not null,
	carddata	mediumtext,
	uri		varchar(255),
	lastmodified	int(11) unsigned,
	primary key (id),
	key WM_ADAV_CARDS_ADDRESSBOOKID_INDEX (addressbookid)
) default charset utf8mb3;

create table wm_adav_locks (
	id	int(11) unsigned not null auto_increment,
	owner	varchar(100),
	timeout	int(11) unsigned,
	created	int(11),
	token	varchar(100),
	scope	tinyint(4),
	depth	tinyint(4),
	uri	text,
	primary key (id)
) default charset utf8mb3;

create table wm_adav_groupmembers (
	id		int(11) unsigned not null auto_increment,
	principal_id	int(11) unsigned not null,
	member_id	int(11) unsigned not null,
	primary key (id),
	unique key WM_ADAV_GROUPMEMBERS_MEMBER_ID_PRINCIPAL_ID_INDEX (principal_id, member_id)
) default charset utf8mb3;

create table wm_adav_principals (
	id		int(11) unsigned not null auto_increment,
	uri		varchar(255) not null,
	email		varchar(80),
	vcardurl	varchar(80),
	displayname	varchar(80),
	primary key (id),
	unique key WM_ADAV_PRINCIPALS_URI_INDEX (uri)
) default charset utf8mb3;

create table wm_adav_reminders (
	id		int(11) unsigned not null auto_increment,
	user		varchar(100) not null,
	calendaruri	varchar(255),
	eventid		varchar(255),
	time		int(11),
	starttime	int(11),
	allday		tinyint(1) not null default 0,
	primary key (id)
) default charset utf8mb3;

create table wm_adav_calendarshares (
	id		int(11) unsigned not null auto_increment,
	calendarid	int(11) unsigned,
	member		int(11) unsigned,
	status		tinyint(2),
	readonly	tinyint(1) not null default 0,
	summary		varchar(150),
	displayname	varchar(100),
	color		varchar(10),
	principaluri	varchar(255),
	primary key (id)
) default charset utf8mb3;

create table wm_twofa_accounts (
	id		int(11) not null auto_increment,
	account_id	int(11),
	auth_type	varchar(255) not null default 'authy',
	data_type	int(11) not null default 1,
	data_value	varchar(255),
	primary key (id)
) default charset utf8mb3;
