#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/links.h"
#include "base/names.h"
#include "kinds/readback.h"
#include "after/readcalendars.h"
#include "disk/readfiles.h"
#include "target/sql.h"

int readback_open(struct readback *r, struct target *t, struct err *e)
{
	memset(r, 0, sizeof(*r));
	r->t = t;
	buf_init(&r->lines, READBACK_LINES_MAX);
	r->window = calloc(READBACK_WINDOW, sizeof(*r->window));
	r->names = calloc(1, sizeof(*r->names));
	if (r->window == NULL || r->names == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (sql_prepare(t, &r->own,
		"SELECT what, first, last, step, kind FROM {p7m_own} WHERE user_id=?"
		" ORDER BY what, first",
		e) < 0 ||
	    sql_prepare(t, &r->kinds,
		"SELECT kind, things, value_rows, hash FROM {p7m_kinds}"
		" WHERE user_id=?",
		e) < 0 ||
	    sql_prepare(t, &r->ents,
		"SELECT id, uuid, parent_uuid, entity_type, module_name"
		" FROM {eav_entities} WHERE id BETWEEN ? AND ?",
		e) < 0 ||
	    sql_prepare(t, &r->books,
		"SELECT id, principaluri, uri, {:dav displayname}, {:dav description}"
		" FROM {adav_addressbooks} WHERE id BETWEEN ? AND ?",
		e) < 0 ||
	    sql_prepare(t, &r->cards,
		"SELECT c.id, b.uri, c.uri, c.carddata, c.lastmodified"
		" FROM {adav_cards} c JOIN {adav_addressbooks} b ON b.id=c.addressbookid"
		" WHERE c.id BETWEEN ? AND ?",
		e) < 0 ||
	    sql_prepare(t, &r->files,
		"SELECT root, path, directory, size, sha256, mtime FROM {p7m_files}"
		" WHERE user_id=?",
		e) < 0)
		return -1;
	return attrread_open(&r->attrs, t, e);
}

void readback_close(struct readback *r)
{
	dbq_close(&r->own);
	dbq_close(&r->kinds);
	dbq_close(&r->ents);
	dbq_close(&r->books);
	dbq_close(&r->cards);
	dbq_close(&r->files);
	dbq_close(&r->links);
	dbq_close(&r->link_rows);
	readcalendars_close(r);
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

struct readback_kind *readback_kind(struct readback *r, const char *name)
{
	struct readback_kind *k = readback_find(r, name);

	if (k != NULL || r->n == STREAM_KINDS)
		return k;
	k = &r->k[r->n++];
	memset(k, 0, sizeof(*k));
	snprintf(k->name, sizeof(k->name), "%s", name);
	return k;
}

static int too_many(struct err *e)
{
	return err_set(e, EXIT_DATA, "the ledger has more than %d kinds", STREAM_KINDS);
}

/* GOT without each set of the values that P8 may have filled, the empty one first. */
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

bool readback_differs(const struct readback_kind *k)
{
	/* P8 sends a reminder, and then removes it or moves it to the next time. */
	if (strcmp(k->name, DAV_REMINDER) == 0 && k->got.things < k->want.things)
		return false;
	/* P8 removes that of a folder which the mail server does not have. */
	if (strcmp(k->name, KIND_SYSTEM_FOLDER) == 0 && k->got.things < k->want.things)
		return false;
	return k->want.things != k->got.things || !same_rows(k);
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

static int read_kinds(struct readback *r, int64_t user, struct err *e)
{
	struct dbval v = DB_INT(user);
	struct readback_kind *k;
	int rc;

	if (dbq_run(&r->kinds, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(&r->kinds, e)) == 1) {
		k = readback_kind(r, dbq_str(&r->kinds, 0));
		if (k == NULL)
			return too_many(e);
		k->want.things = (uint64_t)dbq_int(&r->kinds, 1);
		k->want.rows = (uint64_t)dbq_int(&r->kinds, 2);
		k->want.hash = strtoull(dbq_str(&r->kinds, 3), NULL, 10);
	}
	return rc;
}

static int read_runs(struct readback *r, int64_t user, struct err *e)
{
	struct dbval v = DB_INT(user);
	struct readback_run *p;
	struct readback_kind *k;
	int rc;

	r->nruns = 0;
	if (dbq_run(&r->own, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(&r->own, e)) == 1) {
		k = readback_kind(r, dbq_str(&r->own, 4));
		if (k == NULL)
			return too_many(e);
		if (r->nruns == r->runs_size) {
			p = realloc(r->runs, (r->runs_size + 64) * 2 * sizeof(*p));
			if (p == NULL)
				return err_set(e, EXIT_TEMPORARY, "out of memory");
			r->runs = p;
			r->runs_size = (r->runs_size + 64) * 2;
		}
		r->runs[r->nruns++] = (struct readback_run){ dbq_str(&r->own, 0)[0],
		    dbq_int(&r->own, 1), dbq_int(&r->own, 2), dbq_int(&r->own, 3),
		    (unsigned)(k - r->k) };
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

static int read_entities(struct readback *r, size_t run, const int64_t w[2], struct err *e)
{
	struct dbval v[] = { DB_INT(w[0]), DB_INT(w[1]) };
	const struct interned *type;
	struct readback_ent *ent;
	int64_t id;
	int rc, kind;

	memset(r->window, 0, (size_t)(w[1] - w[0] + 1) * sizeof(*r->window));
	if (dbq_run(&r->ents, v, 2, e) < 0)
		return -1;
	while ((rc = dbq_next(&r->ents, e)) == 1) {
		id = dbq_int(&r->ents, 0);
		kind = readback_kind_of(r, 'e', run, id);
		if (kind < 0)
			continue;
		ent = &r->window[id - w[0]];
		type = intern(r->names, dbq_str(&r->ents, 3), r->ents.col[3].n);
		if (type == NULL)
			return err_set(e, EXIT_DATA, "P8 has too many entity types");
		*ent = (struct readback_ent){ true, (unsigned)kind, "", type->s };
		snprintf(ent->uuid, sizeof(ent->uuid), "%s", dbq_str(&r->ents, 1));
		r->k[kind].got.things++;
		r->k[kind].got.hash += rowhash_entity(ent->uuid, dbq_str(&r->ents, 2), type->s,
		    dbq_str(&r->ents, 4));
	}
	return rc;
}

static int read_attrs(struct readback *r, enum attr_type t, const int64_t w[2], struct err *e)
{
	struct dbq *q = attrread_run(&r->attrs, t, w, e);
	const struct readback_ent *ent;
	struct readback_kind *k;
	uint64_t hash;
	bool filled;
	int rc;

	if (q == NULL)
		return -1;
	while ((rc = dbq_next(q, e)) == 1) {
		ent = &r->window[dbq_int(q, 0) - w[0]];
		if (!ent->ours || rowhash_volatile(ent->type, dbq_str(q, 1)))
			continue;
		filled = rowhash_filled(ent->type, dbq_str(q, 1));
		if (filled && q->col[2].n == 0)
			continue;
		hash = rowhash_attr(ent->uuid, attr_type_name[t], q->col[1].p, q->col[1].n,
		    q->col[2].p, q->col[2].n);
		k = &r->k[ent->kind];
		k->got.rows++;
		k->got.hash += hash;
		if (filled && k->nfilled < READBACK_FILLED)
			k->filled[k->nfilled++] = hash;
	}
	return rc;
}

static int eav(struct readback *r, struct err *e)
{
	int64_t at = 0, w[2];
	size_t run = 0;
	unsigned t;

	while (readback_window(r, 'e', &run, &at, w)) {
		if (read_entities(r, run, w, e) < 0)
			return -1;
		for (t = 0; t < AT_COUNT; t++)
			if (read_attrs(r, t, w, e) < 0)
				return -1;
	}
	return 0;
}

int readback_entity(struct readback *r, int64_t id, const char *kind, struct err *e)
{
	struct readback_run one = { 'e', id, id, 1, 0 }, *runs = r->runs;
	size_t nruns = r->nruns;
	int rc;

	r->n = 0;
	readback_kind(r, kind);
	r->runs = &one;
	r->nruns = 1;
	rc = eav(r, e);
	r->runs = runs;
	r->nruns = nruns;
	return rc;
}

static int books(struct readback *r, struct err *e)
{
	int64_t at = 0, w[2];
	struct dbq *q = &r->books;
	size_t run = 0;
	int rc, kind;

	while (readback_window(r, 'b', &run, &at, w)) {
		struct dbval v[] = { DB_INT(w[0]), DB_INT(w[1]) };

		if (dbq_run(q, v, 2, e) < 0)
			return -1;
		while ((rc = dbq_next(q, e)) == 1) {
			kind = readback_kind_of(r, 'b', run, dbq_int(q, 0));
			if (kind < 0)
				continue;
			r->k[kind].got.things++;
			r->k[kind].got.hash += rowhash_book(dbq_str(q, 1), dbq_str(q, 2),
			    dbq_str(q, 3), q->col[3].n, dbq_str(q, 4));
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

static int cards(struct readback *r, struct err *e)
{
	int64_t at = 0, w[2];
	struct dbq *q = &r->cards;
	size_t run = 0;
	int rc, kind;

	while (readback_window(r, 'c', &run, &at, w)) {
		struct dbval v[] = { DB_INT(w[0]), DB_INT(w[1]) };

		if (dbq_run(q, v, 2, e) < 0)
			return -1;
		while ((rc = dbq_next(q, e)) == 1) {
			kind = readback_kind_of(r, 'c', run, dbq_int(q, 0));
			if (kind < 0)
				continue;
			r->k[kind].got.things++;
			r->k[kind].got.hash += rowhash_card(dbq_str(q, 1), dbq_str(q, 2),
			    q->col[2].n, dbq_str(q, 3), q->col[3].n, dbq_int(q, 4));
		}
		if (rc < 0)
			return -1;
	}
	return 0;
}

int readback_user(struct readback *r, const struct readback_user *u, struct err *e)
{
	r->n = 0;
	if (read_kinds(r, u->row, e) < 0 || read_runs(r, u->row, e) < 0 || eav(r, e) < 0 ||
	    books(r, e) < 0 || cards(r, e) < 0 || readfiles(r, u->row, u->uuid, e) < 0 ||
	    links_read(r, u->row, e) < 0)
		return -1;
	return readcalendars(r, u, e);
}
