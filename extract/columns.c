#include "kinds.h"

const struct column cols_user[] = {
	{ "id_setting", "0" }, { "id_user", "0" }, { "id_subscription", "0" },
	{ "id_helpdesk_user", "0" }, { "msgs_per_page", "20" }, { "contacts_per_page", "20" },
	{ "created_time", "null" }, { "last_login", "null" }, { "last_login_now", "null" },
	{ "logins_count", "0" }, { "last_login_ip", "null" }, { "last_login_ip_now", "null" },
	{ "last_login_ua", "null" }, { "last_login_ua_now", "null" },
	{ "auto_checkmail_interval", "0" }, { "def_skin", "\"Default\"" }, { "def_editor", "1" },
	{ "layout", "0" }, { "save_mail", "0" }, { "def_timezone", "0" },
	{ "def_time_fmt", "null" }, { "def_lang", "null" }, { "def_date_fmt", "\"MM/DD/YYYY\"" },
	{ "mailbox_limit", "0" }, { "incoming_charset", "\"iso-8859-1\"" },
	{ "question_1", "null" }, { "answer_1", "null" }, { "question_2", "null" },
	{ "answer_2", "null" }, { "sip_enable", "1" }, { "sip_impi", "\"\"" },
	{ "sip_password", "\"\"" }, { "twilio_number", "\"\"" }, { "twilio_enable", "1" },
	{ "twilio_default_number", "0" }, { "files_enable", "1" },
	{ "helpdesk_signature", "\"\"" }, { "helpdesk_signature_enable", "0" },
	{ "use_threads", "1" }, { "save_replied_messages_to_current_folder", "0" },
	{ "compose_plain_text_default", "0" }, { "desktop_notifications", "0" },
	{ "allow_change_input_direction", "0" }, { "allow_helpdesk_notifications", "0" },
	{ "enable_open_pgp", "0" }, { "allow_autosave_in_drafts", "1" },
	{ "autosign_outgoing_emails", "0" }, { "capa", "null" }, { "client_timezone", "\"\"" },
	{ "custom_fields", "null" }, { "email_notification", "\"\"" },
	{ "password_reset_hash", "\"\"" }, { "client_timeoffset", NULL }, { NULL, NULL }
};

const struct column cols_calendar_settings[] = {
	{ "settings_id", "0" }, { "user_id", "0" }, { "showweekends", "0" },
	{ "workdaystarts", "9" }, { "workdayends", "17" }, { "showworkday", "0" },
	{ "weekstartson", "0" }, { "defaulttab", "2" }, { NULL, NULL }
};

const struct column cols_account[] = {
	{ "id_acct", "0" }, { "id_user", "0" }, { "id_domain", "0" }, { "id_tenant", "0" },
	{ "def_acct", "0" }, { "deleted", "0" }, { "quota", "0" }, { "email", "\"\"" },
	{ "friendly_nm", "null" }, { "mail_protocol", "1" }, { "mail_inc_host", "null" },
	{ "mail_inc_port", "143" }, { "mail_inc_login", "null" }, { "mail_inc_pass", "null" },
	{ "mail_inc_ssl", "0" }, { "mail_out_host", "null" }, { "mail_out_port", "25" },
	{ "mail_out_login", "null" }, { "mail_out_pass", "null" }, { "mail_out_auth", "0" },
	{ "mail_out_ssl", "0" }, { "signature", "null" }, { "signature_type", "1" },
	{ "signature_opt", "0" }, { "mailbox_size", "0" }, { "mailing_list", "0" },
	{ "hide_in_gab", "0" }, { "custom_fields", "null" }, { "is_password_specified", "1" },
	{ "allow_mail", "1" }, { NULL, NULL }
};

const struct column cols_folders_order[] = {
	{ "id", "0" }, { "id_acct", "0" }, { "folders_order", "null" }, { NULL, NULL }
};

const struct column cols_system_folder[] = {
	{ "id", "0" }, { "id_acct", "0" }, { "id_user", "0" }, { "folder_full_name", "null" },
	{ "system_type", "0" }, { NULL, NULL }
};

