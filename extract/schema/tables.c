#include <string.h>

#include "schema/p7.h"

/* A column that every release of its table has; one that a later release added. */
#define COL(name, type, def) { name, type, def, NULL, P6_4, false, false }
#define NEW(release, name, type, def) { name, type, def, NULL, release, false, false }
#define KEY(name, type, def) { name, type, def, NULL, P6_4, true, false }
#define SECRET(name, def) { name, NULL, def, NULL, P6_4, false, true }
#define EXPR(name, sql) { name, NULL, NULL, sql, P6_4, false, false }

/* In the order of P7's 7.7 schema. */
static const struct p7_column awm_accounts[] = {
	KEY("id_acct", "int", "0"), KEY("id_user", "int", "0"), KEY("id_domain", "int", "0"),
	NEW(P7_0, "id_tenant", "int", "0"), KEY("def_acct", "tinyint", "0"),
	COL("deleted", "tinyint", "0"), COL("quota", "int unsigned", "0"),
	KEY("email", "varchar(255)", "\"\""), COL("friendly_nm", "varchar(255)", "null"),
	COL("mail_protocol", "tinyint", "1"), COL("mail_inc_host", "varchar(255)", "null"),
	COL("mail_inc_port", "int", "143"), COL("mail_inc_login", "varchar(255)", "null"),
	COL("mail_inc_pass", "varchar(255)", "null"), COL("mail_inc_ssl", "tinyint", "0"),
	COL("mail_out_host", "varchar(255)", "null"), COL("mail_out_port", "int", "25"),
	COL("mail_out_login", "varchar(255)", "null"),
	COL("mail_out_pass", "varchar(255)", "null"), COL("mail_out_auth", "tinyint", "0"),
	COL("mail_out_ssl", "tinyint", "0"), COL("signature", "mediumtext", "null"),
	COL("signature_type", "tinyint", "1"), COL("signature_opt", "tinyint", "0"),
	COL("mailbox_size", "bigint", "0"), KEY("mailing_list", "tinyint", "0"),
	NEW(P7_0, "hide_in_gab", "tinyint", "0"), COL("custom_fields", "text", "null"),
	NEW(P7_6, "is_password_specified", "tinyint", "1"),
	NEW(P7_6, "allow_mail", "tinyint", "1"),
};

static const struct p7_column awm_settings[] = {
	KEY("id_setting", "int", "0"), KEY("id_user", "int", "0"),
	NEW(P7_1, "id_subscription", "int", "0"), NEW(P7_1, "id_helpdesk_user", "int", "0"),
	COL("msgs_per_page", "smallint", "20"), COL("contacts_per_page", "smallint", "20"),
	NEW(P7_1, "created_time", "datetime", "null"), COL("last_login", "datetime", "null"),
	NEW(P7_1, "last_login_now", "datetime", "null"), COL("logins_count", "int", "0"),
	NEW(P7_7, "last_login_ip", "varchar(255)", "null"),
	NEW(P7_7, "last_login_ip_now", "varchar(255)", "null"),
	NEW(P7_7, "last_login_ua", "varchar(255)", "null"),
	NEW(P7_7, "last_login_ua_now", "varchar(255)", "null"),
	COL("auto_checkmail_interval", "int", "0"), COL("def_skin", "varchar(255)", "\"Default\""),
	COL("def_editor", "tinyint", "1"), COL("layout", "tinyint", "0"),
	COL("save_mail", "tinyint", "0"), COL("def_timezone", "smallint", "0"),
	COL("def_time_fmt", "varchar(255)", "null"), COL("def_lang", "varchar(255)", "null"),
	COL("def_date_fmt", "varchar(100)", "\"MM/DD/YYYY\""), COL("mailbox_limit", "bigint", "0"),
	COL("incoming_charset", "varchar(30)", "\"iso-8859-1\""),
	COL("question_1", "varchar(255)", "null"), COL("answer_1", "varchar(255)", "null"),
	COL("question_2", "varchar(255)", "null"), COL("answer_2", "varchar(255)", "null"),
	NEW(P7_4_1, "sip_enable", "tinyint", "1"), NEW(P7_1, "sip_impi", "varchar(255)", "\"\""),
	NEW(P7_1, "sip_password", "varchar(255)", "\"\""),
	NEW(P7_2, "twilio_number", "varchar(255)", "\"\""),
	NEW(P7_4, "twilio_enable", "tinyint", "1"),
	NEW(P7_4, "twilio_default_number", "tinyint", "0"),
	NEW(P7_4, "files_enable", "tinyint", "1"),
	NEW(P7_6, "helpdesk_signature", "varchar(255)", "\"\""),
	NEW(P7_6, "helpdesk_signature_enable", "tinyint", "0"),
	NEW(P7_1, "use_threads", "tinyint", "1"),
	NEW(P7_2, "save_replied_messages_to_current_folder", "tinyint", "0"),
	NEW(P7_7, "compose_plain_text_default", "tinyint", "0"),
	NEW(P7_4, "desktop_notifications", "tinyint", "0"),
	NEW(P7_4, "allow_change_input_direction", "tinyint", "0"),
	NEW(P7_1, "allow_helpdesk_notifications", "tinyint", "0"),
	NEW(P7_4, "enable_open_pgp", "tinyint", "0"),
	NEW(P7_4, "allow_autosave_in_drafts", "tinyint", "1"),
	NEW(P7_4, "autosign_outgoing_emails", "tinyint", "0"),
	NEW(P6_6, "capa", "varchar(255)", "null"),
	NEW(P7_0, "client_timezone", "varchar(100)", "\"\""), COL("custom_fields", "text", "null"),
	NEW(P7_6, "email_notification", "varchar(255)", "\"\""),
	NEW(P7_6, "password_reset_hash", "varchar(255)", "\"\""),
	NEW(P6_6, "client_timeoffset", NULL, NULL),
};

