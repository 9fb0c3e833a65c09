#include <ftw.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "changes.h"
#include "dav_move.h"
#include "names.h"
#include "sql.h"

static void say(struct buf *out, const struct readback_user *u, const char *kind, int64_t n,
    const char *what)
{
	buf_addf(out, "! %s %s: ", u->email, kind);
	if (n > 0)
		buf_addf(out, "%" PRId64 " ", n);
	buf_addf(out, "%s\n", what);
}

/* What was loaded is not the same any more. */
static void altered(struct readback *r, const struct readback_user *u, struct buf *out)
{
	const struct readback_kind *k;
	unsigned i;

	for (i = 0; i < r->n; i++) {
		k = &r->k[i];
		if (k->got.things < k->want.things)
			say(out, u, k->name, (int64_t)(k->want.things - k->got.things),
			    "removed in P8");
		else if (k->got.things > k->want.things)
			say(out, u, k->name, (int64_t)(k->got.things - k->want.things),
			    "added in P8");
		else if (readback_differs(k))
			say(out, u, k->name, 0, "changed in P8");
	}
}

/* Entities that name the user and are not of the migration. */
static int new_entities(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e)
{
	struct dbval v[] = { DB_INT(u->row), DB_INT(entity), DB_STR(TYPE_CTAG) };
	const char *type;
	struct dbq q;
	int rc;

	if (sql_prepare(r->t, &q,
		"SELECT e.entity_type, COUNT(DISTINCT e.id) FROM"
		" {eav_attributes_int} a JOIN {eav_entities} e ON e.id=a.id_entity"
		" LEFT JOIN {p7m_own} o ON o.user_id=? AND o.what='e' AND e.id BETWEEN o.first "
		"AND o.last"
		" AND MOD(CAST(e.id AS SIGNED)-CAST(o.first AS SIGNED), CAST(o.step AS SIGNED))=0 "
		"WHERE a.name IN ('IdUser', 'UserId') AND a.value=?"
		" AND o.user_id IS NULL AND e.entity_type<>? GROUP BY e.entity_type",
		e) < 0)
		return -1;
	rc = dbq_run(&q, v, 3, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		type = strrchr(dbq_str(&q, 0), '\\');
		say(out, u, type ? type + 1 : dbq_str(&q, 0), dbq_int(&q, 1), "added in P8");
	}
	dbq_close(&q);
	return rc;
}

/* P8 notes each card that is added, in its table of changes. */
static int new_cards(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e)
{
	struct dbval v = DB_INT(u->row);
	int64_t n = 0;

	if (sql_int(r->t, "SELECT COUNT(DISTINCT h.uri) FROM {p7m_own} b JOIN"
	    " {adav_addressbookchanges} h ON h.addressbookid=b.first AND h.operation=1"
	    " WHERE b.user_id=? AND b.what='b'", &v, 1, &n, e) < 0)
		return -1;
	if (n > 0)
		say(out, u, "CARD", n, "added in P8");
	return 0;
}

/* Who brought no calendar may have the one that P8 makes, without events. */
static int new_events(struct readback *r, const struct readback_user *u, struct buf *out,
    struct err *e)
{
	struct dav_moved m;
	unsigned i;
	char *uri;
	int rc;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->k[i].name, "CALENDAR") == 0)
			return 0;
	if (asprintf(&uri, PRINCIPAL_PREFIX "%s", u->public_id) < 0)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = dav_count_owner(r->t, uri, u->public_id, &m, e);
	free(uri);
	if (rc == 0 && m.objects > 0)
		say(out, u, "CALENDAR_OBJECT", (int64_t)m.objects, "added in P8");
	return rc;
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
		say(out, u, "FILE", files_seen - n, "added in P8");
	return 0;
}

int changes_find(struct readback *r, const struct readback_user *u, int64_t entity,
    struct buf *out, struct err *e)
{
	size_t before = out->len;

	if (readback_user(r, u, e) < 0)
		return -1;
	altered(r, u, out);
	if (new_entities(r, u, entity, out, e) < 0 || new_cards(r, u, out, e) < 0 ||
	    new_events(r, u, out, e) < 0 || new_files(r, u, out, e) < 0)
		return -1;
	return out->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : out->len > before;
}
