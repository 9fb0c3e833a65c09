#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "after/added.h"
#include "after/addedcalendars.h"
#include "kinds/changes.h"
#include "ledger/ledger.h"
#include "base/names.h"
#include "shown.h"
#include "target/sql.h"
#include "run/user.h"

void changes_say(struct buf *out, const struct readback_user *u, const char *kind, int64_t n,
    const char *what)
{
	buf_adds(out, "! ");
	shown_put(out, u->email, strlen(u->email));
	buf_addf(out, " %s: ", kind);
	if (n > 0)
		buf_addf(out, "%" PRId64 " ", n);
	buf_addf(out, "%s\n", what);
}

/* Files are named one by one. */
static void altered_files(struct readback *r, const struct readback_user *u, struct buf *out)
{
	const char *at = NULL, *line;
	size_t n;

	while ((line = readback_line(r, &at, &n)) != NULL) {
		buf_adds(out, "! ");
		shown_put(out, u->email, strlen(u->email));
		buf_adds(out, " FILE ");
		buf_add(out, line, n);
		buf_addc(out, '\n');
	}
	if (r->differing > READBACK_LINES)
		changes_say(out, u, "FILE", (int64_t)(r->differing - READBACK_LINES),
		    "more removed or changed in P8");
}

/* What was loaded is not the same any more. */
static void altered(struct readback *r, const struct readback_user *u, struct buf *out)
{
	const struct readback_kind *k;
	unsigned i;

	for (i = 0; i < r->n; i++) {
		k = &r->k[i];
		if (!readback_differs(k))
			continue;
		if (r->differing > 0 && strcmp(k->name, "FILE") == 0)
			altered_files(r, u, out);
		else if (k->got.things < k->want.things)
			changes_say(out, u, k->name, (int64_t)(k->want.things - k->got.things),
			    "removed in P8");
		else if (k->got.things > k->want.things)
			changes_say(out, u, k->name, (int64_t)(k->got.things - k->want.things),
			    "added in P8");
		else
			changes_say(out, u, k->name, 0, "changed in P8");
	}
}

/* As many as TEXT counts were added in P8. */
static int added(struct readback *r, const struct readback_user *u, struct buf *out,
    const char *kind, const char *text, const struct dbval *v, unsigned n, struct err *e)
{
	int64_t count = 0;

	if (sql_int(r->t, text, v, n, &count, e) < 0)
		return -1;
	if (count > 0)
		changes_say(out, u, kind, count, "added in P8");
	return 0;
}

/* A contact that P8 made when the user wrote to somebody new. */
#define COLLECTED "{eav_attributes_bool} b ON b.id_entity=e.id AND b.name='Auto' AND b.value=1" \
	" AND e.entity_type=?"

/* Entities that name the user and are not of the migration. */
static int new_entities(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_CONTACT), DB_INT(u->row), DB_INT(entity),
	    DB_STR(TYPE_CTAG) };
	const char *type;
	struct dbq q;
	int rc;

	if (sql_prepare(r->t, &q, "SELECT e.entity_type, COUNT(DISTINCT e.id) FROM"
	    " {eav_attributes_int} a JOIN {eav_entities} e ON e.id=a.id_entity LEFT JOIN "
	    COLLECTED " LEFT JOIN {p7m_own} o ON o.user_id=? AND o.what='e' AND "
	    LEDGER_OWNS("e.id") " WHERE a.name IN ('IdUser', 'UserId') AND a.value=?"
	    " AND o.user_id IS NULL AND b.id IS NULL AND e.entity_type<>?"
	    " GROUP BY e.entity_type", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 4, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		type = strrchr(dbq_str(&q, 0), '\\');
		changes_say(out, u, type ? type + 1 : dbq_str(&q, 0), dbq_int(&q, 1),
		    "added in P8");
	}
	dbq_close(&q);
	return rc;
}

/* Members of his groups: the only entities that name nobody. */
static int new_members(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e)
{
	struct dbval v[] = { DB_INT(u->row), DB_INT(u->row) };

	return added(r, u, out, "MEMBERSHIP", "SELECT COUNT(DISTINCT a.id_entity) FROM {p7m_own} o"
	    " JOIN {eav_entities} g ON " LEDGER_OWNS("g.id") " JOIN {eav_attributes_string} a ON"
	    " a.value=g.uuid AND a.name='GroupUUID' WHERE o.user_id=? AND o.what='e' AND"
	    " o.kind='GROUP' AND NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=? AND"
	    " o.what='e' AND " LEDGER_OWNS("a.id_entity") ") AND " ADDED_NOBODYS, v, 2, e);
}