static const struct p7_column awm_domains[] = {
	KEY("id_domain", "int", "0"), NEW(P7_0, "id_tenant", "int", "0"),
	COL("name", "varchar(255)", "null"), COL("url", "varchar(255)", "null"),
	COL("user_quota", "int", "0"), COL("override_settings", "tinyint", "0"),
	COL("mail_protocol", "tinyint", "1"), COL("mail_inc_host", "varchar(255)", "null"),
	COL("mail_inc_port", "int", "143"), COL("mail_inc_ssl", "tinyint", "0"),
	COL("mail_out_host", "varchar(255)", "null"), COL("mail_out_port", "int", "25"),
	COL("mail_out_auth", "tinyint", "1"), COL("mail_out_login", "varchar(255)", "null"),
	COL("mail_out_pass", "varchar(255)", "null"), COL("mail_out_ssl", "tinyint", "0"),
	COL("mail_out_method", "tinyint", "1"),
	NEW(P7_0, "quota_mbytes_limit", "int unsigned", "0"),
	NEW(P7_0, "quota_usage_bytes", "bigint unsigned", "0"),
	NEW(P7_0, "quota_usage_messages", "bigint unsigned", "0"),
	COL("allow_webmail", "tinyint", "1"), COL("site_name", "varchar(255)", "null"),
	COL("allow_change_interface_settings", "tinyint", "0"),
	COL("allow_users_add_acounts", "tinyint", "0"),
	COL("allow_change_account_settings", "tinyint", "0"),
	COL("allow_new_users_register", "tinyint", "1"),
	NEW(P7_4, "allow_open_pgp", "tinyint", "0"), COL("def_user_timezone", "int", "0"),
	COL("def_user_timeformat", "tinyint", "0"),
	NEW(P6_6, "def_user_dateformat", "varchar(100)", "\"MM/DD/YYYY\""),
	COL("msgs_per_page", "smallint", "20"), COL("skin", "varchar(255)", "null"),
	COL("lang", "varchar(255)", "null"), NEW(P6_6, "ext_imap_host", "varchar(255)", "\"\""),
	NEW(P6_6, "ext_smtp_host", "varchar(255)", "\"\""),
	NEW(P6_6, "ext_dav_host", "varchar(255)", "\"\""), COL("allow_contacts", "tinyint", "1"),
	COL("contacts_per_page", "smallint", "20"), COL("allow_calendar", "tinyint", "1"),
	COL("cal_week_starts_on", "tinyint", "0"), COL("cal_show_weekends", "tinyint", "0"),
	COL("cal_workday_starts", "tinyint", "9"), COL("cal_workday_ends", "tinyint", "18"),
	COL("cal_show_workday", "tinyint", "0"), COL("cal_default_tab", "tinyint", "2"),
	COL("layout", "tinyint", "0"), COL("xlist", "tinyint", "1"),
	COL("global_addr_book", "tinyint", "0"), COL("check_interval", "int", "0"),
	COL("allow_registration", "tinyint", "0"), COL("allow_pass_reset", "tinyint", "0"),
	NEW(P7_1, "allow_files", "tinyint", "1"), NEW(P7_1, "allow_helpdesk", "tinyint", "1"),
	NEW(P7_1, "use_threads", "tinyint", "1"), COL("is_internal", "tinyint", "0"),
	COL("disabled", "tinyint", "0"), NEW(P7_4_1, "default_tab", "varchar(255)", "\"mailbox\""),
	NEW(P7_5, "is_default_for_tenant", "tinyint", "0"),
	NEW(P7_7, "collaboration", "tinyint", "1"),
};

