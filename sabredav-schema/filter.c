/* records: the filter on a stream, and the records that are made of rows. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stagedread.h"
#include "step.h"

#define PROG "dav-schema-upgrade"
#define LARGE_TEXT ((size_t)1 << 20)

/* Do the steps to the current record, and send what becomes of it. */
static int lift(struct records *s, struct err *e)
{
	unsigned i;

	s->rejected = false;
	s->behind.kind = NULL;
	for (i = 0; i <= s->to && !s->rejected; i++)
		if (steps[i].record != NULL && steps[i].record(s, e) < 0)
			return -1;
	if (s->rejected)
		return 0;
	if (record_write(&s->r, &s->out, e) < 0)
		return -1;
	return s->behind.kind != NULL ? record_write(&s->behind, &s->out, e) : 0;
}

void records_row(struct records *s, const char *kind)
{
	record_new(&s->r, kind, &s->row);
	s->row.lineno = s->in.lineno;
}

static void give(struct records *s, const char *key, struct jval v)
{
	/* begin() has room for no more of them either */
	struct jval *own = &s->value[s->r.n % RECORD_MEMBERS];

	*own = v;
	record_give(&s->r, key, NULL, own);
}

void records_row_text(struct records *s, const char *key, const char *p, size_t n)
{
	give(s, key, (struct jval){ .type = p != NULL ? J_STR : J_NULL, .s = p, .n = n });
}

void records_row_number(struct records *s, const char *key, const char *digits)
{
	struct jval v = { .type = J_NULL, .s = digits };

	if (digits != NULL) {
		v.type = J_INT;
		v.n = strlen(digits);
		v.i = strtoll(digits, NULL, 10);
	}
	give(s, key, v);
}

void records_row_member(struct records *s, const char *key)
{
	const struct jval *v = jr_get(&s->in.doc, NULL, key);

	if (v != NULL)
		record_give(&s->r, key, &s->in.doc, v);
	else
		record_set(&s->r, key, "null", 4);
}

int records_row_end(struct records *s, struct err *e)
{
	int rc;

	s->from = &s->row;
	rc = lift(s, e);
	s->from = &s->in;
	/* The same object comes by once more, in the stream. */
	if (s->r.text.size > LARGE_TEXT)
		buf_free(&s->r.text);
	return rc;
}

static int begin(struct records *s, const char *what, struct err *e)
{
	const struct jdoc *d = &s->in.doc;

	snprintf(s->user, sizeof(s->user), "%s", staged_block_name(d));
	if (s->in.edited && s->user[0] == '\0')
		return err_set(e, EXIT_DATA, "%s, line %llu: a %s that does not say whose it is;"
		    " give it its \"email\" or \"principal\", a text", s->in.io.name,
		    (unsigned long long)s->in.lineno, s->in.kind);
	s->uuid[0] = '\0';
	return so_block_copy(&s->out, what, s->in.line, s->in.len, e);
}

static int one_record(struct records *s, struct err *e)
{
	static const char *const blocks[] = { "USER", "PRINCIPAL" };
	size_t i, n;
	int rc = s->staged != NULL ? staged_record(s, e) : 0;

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	for (i = 0; i < 2; i++) {
		n = strlen(blocks[i]);
		if (strncmp(s->in.kind, blocks[i], n) != 0)
			continue;
		if (strcmp(s->in.kind + n, "_BEGIN") == 0)
			return begin(s, blocks[i], e);
		if (strcmp(s->in.kind + n, "_END") == 0) {
			s->user[0] = s->uuid[0] = '\0';
			return so_block_end_as(&s->out, &s->in.doc, e);
		}
	}
	if (!records_lifts(s->in.kind))
		return so_copy(&s->out, s->in.kind, s->in.line, s->in.len, e);
	if (record_read(&s->r, &s->in, e) < 0 || (s->in.edited && records_check(s, e) < 0))
		return -1;
	return lift(s, e);
}

