#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "davkind.h"
#include "records.h"
#include "stagedread.h"
#include "step.h"

#define PROG "dav-schema-upgrade"
#define LARGE_TEXT ((size_t)1 << 20)

static const char *const dav_kinds[] = { DAV_CARD, DAV_OBJECT, DAV_CALENDAR, DAV_SHARE,
    DAV_INSTANCE, DAV_ADDRESSBOOK };

bool records_lifts(const char *kind)
{
	size_t i;

	for (i = 0; i < sizeof(dav_kinds) / sizeof(*dav_kinds); i++)
		if (strcmp(kind, dav_kinds[i]) == 0)
			return true;
	return false;
}

bool records_is(const struct records *s, const char *kind)
{
	return strcmp(s->r.kind, kind) == 0;
}

static int report(struct records *s, const struct report_item *what, struct err *e)
{
	struct report_item i = *what;
	const struct jval *id = record_value(&s->r, "id");

	i.user = s->user[0] != '\0' ? s->user : NULL;
	i.id = id != NULL && id->type == J_INT ? id->i : -1;
	i.table = records_is(s, DAV_OBJECT) ? "calendarobjects" :
	    records_is(s, DAV_SHARE) ? "calendarshares" :
	    records_is(s, DAV_CARD) ? "cards" :
	    records_is(s, DAV_ADDRESSBOOK) ? "addressbooks" : "calendars";
	return report_add(&s->report, &i, e);
}

int records_warn(struct records *s, const char *code, const char *field, const char *reason,
    const char *done, struct err *e)
{
	const struct report_item i = { .code = code, .field = field, .reason = reason,
	    .action = done };

	return report(s, &i, e);
}

int records_reject(struct records *s, const char *code, const char *field, const char *reason,
    const char *remedy, struct err *e)
{
	const struct report_item i = { .reject = true, .code = code, .field = field,
	    .reason = reason, .action = remedy, .record = s->from->line,
	    .record_len = s->from->len };

	s->rejected = true;
	return report(s, &i, e);
}

int records_bytes(struct records *s, const char *key, const char **p, size_t *n, struct err *e)
{
	const struct jval *v = record_value(&s->r, key);

	*p = NULL;
	*n = 0;
	if (v == NULL)
		return 1;
	buf_reset(&s->bytes);
	if (jr_bytes(&s->from->doc, v, &s->bytes, p, n) == 0)
		return 1;
	if (s->bytes.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return records_reject(s, "unreadable-data", key, "its data are neither text nor base64",
	    "correct the record in the stream, and run this stage and those behind it again, with"
	    " --edited", e) < 0 ? -1 : 0;
}

static bool reaches(const struct records *s, unsigned step)
{
	return strcmp(s->to, steps[step].name) >= 0;
}

/* Do the steps to the current record, and send what becomes of it. */
static int lift(struct records *s, struct err *e)
{
	unsigned i;

	s->rejected = false;
	s->behind.kind = NULL;
	for (i = 0; i < STEPS && !s->rejected; i++)
		if (steps[i].record != NULL && reaches(s, i) && steps[i].record(s, e) < 0)
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

	snprintf(s->user, sizeof(s->user), "%s",
	    jr_str(d, NULL, "email", jr_str(d, NULL, "principal", "")));
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
	return record_read(&s->r, &s->in, e) < 0 ? -1 : lift(s, e);
}

/* The version that the header will tell: that of the steps, or what it is already. */
static int version(const struct records *s, const char **out, struct err *e)
{
	const char *is = jr_str(&s->in.header, NULL, "dav", "1.8");
	unsigned i;

	*out = s->to;
	if (strcmp(is, "1.8") == 0)
		return 0;
	for (i = 0; i < STEPS; i++)
		if (strcmp(is, steps[i].name) == 0) {
			*out = strcmp(is, s->to) > 0 ? is : s->to;
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
	/* What is not there need not be missing in the source: the hashes are whole again. */
	if (s->in.edited && !edited)
		jw_kv_bool(w, "edited", true);
	return so_put(&s->out, "HEADER", e);
}

static int filter(struct records *s, struct err *e)
{
	int rc = write_header(s, e);

	while (rc == 0 && (rc = si_next(&s->in, e)) == 1)
		rc = one_record(s, e);
	return rc == 0 ? report_finish(&s->report, e) : -1;
}

/* From an open input to whole outputs: neither takes its place when the other one cannot. */
static int convert(struct records *s, const struct command *c, struct err *e)
{
	int rc;

	if (so_open(&s->out, c->output, c->gz, e) < 0)
		return -1;
	rc = report_open(&s->report, PROG, c->rejects, e);
	s->report.to = &s->out;
	if (rc == 0)
		rc = filter(s, e);
	if (rc == 0)
		rc = so_close(&s->out, e);
	else
		so_abort(&s->out);
	return report_end(&s->report, rc, e);
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

/* DB is where the staged tables are, NULL when the stream is all. */
static int run(struct records *s, struct db *db, const struct command *c, struct err *e)
{
	int rc = 0;

	s->in.parses = records_lifts;
	if (db != NULL) {
		s->staged = calloc(1, sizeof(*s->staged));
		rc = s->staged == NULL ? err_set(e, EXIT_TEMPORARY, "out of memory") :
		    staged_open(s->staged, db, c->staged, &s->in, e);
	}
	if (rc == 0)
		rc = convert(s, c, e);
	if (s->staged != NULL)
		staged_close(s->staged);
	free(s->staged);
	return rc;
}

static int records(struct db *db, const struct command *c, int *status, struct err *e)
{
	struct records *s = calloc(1, sizeof(*s));
	char last_word[4600];
	int rc;

	if (s == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	s->to = c->to;
	open_buffers(s);
	if (io_in_is_terminal(c->input))
		fputs(PROG ": waiting for P8's records from this terminal; give it a FILE, or a pipe"
		    " from p7-transform\n", stderr);
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

int command_records(const struct command *c, int *status, struct err *e)
{
	return records(NULL, c, status, e);
}

int command_staged(struct db *db, const struct command *c, int *status, struct err *e)
{
	return records(db, c, status, e);
}
