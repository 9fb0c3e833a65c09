#include <string.h>

#include "extract.h"
#include "kinds.h"
#include "p7/password.h"

/* The default domain's columns: from a setting, or the same in every installation. */
static const struct {
	const char *column, *setting;	/* setting NULL: the JSON text in "fixed" */
	const char *fixed;
} default_domain[] = {
	{ "id_domain", NULL, "0" },
	{ "id_tenant", NULL, "0" },
	{ "name", NULL, "\"\"" },
	{ "url", NULL, "null" },
	{ "user_quota", "WebMail/UserQuota", NULL },
	{ "override_settings", NULL, "1" },
	{ "mail_protocol", "WebMail/IncomingMailProtocol", NULL },
	{ "mail_inc_host", "WebMail/IncomingMailServer", NULL },
	{ "mail_inc_port", "WebMail/IncomingMailPort", NULL },
	{ "mail_inc_ssl", "WebMail/IncomingMailUseSSL", NULL },
	{ "mail_out_host", "WebMail/OutgoingMailServer", NULL },
	{ "mail_out_port", "WebMail/OutgoingMailPort", NULL },
	{ "mail_out_auth", "WebMail/OutgoingMailAuth", NULL },
	{ "mail_out_login", "WebMail/OutgoingMailLogin", NULL },
	{ "mail_out_pass", "WebMail/OutgoingMailPassword", NULL },
	{ "mail_out_ssl", "WebMail/OutgoingMailUseSSL", NULL },
	{ "mail_out_method", "WebMail/OutgoingSendingMethod", NULL },
	{ "quota_mbytes_limit", NULL, "0" },
	{ "quota_usage_bytes", NULL, "0" },
	{ "quota_usage_messages", NULL, "0" },
	{ "allow_webmail", "WebMail/AllowWebMail", NULL },
	{ "site_name", "Common/SiteName", NULL },
	{ "allow_change_interface_settings", "WebMail/AllowUsersChangeInterfaceSettings", NULL },
	{ "allow_users_add_acounts", "WebMail/AllowUsersAddNewAccounts", NULL },
	{ "allow_change_account_settings", "WebMail/AllowUsersChangeEmailSettings", NULL },
	{ "allow_new_users_register", "WebMail/AllowNewUsersRegister", NULL },
	{ "allow_open_pgp", "WebMail/AllowOpenPGP", NULL },
	{ "def_user_timezone", "Common/DefaultTimeZone", NULL },
	{ "def_user_timeformat", "Common/DefaultTimeFormat", NULL },
	{ "def_user_dateformat", "Common/DefaultDateFormat", NULL },
	{ "msgs_per_page", "WebMail/MailsPerPage", NULL },
	{ "skin", "WebMail/DefaultSkin", NULL },
	{ "lang", "Common/DefaultLanguage", NULL },
	{ "ext_imap_host", "WebMail/ExternalHostNameOfLocalImap", NULL },
	{ "ext_smtp_host", "WebMail/ExternalHostNameOfLocalSmtp", NULL },
	{ "ext_dav_host", "WebMail/ExternalHostNameOfDAVServer", NULL },
	{ "allow_contacts", "Contacts/AllowContacts", NULL },
	{ "contacts_per_page", "Contacts/ContactsPerPage", NULL },
	{ "allow_calendar", "Calendar/AllowCalendar", NULL },
	{ "cal_week_starts_on", "Calendar/WeekStartsOn", NULL },
	{ "cal_show_weekends", "Calendar/ShowWeekEnds", NULL },
	{ "cal_workday_starts", "Calendar/WorkdayStarts", NULL },
	{ "cal_workday_ends", "Calendar/WorkdayEnds", NULL },
	{ "cal_show_workday", "Calendar/ShowWorkDay", NULL },
	{ "cal_default_tab", "Calendar/DefaultTab", NULL },
	{ "layout", "WebMail/Layout", NULL },
	{ "xlist", "WebMail/DetectSpecialFoldersWithXList", NULL },
	{ "global_addr_book", "Contacts/GlobalAddressBookVisibility", NULL },
	{ "check_interval", "WebMail/AutoCheckMailInterval", NULL },
	{ "allow_registration", "Common/AllowRegistration", NULL },
	{ "allow_pass_reset", "Common/AllowPasswordReset", NULL },
	{ "allow_files", "Files/AllowFiles", NULL },
	{ "allow_helpdesk", "Helpdesk/AllowHelpdesk", NULL },
	{ "use_threads", "WebMail/UseThreadsIfSupported", NULL },
	{ "is_internal", NULL, "0" },
	{ "disabled", NULL, "0" },
	{ "default_tab", "Common/DefaultTab", NULL },
	{ "is_default_for_tenant", NULL, "0" },
	{ "collaboration", "Common/Collaboration", NULL },
};

