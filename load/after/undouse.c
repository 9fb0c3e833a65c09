#include <stdio.h>
#include <string.h>

#include "ledger/ledger.h"
#include "base/names.h"
#include "target/sql.h"
#include "after/undouse.h"
#include "kinds/user.h"

#define SOME 200	/* things found in one go */

int undo_each(struct target *t, const char *find, struct dbval a, struct dbval b,
    const char *const *statements, struct err *e)
{
	struct dbval v[] = { a, b, DB_INT(0) };
	int64_t ids[SOME], got, i;
	struct dbq q;
	unsigned k;
	int rc;

	do {
		got = 0;
		if (sql_prepare(t, &q, find, e) < 0)
			return -1;
		rc = dbq_run(&q, v, 3, e);
		while (rc >= 0 && (rc = dbq_next(&q, e)) == 1)
			ids[got++] = dbq_int(&q, 0);
		dbq_close(&q);
		if (rc < 0)
			return -1;
		v[2] = DB_INT(got > 0 ? ids[got - 1] : 0);
		for (i = 0; i < got; i++)
			for (k = 0; statements[k] != NULL; k++)
				if (sql_do(t, statements[k], &DB_INT(ids[i]), 1, e) < 0)
					return -1;
	} while (got == SOME);
	return 0;
}

static int change_tags(struct target *t, const struct undouse *u, struct err *e)
{
	struct dbval v[] = { DB_INT(u->entity), DB_STR(TYPE_CTAG) };

	return sql_do(t, "DELETE n FROM {eav_entities} n JOIN {eav_attributes_int} a ON"
	    " a.id_entity=n.id AND a.name='UserId' WHERE a.value=? AND n.entity_type=?", v, 2, e);
}

/* P8 notes which folder is which when it first opens an account. */
static int system_folders(struct target *t, const struct undouse *u, struct err *e)
{
	static const char *const statements[] = {
		"DELETE n FROM {eav_entities} n JOIN {eav_attributes_int} a ON a.id_entity=n.id AND"
		" a.name='IdAccount' WHERE a.value=? AND"
		" n.entity_type='Aurora\\\\Modules\\\\Mail\\\\Classes\\\\SystemFolder'", NULL
	};

	return undo_each(t, "SELECT e.id FROM {p7m_own} o JOIN {eav_entities} e ON "
	    LEDGER_OWNS("e.id") " WHERE o.user_id=? AND o.what='e' AND o.kind=? AND e.id>?"
	    " ORDER BY e.id LIMIT 200",
	    DB_INT(u->row), DB_STR("ACCOUNT"), statements, e);
}

static int calendars(struct target *t, const struct undouse *u, const char *uri, struct err *e)
{
	static const char *const statements[] = {
		"DELETE FROM {adav_calendarchanges} WHERE calendarid=?",
		"DELETE FROM {adav_calendarinstances} WHERE calendarid=?",
		"DELETE FROM {adav_calendars} WHERE id=?", NULL
	};
	if (strlen(uri) > PRINCIPAL_MAX || t->no_dav)
		return 0;
	return undo_each(t,
	    "SELECT i.calendarid FROM {p7m_users} u JOIN {adav_calendarinstances} i ON i.access=1"
	    " AND i.calendarid>u.calendars_before LEFT JOIN {p7m_calendars} m ON"
	    " m.calendarid=i.calendarid LEFT JOIN {adav_calendarobjects} c ON"
	    " c.calendarid=i.calendarid LEFT JOIN {adav_calendarinstances} x ON"
	    " x.calendarid=i.calendarid AND x.id<>i.id WHERE u.id=? AND i.principaluri=?"
	    " AND m.calendarid IS NULL AND c.id IS NULL AND x.id IS NULL AND i.calendarid>?"
	    " ORDER BY i.calendarid LIMIT 200",
	    DB_INT(u->row), DB_STR(uri), statements, e);
}

static int address_books(struct target *t, const struct undouse *u, const char *uri, struct err *e)
{
	static const char *const statements[] = {
		"DELETE FROM {adav_cards} WHERE addressbookid=?",
		"DELETE FROM {adav_addressbookchanges} WHERE addressbookid=?",
		"DELETE FROM {adav_addressbooks} WHERE id=?", NULL
	};
	return undo_each(t, "SELECT b.id FROM {p7m_users} u JOIN {adav_addressbooks} b ON"
	    " b.id>u.books_before LEFT JOIN {p7m_own} o ON o.user_id=u.id AND o.what='b' AND"
	    " b.id BETWEEN o.first AND o.last LEFT JOIN {adav_cards} c ON c.addressbookid=b.id"
	    " AND NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=u.id AND o.what='c' AND "
	    LEDGER_OWNS("c.id") ") WHERE u.id=? AND b.principaluri=? AND o.user_id IS NULL"
	    " AND (c.id IS NULL OR b.uri='" COLLECTED_BOOK "') AND b.id>? GROUP BY b.id"
	    " ORDER BY b.id LIMIT 200", DB_INT(u->row),
	    DB_STR(uri), statements, e);
}

int undouse(struct target *t, const struct undouse *u, struct err *e)
{
	char uri[USER_PRINCIPAL_LEN];

	if (u->entity == 0 || u->public_id[0] == '\0')
		return 0;
	principal_uri(u->public_id, uri);
	if (change_tags(t, u, e) < 0 || system_folders(t, u, e) < 0 || calendars(t, u, uri, e) < 0)
		return -1;
	return address_books(t, u, uri, e);
}
