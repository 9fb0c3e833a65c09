#include <string.h>
#include <xxhash.h>

#include "ledger/dry.h"
#include "ledger/globals.h"

/* An entity that the ledger knows may have been removed in P8. */
static int still_there(struct session *s, const char *uuid, int64_t id, struct err *e)
{
	struct dbval v[] = { DB_INT(id), DB_STR(uuid) };
	struct dbq *q;

	return sql_row(&s->sql, SQL_ENTITY_EXISTS, v, 2, &q, e);
}

int global_id(struct globals *g, struct session *s, const char *uuid, int64_t *id,
    struct err *e)
{
	size_t slot = XXH3_64bits(uuid, strlen(uuid)) % GLOBALS_KNOWN;
	struct dbval v = DB_STR(uuid);
	struct dbq *q;
	int rc;

	if (strcmp(g->known[slot].uuid, uuid) == 0) {
		*id = g->known[slot].id;
		return 1;
	}
	if (s->dry_run && (rc = dry_knows(s, uuid, e)) != 0)
		return rc;
	if (!s->has_ledger || strlen(uuid) != UUID_LEN)
		return 0;
	rc = sql_row(&s->sql, SQL_GLOBAL_GET, &v, 1, &q, e);
	if (rc <= 0)
		return rc;
	*id = dbq_int(q, 0);
	rc = still_there(s, uuid, *id, e);
	if (rc == 1) {
		strcpy(g->known[slot].uuid, uuid);
		g->known[slot].id = *id;
	}
	return rc;
}
