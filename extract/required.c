#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "required.h"

#define RELEASE(major, minor, patch) (10000 * (major) + 100 * (minor) + (patch))
#define ALWAYS 0

static const struct required {
	const char *table;
	int since;		/* the first release that has it */
	const char *later;	/* the table that took its place; it is read when that is missing */
	int until;		/* the first release that has LATER */
	enum { USERS, MAIN, DAV, PLUGIN } part;	/* USERS: nobody is read without */
} required[] = {
	/* Where the columns are that tell the releases apart. */
	{ "awm_accounts", ALWAYS, NULL, 0, USERS }, { "awm_settings", ALWAYS, NULL, 0, USERS },
	{ "awm_domains", ALWAYS, NULL, 0, USERS }, { "awm_addr_book", ALWAYS, NULL, 0, MAIN },
	{ "awm_identities", ALWAYS, NULL, 0, MAIN }, { "awm_addr_groups", ALWAYS, NULL, 0, MAIN },
	{ "awm_addr_groups_contacts", ALWAYS, NULL, 0, MAIN },
	{ "awm_senders", ALWAYS, NULL, 0, MAIN }, { "acal_users_data", ALWAYS, NULL, 0, MAIN },
	{ "adav_addressbooks", ALWAYS, NULL, 0, MAIN }, { "adav_cards", ALWAYS, NULL, 0, MAIN },
	{ "adav_principals", ALWAYS, NULL, 0, DAV }, { "adav_calendars", ALWAYS, NULL, 0, DAV },
	{ "adav_calendarobjects", ALWAYS, NULL, 0, DAV },
	{ "awm_folders", ALWAYS, "awm_system_folders", RELEASE(6, 6, 0), MAIN },
	{ "awm_system_folders", RELEASE(6, 6, 0), NULL, 0, MAIN },
	{ "adav_reminders", RELEASE(6, 6, 0), NULL, 0, DAV },
	{ "awm_tenants", RELEASE(7, 0, 1), NULL, 0, MAIN },
	{ "awm_folders_order", RELEASE(7, 0, 1), NULL, 0, MAIN },
	{ "awm_min", RELEASE(7, 1, 1), NULL, 0, MAIN },
	{ "adav_delegates", ALWAYS, "adav_calendarshares", RELEASE(7, 2, 1), DAV },
	{ "adav_calendarshares", RELEASE(7, 2, 1), NULL, 0, DAV },
	{ "awm_social", RELEASE(7, 4, 0), NULL, 0, PLUGIN },
	{ "twofa_accounts", RELEASE(7, 5, 0), NULL, 0, PLUGIN },
};

#define REQUIRED (sizeof(required) / sizeof(required[0]))

_Static_assert(REQUIRED <= 32, "the bits of lacking");
_Static_assert(REQUIRED < CAT_TABLES, "CAT_TABLES");

/* Columns that a release was the first to have. */
static const struct {
	const char *table, *column;
	int release;
} marks[] = {
	{ "awm_settings", "capa", RELEASE(6, 6, 0) },
	{ "awm_addr_book", "firstname", RELEASE(6, 6, 0) },
	{ "awm_domains", "ext_dav_host", RELEASE(6, 6, 0) },
	{ "awm_settings", "client_timezone", RELEASE(7, 0, 1) },
	{ "awm_addr_book", "type_id", RELEASE(7, 0, 1) },
	{ "awm_accounts", "id_tenant", RELEASE(7, 0, 1) },
	{ "awm_settings", "id_subscription", RELEASE(7, 1, 1) },
	{ "awm_addr_book", "skype", RELEASE(7, 1, 1) },
	{ "awm_domains", "allow_files", RELEASE(7, 1, 1) },
	{ "awm_settings", "twilio_number", RELEASE(7, 2, 0) },
	{ "awm_identities", "enabled", RELEASE(7, 2, 0) },
	{ "awm_addr_book", "shared_to_all", RELEASE(7, 3, 0) },
	{ "awm_settings", "enable_open_pgp", RELEASE(7, 4, 0) },
	{ "awm_domains", "allow_open_pgp", RELEASE(7, 4, 0) },
	{ "awm_settings", "sip_enable", RELEASE(7, 4, 1) },
	{ "awm_identities", "def_identity", RELEASE(7, 5, 0) },
	{ "awm_domains", "is_default_for_tenant", RELEASE(7, 5, 0) },
	{ "awm_accounts", "allow_mail", RELEASE(7, 6, 0) },
	{ "awm_settings", "compose_plain_text_default", RELEASE(7, 7, 0) },
};

/* The oldest release whose database this can be. */
static int release_of(const struct catalog *c)
{
	const struct cat_table *t;
	int release = RELEASE(6, 4, 0);
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		t = catalog_table(c, marks[i].table);
		if (marks[i].release > release && t != NULL && cat_has(t, marks[i].column))
			release = marks[i].release;
	}
	return release;
}

static void full_name(const struct run *r, size_t i, char full[CAT_NAME])
{
	snprintf(full, CAT_NAME, "%.40s%.24s", r->site.prefix, required[i].table);
}

