#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "grow.h"
#include "io.h"
#include "jsonr.h"
#include "jsonw.h"
#include "ledger/lists.h"
#include "ledger/reported.h"
#include "lines.h"
#include "shown.h"

#define LIST_MAX ((size_t)1 << 30)
#define JSON_MAX ((size_t)1 << 20)

static int add(void **root, const char *key, uint64_t n, struct err *e)
{
	struct strnode *at = strtree_put(root, key, "");

	if (at == NULL)
		return err_memory(e);
	at->n += n;
	return 0;
}

static int flag(struct reported *r, const char *name, unsigned flags, struct err *e)
{
	struct strnode *n = strtree_put(&r->name, name, "");

	if (n == NULL)
		return err_memory(e);
	n->flags |= flags;
	return 0;
}

static bool has(const struct reported *r, const char *name, unsigned flags)
{
	const struct strnode *n = strtree_get(&r->name, name);

	return n != NULL && (n->flags & flags) == flags;
}

/* Cut a line of --select into its COLUMN s; false: it is none. */
static bool columns(char *line, char *column[7])
{
	unsigned i;

	for (i = 0; i < 7 && line != NULL; i++)
		column[i] = strsep(&line, "\t");
	return i == 7 && line == NULL;
}

static int take_name(void *arg, char *line, struct err *e)
{
	struct reported *r = arg;
	char *c[7];
	bool mine;

	if (!columns(line, c))
		return err_set(e, EXIT_DATA, "%s is not what p8-load --select writes",
		    r->o->selected);
	if (strcmp(c[3], "-") != 0)
		snprintf(r->source, sizeof(r->source), "%s", c[3]);
	if (strcmp(c[0], "corporate") == 0) {
		r->all = true;
		return 0;
	}
	mine = strcmp(c[0], "passed") != 0;
	r->selected += mine;
	return flag(r, c[5], 0, e) < 0 || flag(r, c[6], mine ? MINE : 0, e) < 0 ? -1 : 0;
}

static int take_loaded(void *arg, char *const *c, struct err *e)
{
	struct reported *r = arg;
	char key[UUID_LEN + 24];
	struct strnode *n;

	snprintf(key, sizeof(key), "%s\t%s", c[0], c[1]);
	n = strtree_put(&r->there, key, c[2]);
	if (n == NULL)
		return err_memory(e);
	n->flags = strcmp(c[0], r->source) == 0;
	return n->flags ? flag(r, c[2], MIGRATED, e) : 0;
}

static int take_amount(void *arg, char *const *c, struct err *e)
{
	struct reported *r = arg;
	uint64_t n = strtoull(c[2], NULL, 10);

	if (add(&r->kinds, c[1], n, e) < 0)
		return -1;
	return r->all || has(r, c[0], MINE) ? add(&r->mine, c[1], n, e) : 0;
}

/* One reason more why NAME is not in P8; the same one counts once. */
static int take_why(struct reported *r, const char *name, const char *reason, const char *remedy,
    struct err *e)
{
	const char *then = strncmp(remedy, "run it again", 12) == 0 ? remedy + 12 : NULL;
	char key[1200], text[4096];
	struct strnode *n;

	snprintf(key, sizeof(key), "%s\t%s", name, reason);
	if (strtree_get(&r->seen, key) != NULL)
		return 0;
	if (strtree_put(&r->seen, key, "") == NULL ||
	    (n = strtree_put(&r->reasons, name, "")) == NULL)
		return err_memory(e);
	snprintf(key, sizeof(key), "%" PRIu64 "\t%s", ++n->n, name);
	snprintf(text, sizeof(text), "%s\t%s%s", reason, then ? r->o->rerun : remedy,
	    then ? then : "");
	return strtree_put(&r->why, key, text) != NULL ? 0 : err_memory(e);
}

static int take_not_migrated(void *arg, char *const *c, struct err *e)
{
	return take_why(arg, c[0], c[1], c[2], e);
}

