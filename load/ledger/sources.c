#include <stdlib.h>
#include <string.h>

#include "ledger/ledger.h"
#include "ledger/sources.h"

static bool same(const struct source_id *a, const struct source_id *b)
{
	unsigned i;

	if (strcmp(a->id, b->id) != 0 || strcmp(a->base, b->base) != 0 ||
	    strcmp(a->database, b->database) != 0 || a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->oldest[i], b->oldest[i]) != 0)
			return false;
	return true;
}

static bool has(const struct sources *s, const struct source_id *id)
{
	unsigned i;

	for (i = 0; i < s->n; i++)
		if (same(&s->v[i], id))
			return true;
	return false;
}

static int take_header(struct sources *s, const char *text, size_t n, struct err *e)
{
	struct buf copy = BUF_INIT(BUF_RECORD_MAX);
	struct err ignored = { .msg = "" };
	struct jdoc d = { 0 };
	struct source_id id;

	buf_add(&copy, text, n);
	if (copy.failed) {
		buf_free(&copy);
		return err_memory(e);
	}
	if (n > 0 && jr_parse(&d, copy.data, copy.len, &ignored) == 0 &&
	    source_read(&d, jr_get(&d, NULL, "source"), &id) && !has(s, &id))
		s->v[s->n++] = id;
	jr_free(&d);
	buf_free(&copy);
	return 0;
}

int sources_read(struct target *t, struct sources *s, struct err *e)
{
	struct dbq q;
	int rc = ledger_exists(t, e);

	memset(s, 0, sizeof(*s));
	if (rc <= 0)
		return rc;
	s->v = calloc(SOURCES_MAX, sizeof(*s->v));
	if (s->v == NULL)
		return err_memory(e);
	if (sql_prepare(t, &q, "SELECT header FROM {p7m_runs} WHERE header IS NOT NULL"
	    " ORDER BY started DESC, run", e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	while (rc >= 0 && s->n < SOURCES_MAX && (rc = dbq_next(&q, e)) == 1)
		rc = take_header(s, dbq_str(&q, 0), q.col[0].n, e);
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

void sources_free(struct sources *s)
{
	free(s->v);
	memset(s, 0, sizeof(*s));
}

void sources_array(struct jsonw *w, const struct sources *s)
{
	unsigned i;

	jw_array(w);
	for (i = 0; i < s->n; i++) {
		jw_object(w);
		jw_kv_str(w, "id", s->v[i].id);
		jw_kv_str(w, "database", s->v[i].database);
		source_put(w, &s->v[i]);
		jw_object_end(w);
	}
	jw_array_end(w);
}

void sources_put(struct jsonw *w, const void *sources)
{
	jw_key(w, "sources");
	sources_array(w, sources);
}

int sources_check(struct target *t, const struct jdoc *header, struct err *e)
{
	struct source_id ours;
	struct sources s = { 0 };
	unsigned i, same;
	int rc = 0;

	if (!source_read(header, jr_get(header, NULL, "source"), &ours) || ours.base[0] == '\0')
		return 0;
	rc = sources_read(t, &s, e);
	for (i = 0, same = s.n; rc == 0 && i < s.n; i++) {
		if (strcmp(s.v[i].id, ours.id) == 0)
			break;
		if (same == s.n && source_compare(&ours, &s.v[i]) == SOURCE_SAME)
			same = i;
	}
	if (rc == 0 && i == s.n && same < s.n)
		rc = err_set(e, EXIT_CONFIG, "the ledger knows this P7 (database %s) as source %s,"
		    " not as %s; give p7-migrate or p7-extract --source-id %s, so that what"
		    " is there is found",
		    ours.database, s.v[same].id, ours.id, s.v[same].id);
	sources_free(&s);
	return rc;
}
