#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "base/names.h"
#include "kinds/readback.h"
#include "target/sql.h"

int readback_open(struct readback *r, struct target *t, struct err *e)
{
	memset(r, 0, sizeof(*r));
	r->t = t;
	buf_init(&r->lines, READBACK_LINES_MAX);
	r->window = calloc(READBACK_WINDOW, sizeof(*r->window));
	r->names = calloc(1, sizeof(*r->names));
	if (r->window == NULL || r->names == NULL)
		return err_memory(e);
	return attrread_open(&r->attrs, t, e);
}

void readback_close(struct readback *r)
{
	unsigned i;

	for (i = 0; i < RB_QUERIES; i++)
		dbq_close(&r->q[i]);
	attrread_close(&r->attrs);
	buf_free(&r->lines);
	free(r->runs);
	free(r->window);
	if (r->names != NULL)
		intern_free(r->names);
	free(r->names);
	memset(r, 0, sizeof(*r));
}

struct readback_kind *readback_find(struct readback *r, const char *name)
{
	unsigned i;

	for (i = 0; i < r->n; i++)
		if (strcmp(r->k[i].name, name) == 0)
			return &r->k[i];
	return NULL;
}

struct readback_kind *readback_kind(struct readback *r, const char *name, struct err *e)
{
	struct readback_kind *k = readback_find(r, name);

	if (k != NULL)
		return k;
	if (r->n == STREAM_KINDS) {
		err_set(e, EXIT_DATA, "the ledger has too many kinds");
		return NULL;
	}
	k = &r->k[r->n++];
	memset(k, 0, sizeof(*k));
	snprintf(k->name, sizeof(k->name), "%s", name);
	return k;
}

/* Is there a set of filled values that were empty when they were loaded? */
static bool same_rows(const struct readback_kind *k)
{
	uint64_t rows, hash;
	unsigned set, i;

	for (set = 0; set < 1u << k->nfilled; set++) {
		rows = k->got.rows;
		hash = k->got.hash;
		for (i = 0; i < k->nfilled; i++) {
			rows -= set >> i & 1;
			hash -= set >> i & 1 ? k->filled[i] : 0;
		}
		if (rows == k->want.rows && hash == k->want.hash)
			return true;
	}
	return false;
}

bool readback_same(const struct readback_kind *k)
{
	return k->want.things == k->got.things && same_rows(k);
}

bool readback_differs(const struct readback_kind *k)
{
	/*
	 * P8 sends a reminder, and then removes it or moves it to the next time.  It removes the
	 * system folder that the mail server does not have.
	 */
	if (k->got.things < k->want.things && (strcmp(k->name, DAV_REMINDER) == 0 ||
	    strcmp(k->name, KIND_SYSTEM_FOLDER) == 0))
		return false;
	return !readback_same(k);
}

const char *readback_line(const struct readback *r, const char **at, size_t *n)
{
	const char *line = *at != NULL ? *at : r->lines.data, *end;

	end = line != NULL ? strchr(line, '\n') : NULL;
	if (end == NULL)
		return NULL;
	*n = (size_t)(end - line);
	*at = end + 1;
	return line;
}

void readback_add(struct readback_kind *k, uint64_t rows, uint64_t hash)
{
	k->got.things++;
	k->got.rows += rows;
	k->got.hash += hash;
}

struct rowhash_text readback_text(const struct dbq *q, unsigned i)
{
	return (struct rowhash_text){ q->col[i].p, q->col[i].n };
}

struct dbq *readback_run(struct readback *r, enum readback_query q, const char *text,
    const struct dbval *v, unsigned n, struct err *e)
{
	if (r->q[q].st == NULL && sql_prepare(r->t, &r->q[q], text, e) < 0)
		return NULL;
	return dbq_run(&r->q[q], v, n, e) < 0 ? NULL : &r->q[q];
}