/* "3 rows not carried: WHAT" of a table: how many, once for all runs that say it. */
static int take_left(struct reported *r, const struct jdoc *d, struct err *e)
{
	const char *reason = jr_str(d, NULL, "reason", "");
	const char *what = strstr(reason, " not carried: ");
	char key[1400];
	uint64_t n = strtoull(reason, NULL, 10);
	struct strnode *at;

	snprintf(key, sizeof(key), "%s\t%s", jr_str(d, NULL, "table", ""), n > 0 && what != NULL ?
	    what + 14 : reason);
	at = strtree_put(&r->left, key, jr_str(d, NULL, "done", ""));
	if (at == NULL)
		return err_memory(e);
	at->n = n == 0 ? at->n + 1 : n > at->n ? n : at->n;
	return 0;
}

/* Why a user was rejected. */
static int take_rejected(struct reported *r, const char *name, const struct jdoc *d, struct err *e)
{
	const char *reason = jr_str(d, NULL, "reason", ""), *remedy = jr_str(d, NULL, "remedy", "");
	struct buf a = BUF_INIT(BUF_RECORD_MAX), b = BUF_INIT(BUF_RECORD_MAX);
	int rc = 0;

	if (shown_str(&a, reason, e) < 0 || shown_str(&b, remedy, e) < 0)
		rc = -1;
	else
		rc = take_why(r, name, a.data, b.data, e);
	buf_free(&a);
	buf_free(&b);
	return rc;
}

/* The name of a record's user as lists show it; false: it is nobody's. */
static bool user_of(const struct jdoc *d, struct buf *out)
{
	const char *user = jr_str(d, NULL, "user", NULL);

	buf_reset(out);
	if (user == NULL)
		return false;
	shown_put(out, user, strlen(user));
	buf_addc(out, '\0');
	return !out->failed;
}

static int take_note(struct reported *r, struct jdoc *d, const char *line, size_t len,
    struct buf *user, struct err *e)
{
	bool reject = strcmp(jr_str(d, NULL, "kind", ""), "REJECT") == 0, known = user_of(d, user);
	bool mine = r->all || !known || has(r, user->data, MINE);
	const char *code = jr_str(d, NULL, "code", "");
	uint64_t n = (uint64_t)jr_int(d, NULL, "count", 1);

	if (!reject && strcmp(code, "not-carried") == 0)
		return take_left(r, d, e);
	if (!reject) {
		r->warnings += mine;
		return 0;
	}
	if (mine)
		reasons_add(&r->by_reason, line, len);
	*(mine ? &r->rejects : &r->others) += n;
	if (add(&r->codes, code, n, e) < 0)
		return -1;
	return known && strncmp(code, "user-", 5) == 0 ? take_rejected(r, user->data, d, e) : 0;
}

/* Call TAKE for each record of the rejects. */
static int each_note(struct reported *r, struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX), user = BUF_INIT(BUF_RECORD_MAX);
	struct jdoc d = { 0 };
	struct io_in in;
	bool whole;
	char *line;
	size_t n;
	int rc;

	if (io_in_open(&in, r->o->rejects, e) < 0)
		return -1;
	while ((rc = io_in_line(&in, &line, &n, &whole, e)) == 1) {
		buf_reset(&text);
		buf_add(&text, line, n);
		buf_addc(&text, '\0');
		if (text.failed)
			rc = err_memory(e);
		else if ((rc = jr_parse(&d, text.data, n, e)) == 0)
			rc = take_note(r, &d, line, n, &user, e);
		if (rc < 0)
			break;
	}
	io_in_close(&in);
	jr_free(&d);
	buf_free(&user);
	buf_free(&text);
	return rc < 0 ? -1 : 0;
}

static int write_file(const struct reported *r, const char *name, struct buf *text, struct err *e)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s", r->o->dir, name);
	return text->failed ? err_memory(e) :
	    io_write_file(path, text->len > 0 ? text->data : "", text->len, 0600, e);
}

