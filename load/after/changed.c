#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "run/parts.h"
#include "kinds/kinds.h"
#include "after/blocks.h"
#include "after/changed.h"
#include "base/names.h"
#include "count.h"
#include "io.h"
#include "shown.h"

#define GONE_SHOWN 100		/* users who are not in P7 any more */

struct changed {
	struct load *l;
	const char *path;	/* the list */
	bool quiet;
	struct io_out out;
	int64_t *seen;		/* rows of p7m_users that the stream has a block of */
	size_t n, size;
	uint64_t gone;
};

static int saw(struct changed *c, int64_t row, struct err *e)
{
	if (GROW(c->seen, c->n, c->size, e) < 0)
		return -1;
	c->seen[c->n++] = row;
	return 0;
}

/* A user, or a principal that is none, as --undo takes them. */
static int write_changed(struct changed *c, const char *words, struct err *e)
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
	rc = buf_check(&line, e);
	if (rc == 0)
		rc = io_out_write(&c->out, line.data, line.len, e);
	buf_free(&line);
	return rc;
}

static int begin(void *arg, struct err *e)
{
	(void)arg;
	(void)e;
	return 0;
}

static int record(void *arg, struct err *e)
{
	return kinds_source(&((struct changed *)arg)->l->x, e);
}

static int end(void *arg, struct err *e)
{
	struct changed *c = arg;
	struct load *l = c->l;
	struct buf words = BUF_INIT(4096);
	int rc = 0;

	if (l->user.open && l->user.mode == UM_THERE)
		rc = saw(c, l->user.row, e) < 0 ? -1 : parts_changed(l, &words, e);
	if (rc == 1)
		rc = write_changed(c, words.data, e);
	buf_free(&words);
	return rc;
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

static void print_gone(struct changed *c, const char *email)
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

/* Only a stream of all users shows which of the users loaded from this P7 have left it. */
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
			print_gone(c, dbq_str(&q, 1));
	}
	dbq_close(&q);
	return rc;
}

static void summary(const struct changed *c)
{
	const struct load *l = c->l;

	if (!c->quiet)
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

static int run(void *arg, struct load *l, struct err *e)
{
	static const struct blocks blocks = { .begin = begin, .record = record, .end = end };
	struct changed *c = arg;

	c->l = l;
	if (io_out_open(&c->out, c->path, false, e) < 0)
		return -1;
	if (blocks_read(l, &blocks, c, e) < 0 || find_gone(c, e) < 0) {
		io_out_abort(&c->out);
		return -1;
	}
	if (io_out_close(&c->out, e) < 0)
		return -1;
	summary(c);
	return 0;
}

int changed_run(struct target *t, const struct load_opts *o, const char *path, struct err *e)
{
	struct changed c = { .path = path, .quiet = o->quiet };
	int rc = blocks_run(t, o, run, &c, e);

	free(c.seen);
	return rc;
}
