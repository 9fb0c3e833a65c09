/* The functions that steps call for the record that is being lifted (records.h). */
#include <string.h>

#include "davkind.h"
#include "records.h"

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
		return err_memory(e);
	return records_reject(s, "unreadable-data", key, "its data are neither text nor base64",
	    "correct the record in the stream, and run this stage and those behind it again, with"
	    " --edited", e) < 0 ? -1 : 0;
}

/* The type of a member of a DAV record, besides null. */
enum type { NUMBER, FLAG, TEXT };

static const struct {
	const char *key;
	enum type type;
} members[] = {
	{ "synctoken", NUMBER }, { "ctag", NUMBER }, { "calendarorder", NUMBER },
	{ "lastmodified", NUMBER }, { "size", NUMBER }, { "firstoccurence", NUMBER },
	{ "lastoccurence", NUMBER }, { "transparent", FLAG }, { "public", FLAG },
	{ "displayname", TEXT }, { "description", TEXT }, { "timezone", TEXT },
	{ "calendarcolor", TEXT }, { "color", TEXT }, { "components", TEXT },
	{ "componenttype", TEXT }, { "etag", TEXT },
};

const char *records_odd(const struct jdoc *d, const struct jval *v, const char *key, size_t n)
{
	const struct jval *bytes = v->type == J_OBJECT ? jr_get(d, v, "base64") : NULL;
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (strlen(members[i].key) == n && memcmp(members[i].key, key, n) == 0)
			break;
	if (v->type == J_NULL || i == sizeof(members) / sizeof(*members))
		return NULL;
	switch (members[i].type) {
	case NUMBER:
		return v->type == J_INT ? NULL : "it is not a number";
	case FLAG:
		return v->type == J_INT || v->type == J_BOOL ? NULL :
		    "it is neither a number nor true or false";
	default:
		return v->type == J_STR || (bytes != NULL && bytes->type == J_STR) ? NULL :
		    "it is neither text nor base64";
	}
}

int records_check(struct records *s, struct err *e)
{
	const struct member *m;
	const char *why, *key;
	unsigned i;

	for (i = 0; i < s->r.read; i++) {
		m = &s->r.m[i];
		why = m->v == NULL ? NULL : records_odd(&s->in.doc, m->v, m->key, m->keylen);
		if (why == NULL)
			continue;
		key = m->key;
		record_set(&s->r, key, "null", 4);
		if (records_warn(s, "value-dropped", key, why, "it was left out, as if the record"
		    " did not have it", e) < 0)
			return -1;
	}
	return 0;
}
