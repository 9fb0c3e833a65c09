#include <string.h>

#include "uidlen.h"

#define PLACES 40	/* of the table that are looked at, equally far from one another */
#define ROWS 10		/* objects at each */
#define PREFIX 8192	/* characters of an object that are looked at */

struct count {
	unsigned of[UIDLEN_MAX + 1];	/* objects whose UID has so many bytes */
	int64_t last;			/* id of the last object seen */
};

static int look_at(struct dbq *q, int64_t id, struct count *c, struct err *e)
{
	struct dbval v = DB_INT(id);
	struct icaluid u;
	int rc = dbq_run(q, &v, 1, e);

	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		c->last = dbq_int(q, 0);
		if (icaluid_find(q->col[1].p, q->col[1].n, &u) && u.len <= UIDLEN_MAX)
			c->of[u.len]++;
	}
	return rc;
}

static int ends(struct db *db, const char *table, int64_t v[2], struct err *e)
{
	struct buf sql = BUF_INIT(1024);
	struct dbq q;
	int rc;

	buf_addf(&sql, "SELECT COALESCE(MIN(id), 1), COALESCE(MAX(id), 0) FROM %s", table);
	rc = dbq_prepare(&q, db, sql.data, e);
	buf_free(&sql);
	if (rc < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e) < 0 ? -1 : dbq_next(&q, e);
	if (rc == 1) {
		v[0] = dbq_int(&q, 0);
		v[1] = dbq_int(&q, 1);
	}
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

int uidlen_usual(struct db *db, const struct table *t, unsigned *length, struct err *e)
{
	struct buf sql = BUF_INIT(4096), name = BUF_INIT(512);
	struct count c = { .last = 0 };
	int64_t end[2] = { 1, 0 }, i, id;
	struct dbq q;
	unsigned n;
	int rc;

	db_ident(&name, t->name);
	buf_addf(&sql, "SELECT t.`id`, LEFT(");
	schema_text(&sql, t, "t", "calendardata");
	buf_addf(&sql, ", %d) FROM %s t WHERE t.`id`>=? ORDER BY t.`id` LIMIT %d", PREFIX,
	    name.data, ROWS);
	rc = ends(db, name.data, end, e) < 0 ? -1 : dbq_prepare(&q, db, sql.data, e);
	buf_free(&name);
	buf_free(&sql);
	if (rc < 0)
		return -1;
	for (i = 0; rc == 0 && i < PLACES; i++) {
		id = end[0] + (end[1] - end[0]) * i / PLACES;
		if (id > c.last && id <= end[1])
			rc = look_at(&q, id, &c, e);
	}
	dbq_close(&q);
	for (*length = 0, n = 1; n <= UIDLEN_MAX; n++)
		if (c.of[n] > c.of[*length])
			*length = n;
	return rc;
}