/* The version that the header will tell: that of the steps, or what it is already. */
static int version(const struct records *s, const char **out, struct err *e)
{
	const char *is = jr_str(&s->in.header, NULL, "dav", "1.8");
	unsigned i;

	*out = steps[s->to].name;
	if (strcmp(is, "1.8") == 0)
		return 0;
	for (i = 0; i < STEPS; i++)
		if (strcmp(is, steps[i].name) == 0) {
			*out = steps[i > s->to ? i : s->to].name;
			return 0;
		}
	return err_set(e, EXIT_DATA, "%s: its DAV records are of sabre/dav's schema %.20s, which"
	    " this program does not know; use programs of one release", s->in.io.name, is);
}

static int write_header(struct records *s, struct err *e)
{
	const struct jdoc *h = &s->in.header;
	struct jsonw *w = so_begin(&s->out, "HEADER");
	bool has = false, edited = false;
	const struct jval *v;
	const char *to;

	if (version(s, &to, e) < 0)
		return -1;
	for (v = jr_first(h, h->v); v != NULL; v = jr_next(h, v)) {
		if (strcmp(v->key, "kind") == 0 || strcmp(v->key, "hash") == 0)
			continue;
		jw_key_n(w, v->key, v->keylen);
		if (strcmp(v->key, "dav") == 0) {
			jw_str(w, to);
			has = true;
		} else if (strcmp(v->key, "edited") == 0 && s->in.edited) {
			jw_bool(w, true);
			edited = true;
		} else {
			jr_write(h, v, w);
		}
	}
	if (!has)
		jw_kv_str(w, "dav", to);
	/* Hashes are whole again, but a record that is missing here may be there in the source. */
	if (s->in.edited && !edited)
		jw_kv_bool(w, "edited", true);
	return so_put(&s->out, "HEADER", e);
}

static int filter(struct records *s, struct err *e)
{
	int rc = write_header(s, e);

	while (rc == 0 && (rc = si_next(&s->in, e)) == 1)
		rc = one_record(s, e);
	return rc;
}

/* From an open input to whole outputs. */
static int convert(struct records *s, const struct command *c, struct err *e)
{
	int rc;

	if (so_open(&s->out, c->output, c->gz, e) < 0)
		return -1;
	rc = report_open(&s->report, PROG, c->rejects, e);
	s->report.to = &s->out;
	if (rc == 0)
		rc = filter(s, e);
	return report_end_stream(&s->report, rc, e);
}

static void open_buffers(struct records *s)
{
	record_init(&s->r);
	record_init(&s->behind);
	record_init(&s->calendar);
	buf_init(&s->bytes, BUF_RECORD_MAX);
	s->row.io.name = "a staged table";
	s->from = &s->in;
}

static void free_buffers(struct records *s)
{
	record_free(&s->r);
	record_free(&s->behind);
	record_free(&s->calendar);
	buf_free(&s->bytes);
}

static int run(struct records *s, struct db *db, const struct command *c, struct err *e)
{
	int rc = 0;

	s->in.parses = records_lifts;
	if (db != NULL) {
		s->staged = calloc(1, sizeof(*s->staged));
		rc = s->staged == NULL ? err_memory(e) :
		    staged_open(s->staged, db, c, &s->in, e);
	}
	if (rc == 0)
		rc = convert(s, c, e);
	if (s->staged != NULL)
		staged_close(s->staged);
	free(s->staged);
	return rc;
}

int command_records(struct db *db, const struct command *c, int *status, struct err *e)
{
	struct records *s = calloc(1, sizeof(*s));
	char last_word[4600];
	int rc;

	if (s == NULL)
		return err_memory(e);
	s->to = c->to;
	open_buffers(s);
	if (io_in_is_terminal(c->input))
		fputs("dav-schema-upgrade: waiting for P8's records from this terminal; give it a"
		    " FILE, or a pipe from p7-transform\n", stderr);
	rc = si_open(&s->in, c->input, "p8", c->edited, e);
	if (rc == 0) {
		rc = run(s, db, c, e);
		si_close(&s->in);
	}
	if (rc == 0 && s->report.rejects > 0) {
		report_last_word(&s->report, c->rejects, c->output, last_word, sizeof(last_word));
		fputs(last_word, stderr);
		*status = EXIT_REJECTS;
	}
	free_buffers(s);
	free(s);
	return rc;
}