int changes_collected(struct readback *r, const struct readback_user *u, int64_t entity,
    int64_t *n, struct err *e)
{
	struct dbval v[] = { DB_STR(TYPE_CONTACT), DB_INT(u->row), DB_INT(entity) };

	*n = 0;
	return sql_int(r->t, "SELECT COUNT(DISTINCT e.id) FROM {eav_attributes_int} a JOIN"
	    " {eav_entities} e ON e.id=a.id_entity JOIN " COLLECTED " LEFT JOIN {p7m_own} o ON"
	    " o.user_id=? AND o.what='e' AND " LEDGER_OWNS("e.id") " WHERE a.name='IdUser' AND"
	    " a.value=? AND o.user_id IS NULL", v, 3, n, e) < 0 ? -1 : 0;
}

/*
 * P8 notes each card that is added, in its table of changes; other books are all P8's.  The cards
 * of addresses that it collects are its own.
 */
static int new_cards(struct readback *r, const struct readback_user *u, const char *uri,
    struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_INT(u->row), DB_STR(uri) };

	if (added(r, u, out, "CARD", "SELECT COUNT(DISTINCT h.uri) FROM {p7m_own} b JOIN"
	    " {adav_addressbookchanges} h ON h.addressbookid=b.first AND h.operation=1 JOIN"
	    " {adav_cards} c ON c.addressbookid=b.first AND c.uri=h.uri JOIN {adav_addressbooks} k"
	    " ON k.id=b.first AND k.uri<>'" COLLECTED_BOOK "' WHERE b.user_id=? AND b.what='b'",
	    v, 1, e) < 0)
		return -1;
	return added(r, u, out, "CARD", "SELECT COUNT(*) FROM {p7m_users} u JOIN"
	    " {adav_addressbooks} b ON b.id>u.books_before AND b.uri<>'" COLLECTED_BOOK "' JOIN"
	    " {adav_cards} c ON c.addressbookid=b.id LEFT JOIN {p7m_own} o ON o.user_id=u.id"
	    " AND o.what='b' AND " LEDGER_OWNS("b.id") " WHERE u.id=? AND b.principaluri=?"
	    " AND o.user_id IS NULL AND"
	    " NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=u.id AND o.what='c' AND "
	    LEDGER_OWNS("c.id") ")", v, 2, e);
}

static int64_t files_seen;	/* nftw has no argument for its caller */

static int count_file(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)path;
	(void)st;
	(void)f;
	files_seen += type != FTW_D && type != FTW_DP;
	return 0;
}

static int new_files(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e)
{
	struct dbval v = DB_INT(u->row);
	int64_t n = 0;
	char *path;

	if (r->t->data == NULL)
		return 0;
	if (sql_int(r->t, "SELECT COUNT(*) FROM {p7m_files} WHERE user_id=? AND directory=0", &v, 1,
	    &n, e) < 0)
		return -1;
	if (asprintf(&path, "%s/files/private/%s", r->t->data, u->uuid) < 0)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	files_seen = 0;
	if (access(path, F_OK) == 0)
		nftw(path, count_file, 16, FTW_PHYS);
	free(path);
	if (files_seen > n)
		changes_say(out, u, "FILE", files_seen - n, "added in P8");
	return 0;
}

int changes_find(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e)
{
	char uri[USER_PRINCIPAL_LEN];
	size_t before = out->len;

	principal_uri(u->public_id, uri);
	if (readback_user(r, u, e) < 0)
		return -1;
	altered(r, u, out);
	if (addedcalendars_find(r, u, out, e) < 0)
		return -1;
	/* A principal that is not a user has nothing else. */
	if (entity != 0 && (new_entities(r, u, entity, out, e) < 0 ||
	    new_members(r, u, out, e) < 0 || new_cards(r, u, uri, out, e) < 0 ||
	    new_files(r, u, out, e) < 0 || added_find(r->t, u, entity, out, e) < 0))
		return -1;
	return out->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : out->len > before;
}
