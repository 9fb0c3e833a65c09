#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "records.h"
#include "step.h"

#define PROG "dav-schema-upgrade"

static const char *const dav_kinds[] = { "CARD", "CALENDAR_OBJECT", "CALENDAR", "CALENDAR_SHARE",
    "CALENDAR_INSTANCE", "ADDRESSBOOK" };

/* All other records pass unparsed. */
static bool is_dav(const char *kind)
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
	i.table = records_is(s, "CALENDAR_OBJECT") ? "calendarobjects" :
	    records_is(s, "CALENDAR_SHARE") ? "calendarshares" :
	    records_is(s, "CARD") ? "cards" :
	    records_is(s, "ADDRESSBOOK") ? "addressbooks" : "calendars";
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
	    .reason = reason, .action = remedy, .record = s->in.line, .record_len = s->in.len };

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
	if (jr_bytes(&s->in.doc, v, &s->bytes, p, n) == 0)
		return 1;
	if (s->bytes.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	return records_reject(s, "unreadable-data", key, "its data are neither text nor base64",
	    "correct the record, and run the stages again from there", e) < 0 ? -1 : 0;
}

static bool reaches(const struct records *s, unsigned step)
{
	return strcmp(s->to, steps[step].name) >= 0;
}

static int lift(struct records *s, struct err *e)
{
	unsigned i;

	s->rejected = false;
	s->behind.kind = NULL;
	if (record_read(&s->r, &s->in, e) < 0)
		return -1;
	for (i = 0; i < STEPS && !s->rejected; i++)
		if (steps[i].record != NULL && reaches(s, i) && steps[i].record(s, e) < 0)
			return -1;
	if (s->rejected)
		return 0;
	if (record_write(&s->r, &s->out, e) < 0)
		return -1;
	return s->behind.kind != NULL ? record_write(&s->behind, &s->out, e) : 0;
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
	return is_dav(s->in.kind) ? lift(s, e) :
	    so_copy(&s->out, s->in.kind, s->in.line, s->in.len, e);
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

int command_records(const struct command *c, int *status, struct err *e)
{
	struct records *s = calloc(1, sizeof(*s));
	char last_word[4600];
	int rc;

	if (s == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	s->to = c->to;
	record_init(&s->r);
	record_init(&s->behind);
	record_init(&s->calendar);
	buf_init(&s->bytes, BUF_RECORD_MAX);
	rc = si_open(&s->in, c->input, "p8", c->edited, e);
	if (rc == 0) {
		s->in.parses = is_dav;
		rc = convert(s, c, e);
		si_close(&s->in);
	}
	if (rc == 0 && s->report.rejects > 0) {
		report_last_word(&s->report, c->rejects, c->output, last_word, sizeof(last_word));
		fputs(last_word, stderr);
		*status = EXIT_REJECTS;
	}
	record_free(&s->r);
	record_free(&s->behind);
	record_free(&s->calendar);
	buf_free(&s->bytes);
	free(s);
	return rc;
}
