#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "ledger/users.h"

void known_user_free(struct known_user *u)
{
	free(u->email);
	free(u->public_id);
	free(u->uuid);
	memset(u, 0, sizeof(*u));
}

int known_user_find(struct target *t, const char *where, struct dbval v, const char *source,
    struct known_user *u, struct err *e)
{
	struct dbval of[] = { v, DB_STR(source != NULL ? source : "") };
	char text[480];
	struct dbq q;
	int rc;

	memset(u, 0, sizeof(*u));
	snprintf(text, sizeof(text),
	    "SELECT id, IF(principal, SUBSTRING(email, 11), email), IF(principal, "
	    LEDGER_PRINCIPAL ", COALESCE(public_id, '')), uuid, entity, state, principal"
	    " FROM {p7m_users} WHERE %s AND ? IN ('', source) ORDER BY %s id LIMIT 1",
	    where, strcmp(where, "id>?") == 0 ? "" : "state='failed',");
	if (sql_prepare(t, &q, text, e) < 0)
		return -1;
	rc = dbq_run(&q, of, 2, e);
	if (rc == 0)
		rc = dbq_next(&q, e);
	if (rc == 1) {
		u->id = dbq_int(&q, 0);
		u->email = strdup(dbq_str(&q, 1));
		u->public_id = strdup(dbq_str(&q, 2));
		u->uuid = strdup(dbq_str(&q, 3));
		u->entity = dbq_int(&q, 4);
		u->principal = dbq_int(&q, 6) != 0;
		snprintf(u->state, sizeof(u->state), "%s", dbq_str(&q, 5));
		if (u->email == NULL || u->public_id == NULL || u->uuid == NULL)
			rc = err_memory(e);
	}
	dbq_close(&q);
	return rc;
}
