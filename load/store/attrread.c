#include <stdio.h>
#include <string.h>

#include "store/attrread.h"
#include "target/sql.h"

#define DENSE_SPAN 6	/* ids per row: an array insert leaves gaps that cost nothing */
#define DENSE_MIN 64	/* entities in a window that are worth a look at where their rows lie */

/* One statement for all types, one message for each window. */
static int prepare_spread(struct attrread *r, struct target *t, struct err *e)
{
	struct buf text = BUF_INIT(1 << 14);
	unsigned i;
	int rc;

	for (i = 0; i < AT_COUNT; i++)
		buf_addf(&text, "%sSELECT %u, COUNT(*), MIN(id), MAX(id) FROM {eav_attributes_%s}"
		    " WHERE id_entity BETWEEN ? AND ?", i > 0 ? " UNION ALL " : "", i,
		    attr_type_name[i]);
	rc = buf_check(&text, e) < 0 ? -1 : sql_prepare(t, &r->spread, text.data, e);
	buf_free(&text);
	return rc;
}

int attrread_open(struct attrread *r, struct target *t, struct err *e)
{
	char text[160];
	unsigned i, k;

	for (i = 0; i < AT_COUNT; i++) {
		struct dbq *q[] = { &r->range[i], &r->dense[i] };

		for (k = 0; k < 2; k++) {
			snprintf(text, sizeof(text), "SELECT id_entity, name, value FROM"
			    " {eav_attributes_%s} WHERE %sid_entity BETWEEN ? AND ?",
			    attr_type_name[i], k == 0 ? "" : "id BETWEEN ? AND ? AND ");
			if (sql_prepare(t, q[k], text, e) < 0)
				return -1;
		}
	}
	return prepare_spread(r, t, e);
}

void attrread_close(struct attrread *r)
{
	unsigned i;

	dbq_close(&r->spread);
	for (i = 0; i < AT_COUNT; i++) {
		dbq_close(&r->range[i]);
		dbq_close(&r->dense[i]);
	}
}

static int look(struct attrread *r, const int64_t w[2], struct err *e)
{
	struct dbval v[2 * AT_COUNT];
	struct dbq *q = &r->spread;
	unsigned i;
	int64_t t;
	int rc;

	for (i = 0; i < 2 * AT_COUNT; i++)
		v[i] = DB_INT(w[i % 2]);
	memset(r->of, 0, sizeof(r->of));
	rc = dbq_run(q, v, 2 * AT_COUNT, e);
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		t = dbq_int(q, 0);
		r->of[t].n = dbq_int(q, 1);
		r->of[t].first = dbq_int(q, 2);
		r->of[t].last = dbq_int(q, 3);
	}
	return rc;
}

int attrread_run(struct attrread *r, enum attr_type t, const int64_t w[2], struct dbq **out,
    struct err *e)
{
	struct dbval v[] = { DB_INT(r->of[t].first), DB_INT(r->of[t].last), DB_INT(w[0]),
	    DB_INT(w[1]) };

	*out = &r->range[t];
	if (w[1] - w[0] < DENSE_MIN)
		return dbq_run(*out, v + 2, 2, e);
	if (t == 0) {
		if (look(r, w, e) < 0)
			return -1;
		v[0] = DB_INT(r->of[0].first);
		v[1] = DB_INT(r->of[0].last);
	}
	if (r->of[t].n == 0) {
		*out = NULL;
		return 0;
	}
	if (v[1].i - v[0].i >= r->of[t].n * DENSE_SPAN)
		return dbq_run(*out, v + 2, 2, e);
	*out = &r->dense[t];
	return dbq_run(*out, v, 4, e);
}
