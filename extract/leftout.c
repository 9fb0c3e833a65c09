#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "count.h"
#include "extract.h"
#include "kinds.h"

/* What users have that has no way to P8, and what to do about it. */
static const struct {
	const char *table;
	/* "+TABLE", "-TABLE" for a column: they count when that table is (not) there. */
	const char *column, *where;	/* the rows that count; NULL: all */
	const char *what, *action;
} left[] = {
	{ "adav_locks", NULL, NULL, "locks of calendars and files",
	  "they end by themselves; nothing needs to be done" },
	{ "adav_cache", NULL, NULL, "reminders that P7 had ready to send",
	  "P8 makes them of the events; nothing needs to be done" },
	{ "adav_delegates", "+adav_calendarshares", NULL, "shares of versions before 7.2.1",
	  "P7 does not read them, its upgrade made shares of them; nothing needs to be done" },
	{ "adav_groupmembers", NULL, NULL, "members of groups of DAV principals",
	  "P8 makes them of the shares; nothing needs to be done" },
	{ "awm_min", "data", "COALESCE(" SQL_LINK_ACCOUNT ",0) NOT IN (SELECT id_acct FROM {a})",
	  "public links that are of no account that is there",
	  "users share these files again in P8" },
	{ "awm_senders", "safety", "t.safety<>1", "senders whose pictures are never shown",
	  "P8 asks with each message of theirs; nothing needs to be done" },
	{ "awm_accounts", "custom_fields", "COALESCE(t.custom_fields,'')<>''",
	  "custom fields of accounts", "P8 keeps those of users only" },
	{ "awm_accounts", "allow_mail", "t.allow_mail=0 AND t.mailing_list=0",
	  "marks that an account has no mailbox", "disable these mail accounts in P8" },
	{ "awm_accounts", "is_password_specified",
	  "t.is_password_specified=0 AND t.mailing_list=0",
	  "marks that P7 does not know an account's password", "these users log in once in P8" },
	{ "awm_accounts", "hide_in_gab", "t.hide_in_gab=1 AND t.mailing_list=0",
	  "marks that hide users in the global address book",
	  "P8's team address book shows every user" },
	{ "awm_accounts", "quota", "t.quota BETWEEN 1 AND 104857599 AND t.mailing_list=0",
	  "quotas of mailboxes",
	  "set them where mail is delivered" },
	{ "awm_accounts", NULL, "t.mailing_list=1", "mailing lists",
	  "set them up in the mail server" },
	{ "awm_mailinglists", NULL, NULL, "addresses of mailing lists",
	  "set them up in the mail server" },
	{ "awm_fetchers", NULL, NULL, "fetchers of other mailboxes",
	  "set them up where mail is delivered" },
	{ "awm_mailaliases", NULL, NULL, "aliases", "set them up in the mail server" },
	{ "awm_mailforwards", NULL, NULL, "forwards", "set them up in the mail server" },
	{ "awm_settings", "compose_plain_text_default", "t.compose_plain_text_default=1",
	  "marks that mail is written as plain text", "P8 has no such setting" },
	{ "awm_settings", "autosign_outgoing_emails", "t.autosign_outgoing_emails=1",
	  "marks that mail is signed by OpenPGP", "users say so with each message" },
	{ "awm_settings", "twilio_number", "t.twilio_number<>''", "numbers of telephones (Twilio)",
	  "P8 has no such module" },
	{ "awm_settings", "helpdesk_signature", "t.helpdesk_signature<>''",
	  "signatures for the helpdesk", "P8 has no helpdesk" },
	{ "awm_tenant_socials", NULL, NULL, "tenants' keys for social networks",
	  "set them up in P8's modules for these networks" },
	{ "awm_realms", NULL, NULL, "realms (tenants of versions before 7.0)",
	  "P8 gets one tenant" },
	{ "awm_subadmins", NULL, NULL, "administrators of domains",
	  "let P8's administrator work for them" },
	{ "awm_channels", NULL, NULL, "channels", "P8's own channel takes all users" },
	{ "awm_subscriptions", NULL, NULL, "subscriptions", "P8 has none" },
	{ "awm_folders_order_names", NULL, NULL, "names in the order of folders",
	  "P8 has one order" },
	{ "awm_addr_groups_events", NULL, NULL, "events of groups", "P8 has no such link" },
	{ "ahd_users", NULL, NULL, "users of the helpdesk",
	  "keep P7 for reading, or export them" },
	{ "ahd_threads", NULL, NULL, "threads of the helpdesk",
	  "keep P7 for reading, or export them" },
	{ "ahd_posts", NULL, NULL, "posts of the helpdesk", "keep P7 for reading, or export them" },
	{ "ahd_attachments", NULL, NULL, "attachments of the helpdesk",
	  "they are in files/corporate, without a way to their posts" },
	{ "awm_folders", "+awm_system_folders", NULL, "folders of version 5 or 6",
	  "P8 asks the mail server for them; nothing needs to be done" },
	{ "awm_folders", "-awm_system_folders", "NOT (" SQL_OLD_SYSTEM_FOLDER ") OR"
	  " t.id_acct NOT IN (SELECT id_acct FROM {a} WHERE mailing_list=0)",
	  "folders of version 5 or 6",
	  "P8 asks the mail server for them; nothing needs to be done" },
	{ "awm_messages", NULL, NULL, "messages of version 5 or 6 (POP3)",
	  "P7 does not show them; bring them to the mail server if they are needed" },
	{ "awm_messages_body", NULL, NULL, "whole messages of version 5 or 6 (POP3)",
	  "bring them to the mail server if they are nowhere else" },
	{ "awm_filters", NULL, NULL, "filters of version 5 or 6",
	  "P7 does not use them; nothing needs to be done" },
	{ "acal_calendars", NULL, NULL, "calendars of version 5",
	  "P7 does not show them; nothing needs to be done" },
	{ "acal_events", NULL, NULL, "events of version 5",
	  "P7 does not show them; nothing needs to be done" },
};