static const struct p7_column awm_tenants[] = {
	KEY("id_tenant", NULL, "0"), COL("id_channel", NULL, "0"), COL("disabled", NULL, "0"),
	COL("login_enabled", NULL, "0"), COL("login", NULL, "null"), COL("email", NULL, "null"),
	COL("password", NULL, "null"), COL("description", NULL, "null"), COL("quota", NULL, "0"),
	NEW(P7_1, "files_usage_bytes", NULL, "0"), COL("user_count_limit", NULL, "0"),
	COL("domain_count_limit", NULL, "0"), NEW(P7_1, "capa", NULL, "\"\""),
	NEW(P7_1, "allow_change_email", NULL, "1"), NEW(P7_1, "allow_change_password", NULL, "1"),
	NEW(P7_1, "expared_timestamp", NULL, "0"), NEW(P7_1, "pay_url", NULL, "\"\""),
	NEW(P7_1, "is_trial", NULL, "0"), NEW(P7_1, "hd_admin_email_account", NULL, "\"\""),
	NEW(P7_1, "hd_client_iframe_url", NULL, "\"\""),
	NEW(P7_1, "hd_agent_iframe_url", NULL, "\"\""), NEW(P7_1, "hd_site_name", NULL, "\"\""),
	NEW(P7_3, "hd_style_allow", NULL, "0"), NEW(P7_3, "hd_style_image", NULL, "\"\""),
	NEW(P7_3, "hd_style_text", NULL, "null"), NEW(P7_4, "login_style_image", NULL, "\"\""),
	NEW(P7_4, "app_style_image", NULL, "\"\""), NEW(P7_2, "hd_facebook_allow", NULL, "0"),
	NEW(P7_2, "hd_facebook_id", NULL, "\"\""), NEW(P7_2, "hd_facebook_secret", NULL, "\"\""),
	NEW(P7_2, "hd_google_allow", NULL, "0"), NEW(P7_2, "hd_google_id", NULL, "\"\""),
	NEW(P7_2, "hd_google_secret", NULL, "\"\""), NEW(P7_2, "hd_twitter_allow", NULL, "0"),
	NEW(P7_2, "hd_twitter_id", NULL, "\"\""), NEW(P7_2, "hd_twitter_secret", NULL, "\"\""),
	NEW(P7_3, "hd_allow_fetcher", NULL, "0"), NEW(P7_4, "hd_fetcher_type", NULL, "0"),
	NEW(P7_3, "hd_fetcher_timer", NULL, "0"), NEW(P7_2, "social_facebook_allow", NULL, "0"),
	NEW(P7_2, "social_facebook_id", NULL, "\"\""),
	NEW(P7_2, "social_facebook_secret", NULL, "\"\""),
	NEW(P7_2, "social_google_allow", NULL, "0"), NEW(P7_2, "social_google_id", NULL, "\"\""),
	NEW(P7_2, "social_google_secret", NULL, "\"\""),
	NEW(P7_4, "social_google_api_key", NULL, "\"\""),
	NEW(P7_2, "social_twitter_allow", NULL, "0"), NEW(P7_2, "social_twitter_id", NULL, "\"\""),
	NEW(P7_2, "social_twitter_secret", NULL, "\"\""),
	NEW(P7_4, "social_dropbox_allow", NULL, "0"),
	NEW(P7_4, "social_dropbox_secret", NULL, "\"\""),
	NEW(P7_4, "social_dropbox_key", NULL, "\"\""), NEW(P7_1, "sip_allow", NULL, "0"),
	NEW(P7_1, "sip_allow_configuration", NULL, "0"), NEW(P7_1, "sip_realm", NULL, "\"\""),
	NEW(P7_1, "sip_websocket_proxy_url", NULL, "\"\""),
	NEW(P7_1, "sip_outbound_proxy_url", NULL, "\"\""),
	NEW(P7_1, "sip_caller_id", NULL, "\"\""), NEW(P7_1, "twilio_allow", NULL, "0"),
	NEW(P7_1, "twilio_allow_configuration", NULL, "0"),
	NEW(P7_2, "twilio_phone_number", NULL, "\"\""),
	NEW(P7_1, "twilio_account_sid", NULL, "\"\""),
	NEW(P7_1, "twilio_auth_token", NULL, "\"\""), NEW(P7_1, "twilio_app_sid", NULL, "\"\""),
	NEW(P7_6, "calendar_notification_email_account", NULL, "\"\""),
	NEW(P7_6, "invite_notification_email_account", NULL, "\"\""),
};

