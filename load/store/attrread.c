#include <stdio.h>

#include "store/attrread.h"
#include "target/sql.h"

#define DENSE_SPAN 6	/* ids per row: an array insert leaves gaps that cost nothing */
#define DENSE_MIN 64	/* entities in a window that are worth a look at where their rows lie */

int attrread_open(struct attrread *r, struct target *t, struct err *e)
{
	static const char *const texts[][2] = {
	    { "id_entity, name, value", "id_entity BETWEEN ? AND ?" },
	    { "COUNT(*), MIN(id), MAX(id)", "id_entity BETWEEN ? AND ?" },
	    { "id_entity, name, value", "id BETWEEN ? AND ? AND id_entity BETWEEN ? AND ?" },
	};
	char text[160];
	unsigned i, k;

	for (i = 0; i < AT_COUNT; i++) {
		struct dbq *q[] = { &r->range[i], &r->spread[i], &r->dense[i] };

		for (k = 0; k < 3; k++) {
			snprintf(text, sizeof(text), "SELECT %s FROM {eav_attributes_%s} WHERE %s",
			    texts[k][0], attr_type_name[i], texts[k][1]);
			if (sql_prepare(t, q[k], text, e) < 0)
				return -1;
		}
	}
	return 0;
}

void attrread_close(struct attrread *r)
{
	unsigned i;

	for (i = 0; i < AT_COUNT; i++) {
		dbq_close(&r->range[i]);
		dbq_close(&r->spread[i]);
		dbq_close(&r->dense[i]);
	}
}

struct dbq *attrread_run(struct attrread *r, enum attr_type t, const int64_t w[2],
    struct err *e)
{
	struct dbval v[] = { DB_INT(0), DB_INT(0), DB_INT(w[0]), DB_INT(w[1]) };
	struct dbq *q = &r->spread[t];
	int64_t n;
	int rc;

	if (w[1] - w[0] < DENSE_MIN)
		return dbq_run(&r->range[t], v + 2, 2, e) < 0 ? NULL : &r->range[t];
	if (dbq_run(q, v + 2, 2, e) < 0 || dbq_next(q, e) < 0)
		return NULL;
	n = dbq_int(q, 0);
	v[0] = DB_INT(dbq_int(q, 1));
	v[1] = DB_INT(dbq_int(q, 2));
	rc = dbq_next(q, e);
	if (rc == 0 && v[1].i - v[0].i < n * DENSE_SPAN)
		return dbq_run(&r->dense[t], v, 4, e) < 0 ? NULL : &r->dense[t];
	return rc < 0 || dbq_run(&r->range[t], v + 2, 2, e) < 0 ? NULL : &r->range[t];
}