/*
 * P7 6.4 keeps the folders themselves, as versions before it: a name ends in "#", and spam and
 * trash have each other's numbers.  Databases of many versions are about, so a name that says
 * which of the two it is decides.
 */
const struct column cols_old_folder[] = {
	{ "id=t.id_folder", NULL }, { "id_acct", "0" }, { "id_user=a.id_user", NULL },
	{ "folder_full_name=IF(t.full_path LIKE '%#',LEFT(t.full_path,CHAR_LENGTH(t.full_path)-1),"
	  "t.full_path)", NULL },
	{ "system_type=CASE WHEN t.type<4 THEN t.type WHEN t.full_path LIKE '%spam%' OR t.full_path"
	  " LIKE '%junk%' THEN 4 WHEN t.full_path LIKE '%trash%' OR t.full_path LIKE '%delet%'"
	  " THEN 5 ELSE 9-t.type END", NULL },
	{ "table", "\"awm_folders\"" }, { NULL, NULL }
};

const struct column cols_identity[] = {
	{ "id_identity", "0" }, { "id_user", "0" }, { "id_acct", "0" }, { "def_identity", "0" },
	{ "enabled", "1" }, { "email", "\"\"" }, { "friendly_nm", "\"\"" },
	{ "signature", "null" }, { "signature_type", "1" }, { "use_signature", "0" },
	{ NULL, NULL }
};

const struct column cols_social[] = {
	{ "id", "0" }, { "id_acct", "0" }, { "id_social", "null" }, { "type", "0" },
	{ "type_str", "null" }, { "name", "null" }, { "email", "null" },
	{ "access_token", "null" }, { "refresh_token", "null" }, { "scopes", "null" },
	{ "disabled", "0" }, { NULL, NULL }
};

const struct column cols_sender[] = {
	{ "id", "0" }, { "id_user", "0" }, { "email", "null" }, { "safety", "0" }, { NULL, NULL }
};

const struct column cols_two_factor[] = {
	{ "id", "0" }, { "account_id", "0" }, { "auth_type", "\"authy\"" }, { "data_type", "1" },
	{ "*data_value", "null" }, { NULL, NULL }
};

const struct column cols_link[] = {
	{ "hash_id", "\"\"" }, { "hash", "\"\"" }, { "data", "null" }, { NULL, NULL }
};

const struct column cols_group[] = {
	{ "id_group", "0" }, { "id_user", "0" }, { "group_nm", "null" },
	{ "group_str_id", "null" }, { "use_frequency", "0" }, { "email", "null" },
	{ "company", "null" }, { "street", "null" }, { "city", "null" }, { "state", "null" },
	{ "zip", "null" }, { "country", "null" }, { "phone", "null" }, { "fax", "null" },
	{ "web", "null" }, { "organization", "0" }, { NULL, NULL }
};

const struct column cols_contact[] = {
	{ "id_addr", "0" }, { "id_user", "0" }, { "id_domain", "0" }, { "id_tenant", "0" },
	{ "str_id", "null" }, { "type", "0" }, { "type_id", "\"\"" }, { "date_created", "null" },
	{ "date_modified", "null" }, { "fullname", "null" }, { "view_email", "\"\"" },
	{ "use_friendly_nm", "1" }, { "firstname", "\"\"" }, { "surname", "\"\"" },
	{ "nickname", "\"\"" }, { "skype", "\"\"" }, { "facebook", "\"\"" },
	{ "h_email", "null" }, { "h_street", "null" }, { "h_city", "null" },
	{ "h_state", "null" }, { "h_zip", "null" }, { "h_country", "null" },
	{ "h_phone", "null" }, { "h_fax", "null" }, { "h_mobile", "null" }, { "h_web", "null" },
	{ "b_email", "null" }, { "b_company", "null" }, { "b_street", "null" },
	{ "b_city", "null" }, { "b_state", "null" }, { "b_zip", "null" },
	{ "b_country", "null" }, { "b_job_title", "null" }, { "b_department", "null" },
	{ "b_office", "null" }, { "b_phone", "null" }, { "b_fax", "null" }, { "b_web", "null" },
	{ "other_email", "null" }, { "primary_email", "null" }, { "birthday_day", "0" },
	{ "birthday_month", "0" }, { "birthday_year", "0" }, { "use_frequency", "1" },
	{ "auto_create", "0" }, { "notes", "null" }, { "etag", "\"\"" },
	{ "shared_to_all", "0" }, { "hide_in_gab", "0" }, { NULL, NULL }
};