/* Must a database of RELEASE have the table? */
static bool expected(const struct catalog *c, size_t i, int release)
{
	const struct required *q = &required[i];

	return q->later != NULL ? release < q->until && catalog_table(c, q->later) == NULL :
	    release >= q->since;
}

/* What --absent names is missing indeed, and goes to *STATED. */
static int take_absent(const struct run *r, const struct catalog *c, uint32_t *stated,
    struct err *e)
{
	char full[CAT_NAME];
	int release = release_of(c);
	size_t n, i;

	for (n = 0; n < r->o->absent.n; n++) {
		for (i = 0; i < REQUIRED; i++) {
			full_name(r, i, full);
			if (strcasecmp(full, r->o->absent.v[n]) == 0)
				break;
		}
		if (i == REQUIRED)
			return err_set(e, EXIT_USAGE, "--absent %s: no table of this name is read;"
			    " give one that was said to be missing, with its prefix",
			    r->o->absent.v[n]);
		if (catalog_table(c, required[i].table) != NULL)
			return err_set(e, EXIT_USAGE, "--absent %s: this table is there; leave out"
			    " the option", r->o->absent.v[n]);
		if (!expected(c, i, release))
			return err_set(e, EXIT_USAGE, "--absent %s: P7 does not need this table in"
			    " its release, so it is not missing; leave out the option",
			    r->o->absent.v[n]);
		if (required[i].part == USERS)
			return err_set(e, EXIT_USAGE, "--absent %s: users cannot be read without"
			    " this table; restore it from a backup", r->o->absent.v[n]);
		*stated |= UINT32_C(1) << i;
	}
	return 0;
}

/* Tables NAMES, N of them; FIRST is one of them, and VITAL, or "", one of those of users. */
static int missing(const struct run *r, const char *names, const char *first, const char *vital,
    unsigned n, struct err *e)
{
	const char *list = n > 1 ? "tables: " : "", *it = n > 1 ? "them" : "it";

	if (vital[0] != '\0')
		return err_set(e, EXIT_CONFIG, "database %s lacks %s%s, which a P7 of its release"
		    " has; restore %s from a backup: users cannot be read without %s",
		    r->db.name, list, names, it, vital);
	return err_set(e, EXIT_CONFIG, "database %s lacks %s%s, which a P7 of its release has, and"
	    " which would count as empty; restore %s from a backup, or, if P8 can do without, add "
	    "--absent %s%s", r->db.name, list, names, it, first,
	    n > 1 ? ", and --absent for each other" : "");
}

static int find(struct run *r, const struct catalog *c, uint32_t stated, struct err *e)
{
	char full[CAT_NAME], first[CAT_NAME] = "", vital[CAT_NAME] = "";
	char names[600] = "";
	int release = release_of(c);
	unsigned n = 0;
	size_t i;

	for (i = 0; i < REQUIRED; i++) {
		if (catalog_table(c, required[i].table) != NULL ||
		    (required[i].part == DAV && (r->o->without & F_CALENDARS)))
			continue;
		if (stated & UINT32_C(1) << i) {
			r->lacking |= UINT32_C(1) << i;
			continue;
		}
		/* Of a table that took another's place, a word for either is enough. */
		if (!expected(c, i, release))
			continue;
		if (required[i].part == PLUGIN) {
			r->lacking |= UINT32_C(1) << i;
			continue;
		}
		full_name(r, i, full);
		if (n++ == 0)
			snprintf(first, sizeof(first), "%s", full);
		if (required[i].part == USERS && vital[0] == '\0')
			snprintf(vital, sizeof(vital), "%s", full);
		if (strlen(names) < sizeof(names) - CAT_NAME - 8)
			sprintf(names + strlen(names), "%s%s", n > 1 ? ", " : "", full);
		else if (names[strlen(names) - 1] != '.')
			strcat(names, " ...");
	}
	return n == 0 ? 0 : missing(r, names, first, vital, n, e);
}

int required_check(struct run *r, struct err *e)
{
	const char *names[REQUIRED + 1];
	struct catalog c;
	uint32_t stated = 0;
	size_t i;
	int rc;

	for (i = 0; i < REQUIRED; i++)
		names[i] = required[i].table;
	names[REQUIRED] = NULL;
	r->lacking = 0;
	rc = catalog_read(&c, &r->db, r->site.prefix, names, e);
	if (rc == 0)
		rc = take_absent(r, &c, &stated, e);
	if (rc == 0)
		rc = find(r, &c, stated, e);
	catalog_free(&c);
	return rc;
}

int required_write(struct run *r, struct err *e)
{
	struct report_item item = { .code = "table-missing", .id = -1,
	    .reason = "P7 has no such table: nothing of it is in P8",
	    .action = "nothing needs to be done if it was never in use; else restore it and migrate"
	    " anew" };
	size_t i;

	if (r->sel.shard > 1)
		return 0;
	for (i = 0; i < REQUIRED; i++) {
		if (!(r->lacking & UINT32_C(1) << i) || !(r->o->families &
		    (required[i].part == DAV ? F_CALENDARS : F_SETTINGS)))
			continue;
		item.table = required[i].table;
		if (report_add(&r->rep, &item, e) < 0)
			return -1;
	}
	return 0;
}
