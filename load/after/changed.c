#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "after/changed.h"
#include "base/names.h"
#include "count.h"
#include "io.h"
#include "run/principal.h"
#include "kinds/schema.h"
#include "shown.h"

#define GONE_SHOWN 100		/* users who are not in P7 any more */

struct changed {
	struct load *l;
	struct io_out out;
	int64_t *seen;		/* rows of p7m_users that the stream has a block of */
	size_t n, size;
	uint64_t gone;
};

static int saw(struct changed *c, int64_t row, struct err *e)
{
	int64_t *p;

	if (c->n == c->size) {
		p = realloc(c->seen, (c->size + 512) * 2 * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		c->seen = p;
		c->size = (c->size + 512) * 2;
	}
	c->seen[c->n++] = row;
	return 0;
}

/* A user, or a principal that is none, as --undo takes them. */
static int say_changed(struct changed *c, const char *words, struct err *e)
{
	const struct user *u = &c->l->user;
	struct buf line = BUF_INIT(8192);
	int rc;

	if (u->principal) {
		buf_adds(&line, PRINCIPAL_PREFIX);
		shown_put(&line, u->public_id, strlen(u->public_id));
	} else {
		c->l->counts.changed++;
		buf_adds(&line, u->email);
	}
	buf_addf(&line, "\t%s\n", words);
	rc = line.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    io_out_write(&c->out, line.data, line.len, e);
	buf_free(&line);
	return rc;
}

static int end(struct changed *c, struct err *e)
{
	struct buf words = BUF_INIT(4096);
	struct load *l = c->l;
	int rc = 0;

	if (l->user.open && l->user.mode == UM_THERE)
		rc = saw(c, l->user.row, e) < 0 ? -1 : parts_changed(l, &words, e);
	if (rc == 1)
		rc = say_changed(c, words.data, e);
	buf_free(&words);
	l->user.open = false;
	return rc;
}

/* Who is not in P8 is not of interest. */
static int begin_principal(struct load *l, struct err *e)
{
	struct ledger_user led;
	int rc = ledger_user_get(&l->s.sql, jr_str(&l->in.si.doc, NULL, "uuid", ""), &led, e);

	l->user.open = false;
	return rc < 0 ? -1 : led.state == US_DONE ? principal_begin(l, e) : 0;
}

static int one_record(struct changed *c, struct err *e)
{
	struct load *l = c->l;
	const char *kind = l->in.si.kind;

	if (strcmp(kind, "USER_BEGIN") == 0)
		return user_begin(l, e);
	if (strcmp(kind, "PRINCIPAL_BEGIN") == 0)
		return begin_principal(l, e);
	if (strcmp(kind, "USER_END") == 0 || strcmp(kind, "PRINCIPAL_END") == 0)
		return end(c, e);
	if (!l->user.open || l->user.mode != UM_THERE)
		return 0;
	return schema_check(&l->in.si, e) < 0 ? -1 : parts_source(l, e);
}

static int by_number(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static bool has_all_users(const struct load *l)
{
	const struct jdoc *h = &l->in.si.header;

	return load_has_all(l) && jr_int(h, jr_get(h, NULL, "selection"), "except", 0) == 0;
}

static void say_gone(struct changed *c, const char *email)
{
	struct buf name = BUF_INIT(8192);

	if (++c->gone > GONE_SHOWN)
		return;
	shown_put(&name, email, strlen(email));
	if (!name.failed)
		fprintf(stderr, "p8-load: %s is not in P7 any more; P8 keeps the user (p8-load"
		    " --p8 DIR --undo EMAIL takes them out)\n", name.data);
	buf_free(&name);
}

/* A stream of all users shows who of those that came from this P7 has left it. */
static int find_gone(struct changed *c, struct err *e)
{
	struct dbval v = DB_STR(c->l->in.source);
	struct dbq q;
	int64_t row;
	int rc;

	if (!has_all_users(c->l))
		return 0;
	if (c->n > 0)
		qsort(c->seen, c->n, sizeof(*c->seen), by_number);
	if (sql_prepare(c->l->s.t, &q, "SELECT id, email FROM {p7m_users} WHERE state='done' AND"
	    " principal=0 AND source=? ORDER BY id", e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		row = dbq_int(&q, 0);
		if (c->n == 0 || bsearch(&row, c->seen, c->n, sizeof(row), by_number) == NULL)
			say_gone(c, dbq_str(&q, 1));
	}
	dbq_close(&q);
	return rc;
}

static int all(struct changed *c, const char *path, struct err *e)
{
	int rc;

	if (io_out_open(&c->out, path, false, e) < 0)
		return -1;
	while ((rc = si_next(&c->l->in.si, e)) == 1)
		if (one_record(c, e) < 0) {
			rc = -1;
			break;
		}
	if (rc == 0)
		rc = find_gone(c, e);
	if (rc == 0)
		return io_out_close(&c->out, e);
	io_out_abort(&c->out);
	return -1;
}

static void summary(const struct changed *c, bool quiet)
{
	const struct load *l = c->l;

	if (!quiet)
		fprintf(stderr, "p8-load: %s changed in P7 since\n",
		    COUNT(l->counts.changed, "user"));
	if (c->gone > GONE_SHOWN)
		fprintf(stderr, "p8-load: %s in all are not in P7 any more\n",
		    COUNT(c->gone, "user"));
	/* Nobody is to take them for unchanged. */
	if (l->left.uncompared > 0)
		fprintf(stderr, "p8-load: not compared with P7: %s, loaded by an earlier"
		    " release or from an altered stream\n", COUNT(l->left.uncompared, "user"));
}

int changed_run(struct target *t, const struct load_opts *o, const char *path, struct err *e)
{
	struct load_opts lo = { .input = o->input, .edited = o->edited, .dry_run = true,
	    .compare = true, .quiet = true, .transaction_rows = LOAD_ROWS,
	    .progress = o->progress };
	struct load *l = calloc(1, sizeof(*l));
	struct changed c = { .l = l };
	int rc;

	if (l == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = ledger_needed(t, e);
	if (rc == 0) {
		rc = load_open(l, t, &lo, e);
		if (rc == 0)
			rc = all(&c, path, e);
		if (rc == 0)
			summary(&c, o->quiet);
		load_close(l);
	}
	free(c.seen);
	free(l);
	return rc;
}
