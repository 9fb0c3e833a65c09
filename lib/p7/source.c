#include <stdio.h>
#include <string.h>

#include "p7/source.h"

void source_make(struct source_id *s)
{
	char text[UUID_LEN + sizeof(s->database) + SOURCE_FACT + 8];
	uint8_t ns[16];
	int n = snprintf(text, sizeof(text), "%s\n%s\n%s", s->base, s->database,
	    s->n > 0 ? s->oldest[0] : "");

	uuid_namespace(text, (size_t)n, ns);
	uuid_text(ns, s->id);
}

static bool read_uuid(const struct jdoc *d, const struct jval *o, const char *key, char *out)
{
	const char *text = jr_str(d, o, key, "");

	out[0] = '\0';
	return uuid_parse(text, strlen(text), out);
}

bool source_read(const struct jdoc *d, const struct jval *source, struct source_id *s)
{
	const struct jval *list, *v;

	memset(s, 0, sizeof(*s));
	if (source == NULL || source->type != J_OBJECT || !read_uuid(d, source, "id", s->id))
		return false;
	if (!read_uuid(d, source, "base", s->base))
		s->base[0] = '\0';
	snprintf(s->database, sizeof(s->database), "%s", jr_str(d, source, "database", ""));
	list = jr_get(d, source, "oldest");
	if (list == NULL || list->type != J_ARRAY)
		return true;
	for (v = jr_first(d, list); v != NULL && s->n < SOURCE_OLDEST; v = jr_next(d, v))
		if (v->type == J_STR && v->n < SOURCE_FACT)
			snprintf(s->oldest[s->n++], SOURCE_FACT, "%s", v->s);
	return true;
}

void source_put(struct jsonw *w, const struct source_id *s)
{
	unsigned i;

	if (s->base[0] == '\0')
		return;
	jw_kv_str(w, "base", s->base);
	jw_key(w, "oldest");
	jw_array(w);
	for (i = 0; i < s->n; i++)
		jw_str(w, s->oldest[i]);
	jw_array_end(w);
}

static bool share_a_user(const struct source_id *a, const struct source_id *b)
{
	unsigned i, j;

	for (i = 0; i < a->n; i++)
		for (j = 0; j < b->n; j++)
			if (strcmp(a->oldest[i], b->oldest[j]) == 0)
				return true;
	return a->n == 0 && b->n == 0;
}

enum source_match source_compare(const struct source_id *ours, const struct source_id *known)
{
	const char *base = known->base[0] != '\0' ? known->base : known->id;

	if (strcmp(ours->id, known->id) == 0)
		return SOURCE_SAME;
	if (ours->base[0] == '\0' || strcmp(ours->base, base) != 0)
		return SOURCE_OTHER;
	if (strcmp(ours->database, known->database) != 0)
		return SOURCE_ALIKE;
	return known->base[0] == '\0' || share_a_user(ours, known) ? SOURCE_SAME : SOURCE_ALIKE;
}
