#include <stdio.h>
#include <string.h>

#include "kinds/dav.h"
#include "kinds/dav_list.h"
#include "kinds/dav_names.h"
#include "run/itemize.h"
#include "base/print.h"
#include "target/sql.h"

static const struct {
	const char *kind, *shown;
	const char *calendar;	/* member with the calendar's number, NULL: by the owner */
	const char *name;	/* member that is its natural name */
} things[] = {
{ "DAV_CALENDAR", "CALENDAR", "id", "uri" },
{ "DAV_OBJECT", "CALENDAR_OBJECT", "calendarid", "uri" },
{ "DAV_SHARE", "SHARE", "calendarid", "member_uri" },
{ "DAV_REMINDER", "REMINDER", NULL, "eventid" },
};

int dav_list_open(struct dav_list *l, struct target *t, struct err *e)
{
	int rc;

	memset(l, 0, sizeof(*l));
	rc = dav_has_ledger(t, e);
	l->known = rc == 1;
	if (rc <= 0)
		return rc;
	if (sql_prepare(t, &l->calendar, "SELECT 1 FROM {p7m_dav_calendar} WHERE source=? AND id=?"
	    " AND calendarid IS NOT NULL", e) < 0)
		return -1;
	return sql_prepare(t, &l->owner, "SELECT 1 FROM {p7m_dav_calendar} WHERE source=? AND"
	    " principal=? AND calendarid IS NOT NULL LIMIT 1", e);
}

void dav_list_close(struct dav_list *l)
{
	if (!l->known)
		return;
	dbq_close(&l->calendar);
	dbq_close(&l->owner);
}

static int found(struct dbq *q, const struct dbval *v, struct err *e)
{
	int rc = dbq_run(q, v, 2, e);

	if (rc == 0)
		rc = dbq_next(q, e);
	if (rc == 1 && dbq_next(q, e) < 0)
		return -1;
	return rc;
}

int dav_list_record(struct dav_list *l, const char *source, const struct stream_in *si,
    struct err *e)
{
	const char *principal = jr_str(&si->doc, NULL, "principal", "-");
	struct dbval v[] = { DB_STR(source), DB_STR(principal) };
	unsigned i;
	int rc = 0;

	for (i = 0; i < sizeof(things) / sizeof(*things); i++)
		if (strcmp(si->kind, things[i].kind) == 0)
			break;
	if (i == sizeof(things) / sizeof(*things))
		return 0;
	if (things[i].calendar != NULL)
		v[1] = DB_INT(jr_int(&si->doc, NULL, things[i].calendar, 0));
	if (l->known)
		rc = found(things[i].calendar != NULL ? &l->calendar : &l->owner, v, e);
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	principal = dav_user_of(principal);
	print("+ %s ", things[i].shown);
	itemize_text(principal, strlen(principal));
	putchar(' ');
	principal = jr_str(&si->doc, NULL, things[i].name, "");
	itemize_text(principal, strlen(principal));
	putchar('\n');
	return 0;
}