const struct column cols_tenant[] = {
	{ "id_tenant", "0" }, { "id_channel", "0" }, { "disabled", "0" },
	{ "login_enabled", "0" }, { "login", "null" }, { "email", "null" },
	{ "password", "null" }, { "description", "null" }, { "quota", "0" },
	{ "files_usage_bytes", "0" }, { "user_count_limit", "0" }, { "domain_count_limit", "0" },
	{ "capa", "\"\"" }, { "allow_change_email", "1" }, { "allow_change_password", "1" },
	{ "expared_timestamp", "0" }, { "pay_url", "\"\"" }, { "is_trial", "0" },
	{ "hd_admin_email_account", "\"\"" }, { "hd_client_iframe_url", "\"\"" },
	{ "hd_agent_iframe_url", "\"\"" }, { "hd_site_name", "\"\"" }, { "hd_style_allow", "0" },
	{ "hd_style_image", "\"\"" }, { "hd_style_text", "null" },
	{ "login_style_image", "\"\"" }, { "app_style_image", "\"\"" },
	{ "hd_facebook_allow", "0" }, { "hd_facebook_id", "\"\"" },
	{ "hd_facebook_secret", "\"\"" }, { "hd_google_allow", "0" }, { "hd_google_id", "\"\"" },
	{ "hd_google_secret", "\"\"" }, { "hd_twitter_allow", "0" }, { "hd_twitter_id", "\"\"" },
	{ "hd_twitter_secret", "\"\"" }, { "hd_allow_fetcher", "0" }, { "hd_fetcher_type", "0" },
	{ "hd_fetcher_timer", "0" }, { "social_facebook_allow", "0" },
	{ "social_facebook_id", "\"\"" }, { "social_facebook_secret", "\"\"" },
	{ "social_google_allow", "0" }, { "social_google_id", "\"\"" },
	{ "social_google_secret", "\"\"" }, { "social_google_api_key", "\"\"" },
	{ "social_twitter_allow", "0" }, { "social_twitter_id", "\"\"" },
	{ "social_twitter_secret", "\"\"" }, { "social_dropbox_allow", "0" },
	{ "social_dropbox_secret", "\"\"" }, { "social_dropbox_key", "\"\"" },
	{ "sip_allow", "0" }, { "sip_allow_configuration", "0" }, { "sip_realm", "\"\"" },
	{ "sip_websocket_proxy_url", "\"\"" }, { "sip_outbound_proxy_url", "\"\"" },
	{ "sip_caller_id", "\"\"" }, { "twilio_allow", "0" },
	{ "twilio_allow_configuration", "0" }, { "twilio_phone_number", "\"\"" },
	{ "twilio_account_sid", "\"\"" }, { "twilio_auth_token", "\"\"" },
	{ "twilio_app_sid", "\"\"" }, { "calendar_notification_email_account", "\"\"" },
	{ "invite_notification_email_account", "\"\"" }, { NULL, NULL }
};