int readback_rows(struct readback *r, enum readback_query q, const char *text,
    const struct dbval *v, unsigned n, struct readback_kind *k, readback_row *row, struct err *e)
{
	struct dbq *rows = readback_run(r, q, text, v, n, e);
	int rc = rows != NULL ? 0 : -1;

	while (rc >= 0 && (rc = dbq_next(rows, e)) == 1)
		row(r, k, rows);
	return rc;
}

/* What the ledger says of the user's kinds. */
static int read_kinds(struct readback *r, const struct dbval *user, struct err *e)
{
	struct dbq *q = readback_run(r, RB_KINDS, "SELECT kind, things, value_rows, hash FROM"
	    " {p7m_kinds} WHERE user_id=?", user, 1, e);
	struct readback_kind *k;
	int rc = q != NULL ? 0 : -1;

	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		k = readback_kind(r, dbq_str(q, 0), e);
		if (k == NULL)
			return -1;
		k->want = (struct kind_sum){ (uint64_t)dbq_int(q, 1), (uint64_t)dbq_int(q, 2),
		    strtoull(dbq_str(q, 3), NULL, 10) };
	}
	return rc;
}

static int read_runs(struct readback *r, const struct dbval *user, struct err *e)
{
	struct dbq *q = readback_run(r, RB_OWN, "SELECT what, first, last, step, kind FROM"
	    " {p7m_own} WHERE user_id=? ORDER BY what, first", user, 1, e);
	struct readback_kind *k;
	int rc = q != NULL ? 0 : -1;

	r->nruns = 0;
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		k = readback_kind(r, dbq_str(q, 4), e);
		if (k == NULL || GROW(r->runs, r->nruns, r->runs_size, e) < 0)
			return -1;
		r->runs[r->nruns++] = (struct readback_run){ dbq_str(q, 0)[0], dbq_int(q, 1),
		    dbq_int(q, 2), dbq_int(q, 3), (unsigned)(k - r->k) };
	}
	return rc;
}

bool readback_window(struct readback *r, char what, size_t *run, int64_t *at, int64_t w[2])
{
	const struct readback_run *v = r->runs;
	size_t i = *run;

	while (i < r->nruns && (v[i].what != what || *at > v[i].last))
		i++;
	*run = i;
	if (i == r->nruns)
		return false;
	w[0] = *at > v[i].first ? *at : v[i].first;
	w[1] = v[i].last;
	for (i++; i < r->nruns && v[i].what == what && v[i].last - w[0] < READBACK_WINDOW &&
	    v[i].first - w[1] < READBACK_WINDOW / 8; i++)
		w[1] = v[i].last;
	if (w[1] - w[0] >= READBACK_WINDOW)
		w[1] = w[0] + READBACK_WINDOW - 1;
	*at = w[1] + 1;
	return true;
}

int readback_kind_of(const struct readback *r, char what, size_t run, int64_t id)
{
	const struct readback_run *v;

	for (; run < r->nruns; run++) {
		v = &r->runs[run];
		if (v->what == what && id >= v->first && id <= v->last)
			return (id - v->first) % v->step == 0 ? (int)v->kind : -1;
		if (v->what != what || v->first > id)
			break;
	}
	return -1;
}

int readback_ids(struct readback *r, char what, enum readback_query at, const char *text,
    readback_row *row, struct err *e)
{
	int64_t next = 0, w[2];
	struct dbq *q;
	size_t run = 0;
	int rc = 0, kind;

	while (rc >= 0 && readback_window(r, what, &run, &next, w)) {
		q = readback_run(r, at, text, (struct dbval[]){ DB_INT(w[0]), DB_INT(w[1]) }, 2, e);
		rc = q != NULL ? 0 : -1;
		while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
			kind = readback_kind_of(r, what, run, dbq_int(q, 0));
			if (kind >= 0)
				row(r, &r->k[kind], q);
		}
	}
	return rc;
}

int readback_begin(struct readback *r, const struct readback_user *u, struct err *e)
{
	struct dbval user = DB_INT(u->row);

	r->user = u;
	r->n = 0;
	r->overdue = r->shared = r->differing = 0;
	return read_kinds(r, &user, e) < 0 ? -1 : read_runs(r, &user, e);
}