static const struct p7_column acal_users_data[] = {
	KEY("settings_id", "int", "0"), KEY("user_id", "int", "0"),
	COL("showweekends", "tinyint", "0"), COL("workdaystarts", "tinyint", "9"),
	COL("workdayends", "tinyint", "17"), COL("showworkday", "tinyint", "0"),
	COL("weekstartson", "tinyint", "0"), COL("defaulttab", "tinyint", "2"),
};

static const struct p7_column awm_addr_book[] = {
	KEY("id_addr", "bigint", "0"), KEY("id_user", "int", "0"),
	NEW(P7_1, "id_domain", "int", "0"), NEW(P7_1, "id_tenant", "int", "0"),
	COL("str_id", "varchar(255)", "null"), NEW(P7_0, "type", "tinyint", "0"),
	NEW(P7_0, "type_id", "varchar(100)", "\"\""), COL("date_created", "datetime", "null"),
	COL("date_modified", "datetime", "null"), COL("fullname", "varchar(255)", "null"),
	COL("view_email", "varchar(255)", "\"\""), COL("use_friendly_nm", "tinyint", "1"),
	NEW(P6_6, "firstname", "varchar(100)", "\"\""),
	NEW(P6_6, "surname", "varchar(100)", "\"\""),
	NEW(P6_6, "nickname", "varchar(100)", "\"\""), NEW(P7_1, "skype", "varchar(100)", "\"\""),
	NEW(P7_1, "facebook", "varchar(255)", "\"\""), COL("h_email", "varchar(255)", "null"),
	COL("h_street", "varchar(255)", "null"), COL("h_city", "varchar(200)", "null"),
	COL("h_state", "varchar(200)", "null"), COL("h_zip", "varchar(10)", "null"),
	COL("h_country", "varchar(200)", "null"), COL("h_phone", "varchar(50)", "null"),
	COL("h_fax", "varchar(50)", "null"), COL("h_mobile", "varchar(50)", "null"),
	COL("h_web", "varchar(255)", "null"), COL("b_email", "varchar(255)", "null"),
	COL("b_company", "varchar(200)", "null"), COL("b_street", "varchar(255)", "null"),
	COL("b_city", "varchar(200)", "null"), COL("b_state", "varchar(200)", "null"),
	COL("b_zip", "varchar(10)", "null"), COL("b_country", "varchar(200)", "null"),
	COL("b_job_title", "varchar(100)", "null"), COL("b_department", "varchar(200)", "null"),
	COL("b_office", "varchar(200)", "null"), COL("b_phone", "varchar(50)", "null"),
	COL("b_fax", "varchar(50)", "null"), COL("b_web", "varchar(255)", "null"),
	COL("other_email", "varchar(255)", "null"), COL("primary_email", "tinyint", "null"),
	COL("birthday_day", "tinyint", "0"), COL("birthday_month", "tinyint", "0"),
	COL("birthday_year", "smallint", "0"), COL("use_frequency", "int", "1"),
	KEY("auto_create", "tinyint", "0"), COL("notes", "varchar(255)", "null"),
	NEW(P6_6, "etag", "varchar(100)", "\"\""), NEW(P7_3, "shared_to_all", "tinyint", "0"),
	NEW(P7_3, "hide_in_gab", "tinyint", "0"), KEY("deleted", "tinyint", P7_UNREAD),
	COL("id_addr_prev", "bigint", P7_UNREAD), COL("tmp", "tinyint", P7_UNREAD),
};

static const struct p7_column awm_folders_order[] = {
	KEY("id", "int", "0"), KEY("id_acct", "int", "0"), COL("folders_order", "text", "null"),
};

