#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "database/rows.h"
#include "lines.h"
#include "source/selection.h"
#include "shown.h"
#include "utf8.h"
#include "uuid.h"

#define NAME_MAX_BYTES 1020	/* 255 characters */
#define SEEN 4096

/* Names on their way to the database. */
struct lookup {
	struct selection *s;
	struct dbq q;
	char name[ROWS_BATCH][NAME_MAX_BYTES + 1];
	struct buf meant[ROWS_BATCH];	/* by a name that is given as lists show it */
	unsigned n;
};

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static uint64_t name_hash(const char *name)
{
	char text[NAME_MAX_BYTES + 1];
	size_t n = strnlen(name, NAME_MAX_BYTES), i;

	for (i = 0; i < n; i++)
		text[i] = lower(name[i]);
	return XXH3_64bits(text, n);
}

bool selection_in_shard(const struct selection *s, const char *email)
{
	return s->shards == 0 || name_hash(email) % s->shards == s->shard - 1;
}

static int add_unknown(struct selection *s, const char *name, struct err *e)
{
	uint64_t h = name_hash(name), *slot = &s->seen[h % SEEN];

	if (*slot == h)
		return 0;
	*slot = h;
	s->unknowns++;
	return spool_add(&s->unknown, 0, 0, name, strlen(name) + 1, e);
}

/* One branch a name: each is a search in the index on email, by P7's own rules of comparison. */
static int prepare(struct lookup *l, struct db *db, const struct catalog *c, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	sql_repeat(&sql, c, " UNION ALL ", "(SELECT #,t.id_user FROM {awm_accounts t}"
	    " WHERE t.email=? AND t.def_acct=1 AND t.mailing_list=0)", ROWS_BATCH);
	rc = sql_check(&sql, e);
	if (rc == 0)
		rc = dbq_prepare(&l->q, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

/* P7 itself cannot ask its database for such a name, so it knows no such user. */
static bool askable(const char *name, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)name[i] >= 0xf0 || name[i] == '\0')
			return false;
	return utf8_valid(name, n);
}

/* Ask for the names V, and note which were FOUND. */
static int search(struct lookup *l, const struct dbval *v, bool *found, struct err *e)
{
	int rc = dbq_run(&l->q, v, ROWS_BATCH, e);

	while (rc == 0 && (rc = dbq_next(&l->q, e)) > 0) {
		found[dbq_int(&l->q, 0)] = true;
		rc = ids_add(&l->s->list, dbq_int(&l->q, 1), e);
	}
	return rc;
}

/* Names that nobody has can be meant as lists show them: in V then, 1 when there are such. */
static int take_for_shown(struct lookup *l, struct dbval *v, const bool *found, struct err *e)
{
	unsigned i;
	int any = 0;

	for (i = 0; i < ROWS_BATCH; i++) {
		struct buf *b = &l->meant[i];

		v[i] = DB_NULL;
		b->len = 0;
		if (i >= l->n || found[i] || !shown_read(b, l->name[i]) ||
		    !askable(b->data, b->len))
			continue;
		buf_addc(b, '\0');
		if (b->failed)
			return err_memory(e);
		v[i] = DB_STR(b->data);
		any = 1;
	}
	return any;
}

static int ask(struct lookup *l, struct err *e)
{
	struct dbval v[ROWS_BATCH];
	bool found[ROWS_BATCH] = { false };
	unsigned i;
	int rc;

	for (i = 0; i < ROWS_BATCH; i++)
		v[i] = i < l->n ? DB_STR(l->name[i]) : DB_NULL;
	rc = search(l, v, found, e);
	if (rc == 0 && (rc = take_for_shown(l, v, found, e)) == 1)
		rc = search(l, v, found, e);
	for (i = 0; i < l->n && rc == 0; i++)
		if (!found[i] && selection_in_shard(l->s, l->name[i]))
			rc = add_unknown(l->s, l->name[i], e);
	l->n = 0;
	return rc;
}