const struct column cols_domain[] = {
	{ "id_domain", "0" }, { "id_tenant", "0" }, { "name", "null" }, { "url", "null" },
	{ "user_quota", "0" }, { "override_settings", "0" }, { "mail_protocol", "1" },
	{ "mail_inc_host", "null" }, { "mail_inc_port", "143" }, { "mail_inc_ssl", "0" },
	{ "mail_out_host", "null" }, { "mail_out_port", "25" }, { "mail_out_auth", "1" },
	{ "mail_out_login", "null" }, { "mail_out_pass", "null" }, { "mail_out_ssl", "0" },
	{ "mail_out_method", "1" }, { "quota_mbytes_limit", "0" }, { "quota_usage_bytes", "0" },
	{ "quota_usage_messages", "0" }, { "allow_webmail", "1" }, { "site_name", "null" },
	{ "allow_change_interface_settings", "0" }, { "allow_users_add_acounts", "0" },
	{ "allow_change_account_settings", "0" }, { "allow_new_users_register", "1" },
	{ "allow_open_pgp", "0" }, { "def_user_timezone", "0" }, { "def_user_timeformat", "0" },
	{ "def_user_dateformat", "\"MM/DD/YYYY\"" }, { "msgs_per_page", "20" },
	{ "skin", "null" }, { "lang", "null" }, { "ext_imap_host", "\"\"" },
	{ "ext_smtp_host", "\"\"" }, { "ext_dav_host", "\"\"" }, { "allow_contacts", "1" },
	{ "contacts_per_page", "20" }, { "allow_calendar", "1" }, { "cal_week_starts_on", "0" },
	{ "cal_show_weekends", "0" }, { "cal_workday_starts", "9" },
	{ "cal_workday_ends", "18" }, { "cal_show_workday", "0" }, { "cal_default_tab", "2" },
	{ "layout", "0" }, { "xlist", "1" }, { "global_addr_book", "0" },
	{ "check_interval", "0" }, { "allow_registration", "0" }, { "allow_pass_reset", "0" },
	{ "allow_files", "1" }, { "allow_helpdesk", "1" }, { "use_threads", "1" },
	{ "is_internal", "0" }, { "disabled", "0" }, { "default_tab", "\"mailbox\"" },
	{ "is_default_for_tenant", "0" }, { "collaboration", "1" }, { NULL, NULL }
};

const struct column cols_calendar[] = {
	{ "id", "0" }, { "principaluri", "null" }, { "displayname", "null" }, { "uri", "null" },
	{ "ctag", "0" }, { "description", "null" }, { "calendarorder", "0" },
	{ "calendarcolor", "null" }, { "timezone", "null" }, { "components", "null" },
	{ "transparent", "0" }, { NULL, NULL }
};

const struct column cols_calendar_object[] = {
	{ "id", "0" }, { "calendarid", "0" }, { "uri", "null" }, { "calendardata", "null" },
	{ "lastmodified", "null" }, { "etag", "\"\"" }, { "size", "0" },
	{ "componenttype", "\"\"" }, { "firstoccurence", "null" }, { "lastoccurence", "null" },
	{ NULL, NULL }
};

/* p and a: the member's principal, and the default account of the user whose it is. */
#define MEMBER { "member_uri=p.uri", NULL }, { "member_email=a.email", NULL }

const struct column cols_calendar_share[] = {
	{ "id", "0" }, { "calendarid", "null" }, { "member", "null" }, { "status", "null" },
	{ "readonly", "0" }, { "summary", "null" }, { "displayname", "null" },
	{ "color", "null" }, { "principaluri", "null" }, MEMBER, { NULL, NULL }
};

/*
 * P7 before 7.2.1 kept shares in adav_delegates: the member in "principalid", and mode 2 for
 * reading only; its own upgrade turned them into shares like this.
 */
const struct column cols_calendar_delegate[] = {
	{ "id", "0" }, { "calendarid", "null" }, { "member=t.principalid", NULL },
	{ "status=NULL", NULL }, { "readonly=COALESCE(t.mode,0)=2", NULL },
	{ "summary=NULL", NULL }, { "displayname=NULL", NULL }, { "color=NULL", NULL },
	{ "principaluri=NULL", NULL }, MEMBER, { "table='adav_delegates'", NULL }, { NULL, NULL }
};

const struct column cols_reminder[] = {
	{ "id", "0" }, { "user", "\"\"" }, { "calendaruri", "null" }, { "eventid", "null" },
	{ "time", "null" }, { "starttime", "null" }, { "allday", "0" }, { NULL, NULL }
};
