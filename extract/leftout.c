#include <inttypes.h>
#include <stdio.h>

#include "extract.h"
#include "kinds.h"

/* Tables with users' data that has no way to P8, and what to do about it. */
static const struct {
	const char *table, *what, *action;
} left[] = {
	{ "adav_cards", "vCards (P8's cards are made from the contacts)",
	"photos and further numbers stand only here: bring what is missed by a CardDAV client" },
	{ "awm_min", "public links to files", "let users share these files again in P8" },
	{ "awm_senders", "safe senders", "users confirm them again in P8" },
	{ "twofa_accounts", "secrets for two-factor login",
	"these users log in to P8 with the password alone: let them set it up again" },
	{ "awm_fetchers", "fetchers of other mailboxes", "set them up where mail is delivered" },
	{ "awm_mailaliases", "aliases", "set them up in the mail server" },
	{ "awm_mailforwards", "forwards", "set them up in the mail server" },
	{ "awm_mailinglists", "addresses of mailing lists", "set them up in the mail server" },
	{ "awm_tenant_socials", "tenants' keys for social networks",
	"set them up in P8's modules for these networks" },
	{ "awm_channels", "channels", "P8's own channel takes all users" },
	{ "awm_subscriptions", "subscriptions", "P8 has none" },
	{ "awm_folders_order_names", "names in the order of folders", "P8 has one order" },
	{ "awm_addr_groups_events", "events of groups", "P8 has no such link" },
	{ "ahd_users", "users of the helpdesk", "keep P7 for reading, or export them" },
	{ "ahd_threads", "threads of the helpdesk", "keep P7 for reading, or export them" },
	{ "ahd_posts", "posts of the helpdesk", "keep P7 for reading, or export them" },
	{ "awm_messages", "messages of version 5 or 6 (POP3)",
	"P7 does not show them; bring them to the mail server if they are needed" },
	{ "awm_filters", "filters of version 5 or 6",
	  "P7 does not use them; nothing is to be done" },
	{ "acal_calendars", "calendars of version 5",
	  "P7 does not show them; nothing is to be done" },
	{ "acal_events", "events of version 5", "P7 does not show them; nothing is to be done" },
};

#define LEFT (sizeof(left) / sizeof(left[0]))

static int count(struct run *r, const struct cat_table *t, int64_t *n, struct err *e)
{
	struct buf sql = BUF_INIT(4096);
	int rc;

	buf_adds(&sql, "SELECT COUNT(*) FROM");
	sql_table(&sql, t, "t", NULL);
	rc = db_one_int(&r->db, sql.data, NULL, 0, n, e);
	buf_free(&sql);
	return rc;
}

static int report(struct run *r, size_t i, int64_t n, struct err *e)
{
	char reason[200], done[200];
	struct report_item item = { .code = "not-carried", .table = left[i].table, .id = -1,
	    .reason = reason, .action = done };

	snprintf(reason, sizeof(reason), "%" PRId64 " rows are not carried: %s", n, left[i].what);
	snprintf(done, sizeof(done), "left in P7: %s", left[i].action);
	return report_add(&r->rep, &item, e);
}

int leftout_write(struct run *r, struct err *e)
{
	const char *names[LEFT + 2] = { "awm_accounts" };
	const struct cat_table *t;
	struct catalog c;
	int64_t n;
	size_t i;
	int rc;

	/* They are of all users, so they are counted where all are extracted, by one shard. */
	if (!r->sel.all || r->sel.shard > 1 || !(r->o->families & F_SETTINGS))
		return 0;
	for (i = 0; i < LEFT; i++)
		names[i + 1] = left[i].table;
	rc = catalog_read(&c, &r->db, r->site.prefix, names, e);
	for (i = 0; i < LEFT && rc == 0; i++) {
		t = catalog_table(&c, left[i].table);
		if (t == NULL)
			continue;
		n = 0;
		rc = count(r, t, &n, e) < 0 ? -1 : 0;
		if (rc == 0 && n > 0)
			rc = report(r, i, n, e);
	}
	catalog_free(&c);
	return rc < 0 ? -1 : 0;
}
