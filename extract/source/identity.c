#include <stdio.h>
#include <string.h>

#include "source/identity.h"
#include "database/rows.h"
#include "base/warning.h"

static int take_fact(void *arg, const struct rows *rows, struct err *e)
{
	struct source_id *s = arg;
	const char *created = rows_str(rows, 1);
	bool known = created[0] != '\0' && strncmp(created, "0000", 4) != 0;

	(void)e;
	if (s->n < SOURCE_OLDEST)
		snprintf(s->oldest[s->n++], SOURCE_FACT, "%lld %s%.64s",
		    (long long)rows_int(rows, 0), known ? "" : "@",
		    known ? created : rows_str(rows, 2));
	return 0;
}

/*
 * The users with the lowest numbers.  Numbers and times of creation never change; without a time
 * the domain of the e-mail has to do, which outlives most new names.
 */
static int read_oldest(struct source_id *s, struct db *db, const struct catalog *c,
    struct err *e)
{
	const struct cat_table *settings = catalog_table(c, "awm_settings");
	bool created = settings != NULL && cat_has(settings, "created_time");
	struct buf sql = BUF_INIT(8192);

	sql_addf(&sql, c, "SELECT a.id_user,%s,a.domain FROM (SELECT id_user,"
	    "LOWER(SUBSTRING_INDEX(MIN(email),'@',-1)) domain FROM {awm_accounts t}"
	    " WHERE def_acct=1 AND mailing_list=0 GROUP BY id_user ORDER BY id_user LIMIT %d) a"
	    "%s ORDER BY a.id_user", created ? "CAST(MIN(s.created_time) AS CHAR)" : "NULL",
	    SOURCE_OLDEST, created ? " LEFT JOIN {awm_settings s} ON s.id_user=a.id_user"
	    " GROUP BY a.id_user,a.domain" : "");
	return rows_once(db, &sql, take_fact, s, e);
}

/* The one that it is takes its id over: 1, 0. */
static int take_known(struct source_id *s, const struct source_id *known)
{
	if (source_compare(s, known) != SOURCE_SAME)
		return 0;
	memcpy(s->id, known->id, sizeof(s->id));
	return 1;
}

static void tell_alike(const struct source_id *s, const struct source_id *known)
{
	if (source_compare(s, known) == SOURCE_ALIKE)
		warning("P8 has users of another P7 with the same salt and prefix (database %s,"
		    " source %s); if it is this one, moved or restored, give p7-migrate or"
		    " p7-extract --source-id %s", known->database, known->id, known->id);
}

/* --known-sources: a JSON array, as it stands in the description of the target. */
static int look_known(struct source_id *s, const char *list, bool tell, struct err *e)
{
	struct buf text = BUF_INIT(1 << 20);
	const struct jval *v, *first = NULL;
	struct source_id known;
	struct jdoc d = { 0 };
	bool found = false;
	int rc;

	buf_adds(&text, list);
	rc = text.failed ? -1 : jr_parse(&d, text.data, text.len, e);
	if (rc == 0 && d.v[0].type == J_ARRAY)
		first = jr_first(&d, d.v);
	else
		rc = err_set(e, EXIT_USAGE, "--known-sources needs the list \"sources\" of what"
		    " p8-load --describe writes");
	for (v = first; v != NULL && !found; v = jr_next(&d, v))
		found = source_read(&d, v, &known) && strcmp(s->id, known.id) == 0;
	for (v = first; v != NULL && !found; v = jr_next(&d, v))
		found = source_read(&d, v, &known) && take_known(s, &known);
	for (v = first; v != NULL && !found && tell; v = jr_next(&d, v))
		if (source_read(&d, v, &known))
			tell_alike(s, &known);
	jr_free(&d);
	buf_free(&text);
	return rc;
}

int identity_make(struct source_id *s, struct site *site, const struct opts *o, struct db *db,
    const struct catalog *c, struct err *e)
{
	memset(s, 0, sizeof(*s));
	snprintf(s->database, sizeof(s->database), "%s", db->name);
	snprintf(s->base, sizeof(s->base), "%s", site->base_id);
	if (read_oldest(s, db, c, e) < 0)
		return -1;
	if (o->source_id != NULL)
		memcpy(s->id, site->source_id, sizeof(s->id));
	else {
		source_make(s);
		if (o->known_sources != NULL &&
		    look_known(s, o->known_sources, o->list_users, e) < 0)
			return -1;
	}
	memcpy(site->source_id, s->id, sizeof(site->source_id));
	uuid_raw(site->source_id, site->ns);
	return 0;
}