#define LEFT (sizeof(left) / sizeof(left[0]))

/* WHERE with the table of accounts in the place of {a}. */
static void add_where(struct buf *sql, const struct catalog *c, const char *where)
{
	const char *mark = strstr(where, "{a}");

	buf_adds(sql, " WHERE ");
	if (mark == NULL) {
		buf_adds(sql, where);
		return;
	}
	buf_add(sql, where, (size_t)(mark - where));
	db_ident(sql, catalog_table(c, "awm_accounts")->full);
	buf_adds(sql, mark + 3);
}

static int count(struct run *r, const struct catalog *c, size_t i, int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	int rc;

	buf_adds(&sql, "SELECT COUNT(*) FROM");
	sql_table(&sql, catalog_table(c, left[i].table), "t", NULL);
	if (left[i].where != NULL)
		add_where(&sql, c, left[i].where);
	rc = sql.failed ? err_set(e, EXIT_BUG, "a statement is too long") :
	    db_one_int(&r->db, sql.data, NULL, 0, n, e);
	buf_free(&sql);
	return rc < 0 ? -1 : 0;
}

static bool counts(const struct catalog *c, size_t i)
{
	const struct cat_table *t = catalog_table(c, left[i].table);
	const char *column = left[i].column;

	if (t == NULL || column == NULL)
		return t != NULL;
	if (*column == '+' || *column == '-')
		return (catalog_table(c, column + 1) != NULL) == (*column == '+');
	return cat_has(t, column);
}

static int report(struct run *r, size_t i, int64_t n, struct err *e)
{
	char reason[200], done[200];
	struct report_item item = { .code = "not-carried", .table = left[i].table, .id = -1,
	    .field = left[i].column, .reason = reason, .action = done };

	if (item.field != NULL && (*item.field == '+' || *item.field == '-'))
		item.field = NULL;

	snprintf(reason, sizeof(reason), "%s not carried: %s", COUNT(n, "row"), left[i].what);
	snprintf(done, sizeof(done), "left in P7: %s", left[i].action);
	return report_add(&r->rep, &item, e);
}

_Static_assert(LEFT + 4 <= LEFTOUT_TABLES, "LEFTOUT_TABLES");

/* The tables of the list, each once. */
void leftout_tables(const char **names)
{
	size_t n = 0, i;

	names[n++] = "awm_accounts";
	for (i = 0; i < LEFT; i++)
		if (strcmp(left[i].table, names[n - 1]) != 0 &&
		    strcmp(left[i].table, names[0]) != 0)
			names[n++] = left[i].table;
	names[n++] = "adav_calendarshares";
	names[n++] = "awm_system_folders";
	names[n] = NULL;
}

int leftout_write(struct run *r, struct err *e)
{
	const char *names[LEFTOUT_TABLES];
	struct catalog c;
	int64_t n;
	size_t i;
	int rc;

	/* They are of all users, so they are counted where all are extracted, by one shard. */
	if (!r->sel.all || r->sel.shard > 1 || !(r->o->families & F_SETTINGS))
		return 0;
	leftout_tables(names);
	rc = catalog_read(&c, &r->db, r->site.prefix, names, e);
	for (i = 0; i < LEFT && rc == 0; i++) {
		if (!counts(&c, i))
			continue;
		n = 0;
		rc = count(r, &c, i, &n, e);
		if (rc == 0 && n > 0)
			rc = report(r, i, n, e);
	}
	catalog_free(&c);
	return rc;
}
