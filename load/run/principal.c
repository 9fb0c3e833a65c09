#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "kinds/note.h"
#include "run/user.h"
#include "run/driver.h"
#include "run/principal.h"
#include "utf8.h"

#define UNIT_MAX 250		/* bytes of a unit's name in the ledger */

int principal_begin(struct load *l, struct err *e)
{
	const char *uri = jr_str(&l->in.si.doc, NULL, "principal", "");
	const char *uuid = jr_str(&l->in.si.doc, NULL, "uuid", "");
	size_t n = strlen(PRINCIPAL_PREFIX), len;
	struct user *u = &l->user;
	bool nul = uri[0] != '\0' && jr_get(&l->in.si.doc, NULL, "principal")->n != strlen(uri);

	user_reset(u);
	if (strncmp(uri, PRINCIPAL_PREFIX, n) != 0 || uri[n] == '\0' ||
	    !uuid_parse(uuid, strlen(uuid), u->uuid))
		return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": PRINCIPAL_BEGIN needs "
		    "\"principal\" and \"uuid\"; is it from p7-transform?", l->in.si.io.name,
		    l->in.si.lineno);
	u->open = u->principal = u->has_user = u->heir_known = true;
	/* Of one that P8 has no room for the calendars are rejected; this has its beginning. */
	len = utf8_cut(uri, strlen(uri), UNIT_MAX - strlen(PRINCIPAL_UNIT));
	snprintf(u->email, sizeof(u->email), PRINCIPAL_UNIT "%.*s", (int)len, uri);
	snprintf(u->public_id, sizeof(u->public_id), "%.*s", (int)(len - n), uri + n);
	if (user_open(l, e) < 0)
		return -1;
	return !nul ? 0 : user_reject(l, "principal-with-nul", "the name of the principal has NUL"
	    " bytes, which no name has", "give p8-load the stream as p7-transform made it", e);
}

/* P8's user of that name: 1 the migration's (whose spelling is taken), 2 P8's own, 0 none. */
static int user_of(struct load *l, struct err *e)
{
	struct dbval v[] = { DB_STR(l->user.public_id), DB_STR(TYPE_USER) };
	struct ledger_user led = { .id = 0 };
	char uuid[UUID_LEN + 1];
	struct dbq *q;
	int rc;

	rc = sql_row(&l->s.sql, SQL_PUBLIC_ID, v, 2, &q, e);
	if (rc != 1)
		return rc;
	snprintf(l->user.public_id, sizeof(l->user.public_id), "%s", dbq_str(q, 2));
	snprintf(uuid, sizeof(uuid), "%s", dbq_str(q, 1));
	if (l->s.has_ledger && ledger_user_get(&l->s.sql, uuid, &led, e) < 0)
		return -1;
	return led.id != 0 && led.state != US_FAILED ? 1 : 2;
}

int principal_check(struct load *l, struct err *e)
{
	int rc = user_of(l, e);

	if (rc == 2)
		return user_reject(l, "calendars-of-foreign-user", "P8 had this user before the "
		    "migration", "export the calendars from P7 and import them in P8", e);
	if (rc != 0 || strlen(PRINCIPAL_PREFIX) + strlen(l->user.public_id) > DAV_PRINCIPAL_MAX)
		return rc < 0 ? -1 : 0;
	return note_item(&l->x, (struct report_item){ .code = "principal-without-user",
	    .table = "adav_principals", .id = -1,
	    .reason = "these calendars belong to no account of P7",
	    .action = "calendars, objects and reminders are in P8 under the same principal" }, e);
}