static bool is_text(const char *key)
{
	size_t i;

	for (i = 0; i < setting_count; i++)
		if (strcmp(setting_keys[i].key, key) == 0)
			return setting_keys[i].type == ST_STR || setting_keys[i].type == ST_NAME;
	return false;
}

/* The domain that has no row: id_domain 0 is what settings.xml says. */
static int put_default_domain(struct run *r, struct err *e)
{
	struct jsonw *w = so_begin(&r->so, "DOMAIN");
	struct buf coded = BUF_INIT(1 << 20);
	const char *key, *text;
	size_t i;

	for (i = 0; i < sizeof(default_domain) / sizeof(default_domain[0]); i++) {
		key = default_domain[i].setting;
		jw_key(w, default_domain[i].column);
		if (key == NULL) {
			jw_raw(w, default_domain[i].fixed, strlen(default_domain[i].fixed));
			continue;
		}
		if (!is_text(key)) {
			jw_int(w, settings_number(&r->site.set, key));
			continue;
		}
		text = settings_text(&r->site.set, key);
		if (strcmp(default_domain[i].column, "mail_out_pass") == 0) {
			p7password_encode(&coded, text, strlen(text));
			text = coded.data != NULL ? coded.data : "";
		}
		jw_str(w, text);
	}
	buf_free(&coded);
	return so_put(&r->so, "DOMAIN", e);
}

/* All rows of a small table, in the order of its primary key. */
static int put_table(struct run *r, const char *kind, const char *table, const char *key,
    const struct column *col, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, table);
	struct buf sql = BUF_INIT(1 << 16), text = BUF_INIT(BUF_RECORD_MAX);
	struct rows rows = { .res = NULL };
	struct jsonw *w;
	struct form f;
	int rc;

	if (t == NULL || !cat_has(t, key))
		return 0;
	buf_addf(&sql, "SELECT t.%s", key);
	rc = form_make(&f, col, t, &sql, e);
	buf_adds(&sql, " FROM");
	sql_table(&sql, t, "t", NULL);
	buf_addf(&sql, " ORDER BY t.%s", key);
	if (rc == 0)
		rc = rows_open(&rows, &r->db, sql.data, e);
	if (rc == 0)
		form_bind(&f, &rows, 1);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		buf_reset(&text);
		form_put(&f, &rows, &text);
		w = so_begin(&r->so, kind);
		jw_raw(w, text.data, text.len);
		rc = so_put(&r->so, kind, e);
	}
	rows_close(&rows, rc);
	form_free(&f);
	buf_free(&text);
	buf_free(&sql);
	return rc;
}

int globals_write(struct run *r, struct err *e)
{
	struct jsonw *w;

	if (!(r->o->families & F_SETTINGS))
		return 0;
	w = so_begin(&r->so, "SETTINGS");
	site_write(&r->site, w);
	if (so_put(&r->so, "SETTINGS", e) < 0 ||
	    put_table(r, "TENANT", "awm_tenants", "id_tenant", cols_tenant, e) < 0 ||
	    put_default_domain(r, e) < 0)
		return -1;
	return put_table(r, "DOMAIN", "awm_domains", "id_domain", cols_domain, e);
}