static const struct p7_column awm_system_folders[] = {
	KEY("id", "int", "0"), KEY("id_acct", "int", "0"), COL("id_user", "int", "0"),
	COL("folder_full_name", "varchar(255)", "null"), COL("system_type", "tinyint", "0"),
};

/*
 * P7 6.4 keeps the folders themselves, as versions before it: a name ends in "#", and spam and
 * trash have each other's numbers.  Databases of many versions are in use, so a name that
 * tells which of the two it is decides.
 */
static const struct p7_column awm_folders[] = {
	EXPR("id", "t.id_folder"), KEY("id_acct", NULL, "0"), EXPR("id_user", "a.id_user"),
	EXPR("folder_full_name", "IF(t.full_path LIKE '%#',LEFT(t.full_path,"
	    "CHAR_LENGTH(t.full_path)-1),t.full_path)"),
	EXPR("system_type", "CASE WHEN t.type<4 THEN t.type"
	    " WHEN t.full_path LIKE '%spam%' OR t.full_path LIKE '%junk%' THEN 4"
	    " WHEN t.full_path LIKE '%trash%' OR t.full_path LIKE '%delet%' THEN 5"
	    " ELSE 9-t.type END"),
	COL("table", NULL, "\"awm_folders\""), KEY("id_folder", NULL, P7_UNREAD),
	KEY("full_path", NULL, P7_UNREAD), KEY("type", NULL, P7_UNREAD),
};

static const struct p7_column awm_identities[] = {
	KEY("id_identity", "int", "0"), COL("id_user", "int", "0"), KEY("id_acct", "int", "0"),
	NEW(P7_5, "def_identity", "tinyint", "0"), NEW(P7_2, "enabled", "tinyint", "1"),
	COL("email", "varchar(255)", "\"\""), COL("friendly_nm", "varchar(255)", "\"\""),
	COL("signature", "mediumtext", "null"), COL("signature_type", "tinyint", "1"),
	COL("use_signature", "tinyint", "0"),
};

static const struct p7_column awm_social[] = {
	KEY("id", "int", "0"), KEY("id_acct", "int", "0"),
	COL("id_social", "varchar(255)", "null"), COL("type", "int", "0"),
	NEW(P7_5, "type_str", "varchar(255)", "null"), COL("name", "varchar(255)", "null"),
	NEW(P7_6, "email", "varchar(255)", "null"), COL("access_token", "text", "null"),
	COL("refresh_token", "varchar(255)", "null"), NEW(P7_5, "scopes", "varchar(255)", "null"),
	NEW(P7_6, "disabled", "tinyint", "0"),
};

static const struct p7_column twofa_accounts[] = {
	KEY("id", NULL, "0"), KEY("account_id", NULL, "0"), COL("auth_type", NULL, "\"authy\""),
	COL("data_type", NULL, "1"), SECRET("data_value", "null"),
};

static const struct p7_column awm_senders[] = {
	KEY("id", NULL, "0"), KEY("id_user", NULL, "0"), COL("email", NULL, "null"),
	COL("safety", NULL, "0"),
};

static const struct p7_column awm_min[] = {
	COL("hash_id", NULL, "\"\""), KEY("hash", NULL, "\"\""), KEY("data", NULL, "null"),
};

static const struct p7_column awm_addr_groups[] = {
	KEY("id_group", "int", "0"), KEY("id_user", "int", "0"),
	COL("group_nm", "varchar(255)", "null"), COL("group_str_id", "varchar(100)", "null"),
	COL("use_frequency", "int", "0"), COL("email", "varchar(255)", "null"),
	COL("company", "varchar(200)", "null"), COL("street", "varchar(255)", "null"),
	COL("city", "varchar(200)", "null"), COL("state", "varchar(200)", "null"),
	COL("zip", "varchar(10)", "null"), COL("country", "varchar(200)", "null"),
	COL("phone", "varchar(50)", "null"), COL("fax", "varchar(50)", "null"),
	COL("web", "varchar(255)", "null"), COL("organization", "tinyint", "0"),
};

static const struct p7_column awm_addr_groups_contacts[] = {
	KEY("id_addr", "bigint", P7_UNREAD), KEY("id_group", "int", P7_UNREAD),
};

