#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "filter/corrected.h"
#include "grow.h"
#include "io.h"

static int compare(const char *table, int64_t id, const struct correction *c)
{
	int order = strcmp(table, c->table);

	return order != 0 ? order : id < c->id ? -1 : id > c->id;
}

static int by_record(const void *a, const void *b)
{
	const struct correction *x = a;

	return compare(x->table, x->id, b);
}

static int add_line(struct corrected *c, char *line, size_t n, struct err *e)
{
	struct correction k = { .id = -1 };
	const struct jval *record;
	const char *kind;

	if (jr_parse(&k.doc, line, n, e) < 0) {
		jr_free(&k.doc);
		return -1;
	}
	kind = jr_str(&k.doc, NULL, "kind", "");
	k.table = jr_str(&k.doc, NULL, "table", NULL);
	k.id = jr_int(&k.doc, NULL, "id", -1);
	record = jr_get(&k.doc, NULL, "record");
	if (strcmp(kind, "REJECT") != 0 || k.table == NULL || k.id < 0 || record == NULL ||
	    record->type != J_OBJECT) {
		jr_free(&k.doc);
		return strcmp(kind, "REJECT") == 0 || strcmp(kind, "WARN") == 0 ? 0 :
		    err_set(e, EXIT_DATA, "it is not a REJECT record");
	}
	if (GROW(c->v, c->n, c->size, e) < 0) {
		jr_free(&k.doc);
		return -1;
	}
	c->v[c->n++] = k;
	return 0;
}

int corrected_read(struct corrected *c, const char *path, struct err *e)
{
	char *line, *end;
	size_t no = 1;

	buf_init(&c->text, CORRECTED_MAX);
	buf_init(&c->spare, CORRECTED_MAX);
	if (io_read_file(path, true, CORRECTED_MAX, &c->text, e) < 0)
		return -1;
	c->given = true;
	sha256_hex(c->text.data, c->text.len, c->sha256);
	end = c->text.data + c->text.len;
	for (line = c->text.data; line != NULL && line < end; no++) {
		char *next = memchr(line, '\n', (size_t)(end - line));
		size_t n = (size_t)((next != NULL ? next : end) - line);

		if (n > 0 && add_line(c, line, n, e) < 0)
			return err_prefix(e, "%s, line %zu", path, no);
		line += n + 1;
	}
	if (c->n > 0)
		qsort(c->v, c->n, sizeof(*c->v), by_record);
	return 0;
}

void corrected_free(struct corrected *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		jr_free(&c->v[i].doc);
	free(c->v);
	buf_free(&c->text);
	buf_free(&c->spare);
	memset(c, 0, sizeof(*c));
}

/* A member that nobody changed: another line may have it corrected. */
static bool unchanged(const struct jval *was, const struct jval *is)
{
	if (was == NULL || was->type != is->type)
		return false;
	if (is->type == J_STR || is->type == J_OTHER)
		return was->n == is->n && memcmp(was->s, is->s, is->n) == 0;
	return is->type == J_NULL || (is->type == J_INT && was->i == is->i) ||
	    (is->type == J_BOOL && was->b == is->b);
}

/* The members of one corrected record. */
static int apply(struct corrected *c, struct correction *k, const struct map_record *rec,
    struct source *s, struct err *e)
{
	const struct jval *v;
	const struct map_name *p;
	char key[64];

	k->met = true;
	v = jr_first(&k->doc, jr_get(&k->doc, NULL, "record"));
	for (; v != NULL; v = jr_next(&k->doc, v)) {
		p = mapping_name(rec, v->key, v->keylen);
		/* A list (the groups of a contact) stays as the stream has it. */
		if (p == NULL || p->slot < 0 || v->type == J_ARRAY || v->keylen >= sizeof(key))
			continue;
		memcpy(key, v->key, v->keylen);
		key[v->keylen] = '\0';
		if (unchanged(jr_get(&s->doc, NULL, key), v))
			continue;
		if (source_value(&k->doc, v, &c->spare, &s->v[p->slot]) < 0)
			return err_memory(e);
	}
	return 0;
}

int corrected_apply(struct corrected *c, const struct map_record *rec, struct source *s,
    struct err *e)
{
	size_t lo = 0, hi = c->n, mid;
	int64_t id;

	if (c->n == 0 || rec->table == NULL || rec->key_slot < 0)
		return 0;
	id = val_as_int(&s->v[rec->key_slot]);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (compare(rec->table, id, &c->v[mid]) <= 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	/* Decoded bytes of this record stay until the next one. */
	buf_reset(&c->spare);
	if (lo < c->n && !buf_room(&c->spare, c->text.len))
		return err_memory(e);
	for (; lo < c->n && compare(rec->table, id, &c->v[lo]) == 0; lo++)
		if (apply(c, &c->v[lo], rec, s, e) < 0)
			return -1;
	return 0;
}

size_t corrected_unmet(const struct corrected *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->n; i++)
		n += !c->v[i].met;
	return n;
}