static int add_name(struct lookup *l, const char *name, size_t n, struct err *e)
{
	if (n > NAME_MAX_BYTES)
		return err_set(e, EXIT_DATA, "the list of users has a line of %zu bytes: %.60s...;"
		    " one e-mail a line is expected", n, name);
	memcpy(l->name[l->n], name, n);
	l->name[l->n][n] = '\0';
	if (!askable(name, n))
		return selection_in_shard(l->s, l->name[l->n]) ?
		    add_unknown(l->s, l->name[l->n], e) : 0;
	l->n++;
	return l->n == ROWS_BATCH ? ask(l, e) : 0;
}

static int add_line(void *arg, char *line, struct err *e)
{
	const char *name = lines_name(line);

	return name[0] != '\0' ? add_name(arg, name, strlen(name), e) : 0;
}

/* Users that an earlier run has brought, on their way into a selection. */
struct excluded {
	struct ids *ids;
	const char *source;
};

static int add_excluded(void *arg, char *line, struct err *e)
{
	const struct excluded *x = arg;
	const char *tab = strchr(line, '\t');
	char text[UUID_LEN + 1], *end;
	int64_t id;

	if (line[0] == '\0')
		return 0;
	if (tab == NULL || !uuid_parse(line, (size_t)(tab - line), text))
		return err_set(e, EXIT_DATA, "--except needs lines of a source's id, a TAB and a "
		    "user's number, as p8-load --list loaded writes them, not: %.*s",
		    (int)strcspn(line, "\r"), line);
	errno = 0;
	id = strtoll(tab + 1, &end, 10);
	if (end == tab + 1 || errno != 0 || strchr("\t\r", *end) == NULL)
		return err_set(e, EXIT_DATA, "--except: no user's number in the line: %.*s",
		    (int)strcspn(line, "\r"), line);
	return strcmp(text, x->source) == 0 ? ids_add(x->ids, id, e) : 0;
}

/* The names of the options and those of the list. */
static int look_up(struct lookup *l, const struct opts *o, struct err *e)
{
	size_t i;

	for (i = 0; i < o->users.n; i++)
		if (add_name(l, o->users.v[i], strlen(o->users.v[i]), e) < 0)
			return -1;
	if (o->users_file != NULL && lines_each(o->users_file, add_line, l, e) < 0)
		return -1;
	return l->n > 0 ? ask(l, e) : 0;
}

int selection_open(struct selection *s, const struct opts *o, const char *source,
    struct db *db, const struct catalog *c, struct err *e)
{
	struct excluded x = { &s->except, source };
	struct lookup *l;
	size_t i;
	int rc;

	memset(s, 0, sizeof(*s));
	spool_init(&s->unknown);
	s->shard = o->shard;
	s->shards = o->shards;
	s->all = !opts_selects(o);
	if (o->except != NULL) {
		if (lines_each(o->except, add_excluded, &x, e) < 0)
			return -1;
		ids_sort(&s->except);
	}
	if (s->all)
		return 0;
	l = calloc(1, sizeof(*l));
	s->seen = calloc(SEEN, sizeof(*s->seen));
	if (l == NULL || s->seen == NULL) {
		free(l);
		return err_memory(e);
	}
	l->s = s;
	for (i = 0; i < ROWS_BATCH; i++)
		buf_init(&l->meant[i], BUF_RECORD_MAX);
	rc = prepare(l, db, c, e);
	if (rc == 0) {
		rc = look_up(l, o, e);
		dbq_close(&l->q);
	}
	for (i = 0; i < ROWS_BATCH; i++)
		buf_free(&l->meant[i]);
	free(l);
	ids_sort(&s->list);
	spool_rewind(&s->unknown);
	return rc;
}

void selection_close(struct selection *s)
{
	ids_free(&s->except);
	ids_free(&s->list);
	free(s->seen);
	spool_free(&s->unknown);
	memset(s, 0, sizeof(*s));
	s->unknown.fd = -1;
}

bool selection_wants(struct selection *s, int64_t id_user)
{
	return !ids_has(&s->except, id_user) && (s->all || ids_has(&s->list, id_user));
}

void selection_rewind(struct selection *s)
{
	s->list.at = 0;
	s->except.at = 0;
}