static const struct p7_column adav_addressbooks[] = {
	KEY("id", "int unsigned", "0"), KEY("uri", "varchar(200)", "null"),
	COL("displayname", "varchar(255)", "null"), COL("description", "text", "null"),
	KEY("principaluri", "varchar(255)", P7_UNREAD), COL("ctag", "int unsigned", P7_UNREAD),
};

static const struct p7_column adav_cards[] = {
	KEY("id", "int unsigned", "0"), KEY("addressbookid", "int unsigned", "0"),
	KEY("uri", "varchar(255)", "null"), COL("lastmodified", "int unsigned", "null"),
	KEY("carddata", "mediumtext", "null"),
};

static const struct p7_column adav_principals[] = {
	KEY("id", "int unsigned", P7_UNREAD), KEY("uri", "varchar(255)", P7_UNREAD),
	COL("email", "varchar(80)", P7_UNREAD), COL("vcardurl", "varchar(80)", P7_UNREAD),
	COL("displayname", "varchar(80)", P7_UNREAD),
};

static const struct p7_column adav_calendars[] = {
	KEY("id", "int unsigned", "0"), KEY("principaluri", "varchar(255)", "null"),
	COL("displayname", "varchar(100)", "null"), COL("uri", "varchar(255)", "null"),
	COL("ctag", "int unsigned", "0"), COL("description", "text", "null"),
	COL("calendarorder", "int unsigned", "0"), COL("calendarcolor", "varchar(10)", "null"),
	COL("timezone", "text", "null"), COL("components", "varchar(20)", "null"),
	NEW(P6_6, "transparent", "tinyint", "0"),
};

static const struct p7_column adav_calendarobjects[] = {
	KEY("id", "int unsigned", "0"), KEY("calendarid", "int unsigned", "0"),
	KEY("uri", "varchar(255)", "null"), COL("calendardata", "mediumtext", "null"),
	COL("lastmodified", "int", "null"), NEW(P6_6, "etag", "varchar(32)", "\"\""),
	NEW(P6_6, "size", "int unsigned", "0"), NEW(P6_6, "componenttype", "varchar(8)", "\"\""),
	NEW(P6_6, "firstoccurence", "int unsigned", "null"),
	NEW(P6_6, "lastoccurence", "int unsigned", "null"),
};

/* p and a: the member's principal, and the default account of its user. */
#define MEMBER EXPR("member_uri", "p.uri"), EXPR("member_email", "a.email")

static const struct p7_column adav_calendarshares[] = {
	KEY("id", "int unsigned", "0"), KEY("calendarid", "int unsigned", "null"),
	KEY("member", "int unsigned", "null"), COL("status", "tinyint", "null"),
	COL("readonly", "tinyint", "0"), COL("summary", "varchar(150)", "null"),
	COL("displayname", "varchar(100)", "null"), COL("color", "varchar(10)", "null"),
	NEW(P7_5, "principaluri", "varchar(255)", "null"), MEMBER,
};

/*
 * P7 before 7.2.1 kept shares in adav_delegates: the member in "principalid", and mode 2 for
 * reading only; its own upgrade turned them into shares like this.
 */
static const struct p7_column adav_delegates[] = {
	KEY("id", NULL, "0"), KEY("calendarid", NULL, "null"), EXPR("member", "t.principalid"),
	EXPR("status", "NULL"), EXPR("readonly", "COALESCE(t.mode,0)=2"), EXPR("summary", "NULL"),
	EXPR("displayname", "NULL"), EXPR("color", "NULL"), EXPR("principaluri", "NULL"),
	MEMBER, EXPR("table", "'adav_delegates'"), KEY("principalid", NULL, P7_UNREAD),
	KEY("mode", NULL, P7_UNREAD),
};

static const struct p7_column adav_reminders[] = {
	KEY("id", "int unsigned", "0"), KEY("user", "varchar(100)", "\"\""),
	COL("calendaruri", "varchar(255)", "null"), COL("eventid", "varchar(255)", "null"),
	COL("time", "int", "null"), COL("starttime", "int", "null"),
	NEW(P7_4, "allday", "tinyint", "0"),
};

#define TABLE(t) .name = #t, .col = t, .cols = sizeof(t) / sizeof(t[0])