static int keep(struct lines *l, const char *line, struct err *e)
{
	if (l->n == l->size && grow_array(&l->v, sizeof(char *), l->n, &l->size, e) < 0)
		return -1;
	l->v[l->n] = strdup(line);
	return l->v[l->n] != NULL ? (l->n++, 0) : err_memory(e);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int write_lines(const struct reported *r, const char *name, struct lines *l, struct err *e)
{
	struct buf text = BUF_INIT(LIST_MAX);
	size_t i;
	int rc;

	if (l->n > 0)
		qsort(l->v, l->n, sizeof(*l->v), by_text);
	for (i = 0; i < l->n; i++) {
		buf_adds(&text, l->v[i]);
		buf_addc(&text, '\n');
		free(l->v[i]);
	}
	rc = write_file(r, name, &text, e);
	free(l->v);
	buf_free(&text);
	*l = (struct lines){ 0 };
	return rc;
}

struct missing {
	struct reported *r;
	struct lines lines;
};

/* Who is not there, why, and what to do; several of one name have each a reason of their own. */
static int take_missing(void *arg, char *line, struct err *e)
{
	struct missing *m = arg;
	char key[1200], text[6000], *c[7];
	const struct strnode *n;
	struct strnode *why;

	if (!columns(line, c) || strcmp(c[0], "passed") == 0 || strcmp(c[0], "corporate") == 0)
		return 0;
	snprintf(key, sizeof(key), "%s\t%s", c[3], c[4]);
	n = strtree_get(&m->r->there, key);
	if (n != NULL && strcasecmp(n->value, c[6]) == 0)
		return 0;
	why = strtree_get(&m->r->reasons, c[6]);
	if (why == NULL)
		why = strtree_get(&m->r->reasons, c[5]);
	n = NULL;
	if (why != NULL) {
		why->flags += why->flags < why->n;
		snprintf(key, sizeof(key), "%u\t%s", why->flags, why->key);
		n = strtree_get(&m->r->why, key);
	}
	if (n != NULL)
		snprintf(text, sizeof(text), "%s\t%s", c[6], n->value);
	else
		snprintf(text, sizeof(text), "%s\tnot reached by this run\t%s", c[6],
		    m->r->o->rerun);
	m->r->missing++;
	return keep(&m->lines, text, e);
}

static int put_migrated(void *arg, const struct strnode *n, struct err *e)
{
	return n->flags == 1 ? keep(arg, n->value, e) : 0;
}

static int put_number(void *arg, const struct strnode *n, struct err *e)
{
	(void)e;
	if (strcmp(n->key, "waiting") == 0)
		return 0;
	jw_key_n(arg, n->key, strlen(n->key));
	jw_int(arg, (int64_t)n->n);
	return 0;
}

static void put_numbers(struct jsonw *w, const char *key, const void *root)
{
	struct err none = { .msg = "" };

	jw_key(w, key);
	jw_object(w);
	strtree_each(root, put_number, w, &none);
	jw_object_end(w);
}

static int write_json(const struct reported *r, struct err *e)
{
	struct buf text = BUF_INIT(JSON_MAX);
	time_t now = time(NULL);
	char at[24];
	struct jsonw w;
	struct tm tm;
	int rc;

	gmtime_r(&now, &tm);
	strftime(at, sizeof(at), "%Y-%m-%dT%H:%M:%SZ", &tm);
	jw_begin(&w, &text);
	jw_object(&w);
	jw_kv_int(&w, "version", 1);
	jw_kv_str(&w, "time", at);
	jw_kv_str(&w, "p7", r->o->p7);
	jw_kv_str(&w, "p8", r->o->p8);
	jw_kv_int(&w, "selected", (int64_t)r->selected);
	jw_kv_int(&w, "migrated", (int64_t)(r->selected - r->missing));
	jw_kv_int(&w, "not_migrated", (int64_t)r->missing);
	jw_kv_bool(&w, "verified", r->o->found & FOUND_VERIFIED);
	put_numbers(&w, "kinds", r->kinds);
	put_numbers(&w, "left_out", r->lacks);
	put_numbers(&w, "rejects", r->codes);
	jw_object_end(&w);
	buf_addc(&text, '\n');
	rc = write_file(r, "migration", &text, e);
	buf_free(&text);
	return rc;
}

/* What a user of this run lacks of what P7 has. */
static int take_lacking(void *arg, char *const *c, struct err *e)
{
	struct reported *r = arg;
	char line[2000], part[64], *what, *next = c[1];
	const char *kind;

	if (!has(r, c[0], MINE))
		return 0;
	snprintf(line, sizeof(line), "%s\t%s", c[0], c[1]);
	if (keep(&r->lacking_users, line, e) < 0)
		return -1;
	while ((what = next) != NULL) {
		if ((next = strstr(what, ", ")) != NULL) {
			*next = '\0';
			next += 2;
		}
		kind = strncmp(what, "some ", 5) == 0 ? what + 5 : what;
		snprintf(part, sizeof(part), ",%s,", kind);
		r->lacking |= strstr(r->o->without, part) == NULL;
		if (add(&r->lacks, what, 1, e) < 0)
			return -1;
	}
	return 0;
}

static int collect(struct reported *r, struct err *e)
{
	struct missing missing = { .r = r };
	struct lines migrated = { 0 };

	if (lines_each(r->o->selected, take_name, r, e) < 0 ||
	    list_each(r->t, "loaded", take_loaded, r, e) < 0 ||
	    list_each(r->t, "amounts", take_amount, r, e) < 0 ||
	    each_note(r, e) < 0 || list_each(r->t, "not-migrated", take_not_migrated, r, e) < 0 ||
	    list_each(r->t, "left-out", take_lacking, r, e) < 0)
		return -1;
	if (strtree_each(r->there, put_migrated, &migrated, e) < 0 ||
	    lines_each(r->o->selected, take_missing, &missing, e) < 0)
		return -1;
	return write_lines(r, "migrated-users", &migrated, e) < 0 ||
	    write_lines(r, "not-migrated-users", &missing.lines, e) < 0 ||
	    write_lines(r, "left-out-users", &r->lacking_users, e) < 0 ? -1 : write_json(r, e);
}

static void forget(struct reported *r)
{
	void **const trees[] = { &r->name, &r->there, &r->reasons, &r->why, &r->seen, &r->kinds,
	    &r->mine, &r->lacks, &r->codes, &r->left };
	size_t i;

	for (i = 0; i < sizeof(trees) / sizeof(*trees); i++)
		strtree_free(trees[i]);
	free(r);
}

uint64_t reported_mine(const struct reported *r, const char *kind)
{
	const struct strnode *n = strtree_get(&r->mine, kind);

	return n != NULL ? n->n : 0;
}

int report_write(struct target *t, const struct report_opts *o, enum exitcode *status,
    struct err *e)
{
	struct reported *r = calloc(1, sizeof(*r));
	int rc;

	if (r == NULL)
		return err_memory(e);
	r->t = t;
	r->o = o;
	if (o->selected == NULL) {
		if ((rc = each_note(r, e)) == 0)
			say_not_carried(r);
		forget(r);
		return rc < 0 ? -1 : io_std_flush(e);
	}
	rc = collect(r, e);
	if (rc == 0 && !(o->found & FOUND_INTERRUPTED)) {
		*status = verdict(r) ? EXIT_BALANCED : EXIT_REJECTS;
		rc = io_std_flush(e);
	}
	forget(r);
	return rc;
}

/* The run itself says why users that it was about were rejected. */
static bool stands(const struct reported *r, const struct jdoc *d, struct buf *user)
{
	if (!user_of(d, user))
		return false;
	if (has(r, user->data, MINE))
		return strncmp(jr_str(d, NULL, "code", ""), "user-", 5) != 0;
	return strtree_get(&r->name, user->data) != NULL ||
	    strncmp(user->data, "principals/", 11) == 0;
}

struct standing {
	struct reported *r;
	struct buf text, user;
	struct jdoc d;
};

static int take_standing(void *arg, char *const *c, struct err *e)
{
	struct standing *s = arg;

	buf_reset(&s->text);
	buf_adds(&s->text, c[0]);
	buf_addc(&s->text, '\0');
	if (buf_check(&s->text, e) < 0 || jr_parse(&s->d, s->text.data, s->text.len - 1, e) < 0)
		return -1;
	if (stands(s->r, &s->d, &s->user))
		printf("%s\n", c[0]);
	return 0;
}

int report_standing(struct target *t, const char *selected, struct err *e)
{
	struct standing s = { .text = BUF_INIT(BUF_RECORD_MAX), .user = BUF_INIT(BUF_RECORD_MAX) };
	const struct report_opts o = { .selected = selected };
	int rc = 0;

	s.r = calloc(1, sizeof(*s.r));
	if (s.r == NULL)
		return err_memory(e);
	s.r->t = t;
	s.r->o = &o;
	if (lines_each(selected, take_name, s.r, e) < 0 ||
	    list_each(t, "loaded", take_loaded, s.r, e) < 0 ||
	    list_each(t, "rejects", take_standing, &s, e) < 0)
		rc = -1;
	jr_free(&s.d);
	buf_free(&s.user);
	buf_free(&s.text);
	forget(s.r);
	return rc < 0 ? -1 : io_std_flush(e);
}
