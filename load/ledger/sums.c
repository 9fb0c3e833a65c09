#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "ledger/sums.h"
#include "target/sql.h"

int sums_add(struct target *t, int64_t user, const char *kind, const struct kind_sum *k,
    struct err *e)
{
	struct dbval key[] = { DB_INT(user), DB_STR(kind) };
	struct kind_sum sum = *k;
	char hash[24];
	struct dbq q;
	int rc;

	if (sql_prepare(t, &q, "SELECT things, value_rows, hash FROM {p7m_kinds} WHERE"
	    " user_id=? AND kind=?", e) < 0)
		return -1;
	rc = dbq_run(&q, key, 2, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		sum.things += (uint64_t)dbq_int(&q, 0);
		sum.rows += (uint64_t)dbq_int(&q, 1);
		sum.hash += strtoull(dbq_str(&q, 2), NULL, 10);
	}
	dbq_close(&q);
	if (rc < 0)
		return -1;
	snprintf(hash, sizeof(hash), "%" PRIu64, sum.hash);

	struct dbval v[] = { key[0], key[1], DB_INT((int64_t)sum.things), DB_INT((int64_t)sum.rows),
	    DB_STR(hash), DB_INT((int64_t)sum.things), DB_INT((int64_t)sum.rows), DB_STR(hash) };

	return sql_do(t, "INSERT INTO {p7m_kinds} (user_id, kind, things, value_rows, hash)"
	    " VALUES (?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE things=?, value_rows=?, hash=?", v, 8,
	    e);
}