/* In the order in which their records stand in a block. */
const struct p7_table p7_tables[P7_TABLES] = {
	{ TABLE(awm_accounts), .part = P7_VITAL, .of = OF_ACCOUNT, .owner = "id_acct",
	  .record = "ACCOUNT", .place = WITH_ACCOUNT, .order = "id_acct",
	  .counted = "accounts", .counted_where = "t.mailing_list=0" },
	{ TABLE(awm_settings), .part = P7_VITAL, .of = OF_USER, .owner = "id_user",
	  .record = "USER", .order = "id_setting", .first = true },
	{ TABLE(awm_domains), .part = P7_VITAL },
	{ TABLE(awm_tenants), .since = P7_0 },
	{ TABLE(acal_users_data), .of = OF_USER, .owner = "user_id",
	  .record = "CALENDAR_SETTINGS", .order = "settings_id", .first = true },
	{ TABLE(awm_addr_book), .of = OF_USER, .owner = "id_user",
	  .record = "USER_CONTACT", .order = "id_addr", .first = true, .entry = "type_id",
	  .counted = "contacts",
	  .counted_where = "t.deleted=0 AND t.id_user IN " SQL_USER_IDS,
	  .lost_where = "t.deleted=0 AND t.id_user<>0" },
	{ TABLE(awm_folders_order), .since = P7_0, .of = OF_ACCOUNT, .owner = "id_acct",
	  .record = "FOLDERS_ORDER", .place = WITH_ACCOUNT, .order = "id", .first = true },
	{ TABLE(awm_system_folders), .since = P6_6, .of = OF_ACCOUNT, .owner = "id_acct",
	  .record = "SYSTEM_FOLDER", .place = WITH_ACCOUNT, .order = "id" },
	{ TABLE(awm_folders), .later = "awm_system_folders", .of = OF_ACCOUNT, .owner = "id_acct",
	  .record = "SYSTEM_FOLDER", .place = WITH_ACCOUNT, .order = "id_folder",
	  .where = SQL_OLD_SYSTEM_FOLDER },
	{ TABLE(awm_identities), .of = OF_ACCOUNT, .owner = "id_acct",
	  .record = "IDENTITY", .place = WITH_ACCOUNT, .order = "id_identity" },
	{ TABLE(awm_social), .since = P7_4, .part = P7_PLUGIN, .of = OF_ACCOUNT,
	  .owner = "id_acct", .record = "SOCIAL", .place = WITH_ACCOUNT, .order = "id" },
	{ TABLE(twofa_accounts), .since = P7_5, .part = P7_PLUGIN, .of = OF_ACCOUNT,
	  .owner = "account_id", .record = "TWO_FACTOR", .order = "id" },
	{ TABLE(awm_senders), .of = OF_USER, .owner = "id_user",
	  .record = "SENDER", .place = BEHIND_ACCOUNTS, .order = "id" },
	{ TABLE(awm_min), .since = P7_1, .of = OF_LINK, .owner = "data",
	  .record = "PUBLIC_LINK", .place = BEHIND_ACCOUNTS, .order = "hash" },
	{ TABLE(awm_addr_groups), .of = OF_USER, .owner = "id_user",
	  .record = "GROUP", .place = BEHIND_ACCOUNTS, .order = "id_group",
	  .counted = "groups", .counted_where = "t.id_user IN " SQL_USER_IDS },
	{ TABLE(awm_addr_groups_contacts) },
	{ TABLE(adav_addressbooks) },
	{ TABLE(adav_cards), .of = OF_BOOK, .owner = "addressbookid" },
	{ TABLE(adav_principals), .part = P7_DAV },
	{ TABLE(adav_calendars), .part = P7_DAV, .of = OF_PRINCIPAL, .owner = "principaluri",
	  .counted = "calendars", .counted_where = "1", .lost_where = SQL_NO_PRINCIPAL("t") },
	{ TABLE(adav_calendarobjects), .part = P7_DAV, .of = OF_CALENDAR, .owner = "calendarid",
	  .counted = "events", .counted_where = "1" },
	{ TABLE(adav_calendarshares), .since = P7_2_1, .part = P7_DAV, .of = OF_CALENDAR,
	  .owner = "calendarid" },
	{ TABLE(adav_delegates), .later = "adav_calendarshares", .part = P7_DAV,
	  .of = OF_CALENDAR, .owner = "calendarid" },
	{ TABLE(adav_reminders), .since = P6_6, .part = P7_DAV },
};

const struct p7_table *p7_table(const char *name)
{
	const struct p7_table *t = p7_tables;

	while (strcmp(t->name, name) != 0)
		t++;
	return t;
}
