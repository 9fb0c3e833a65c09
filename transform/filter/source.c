#include <string.h>

#include "filter/source.h"

int source_value(const struct jdoc *d, const struct jval *v, struct buf *spare, struct val *out)
{
	const char *p;
	size_t n;

	switch (v->type) {
	case J_NULL:
		out->type = V_NULL;
		return 0;
	case J_BOOL:
		*out = val_bool(v->b);
		return 0;
	case J_INT:
		*out = val_int(v->unsigned64 ? INT64_MAX : v->i);
		return 0;
	case J_OTHER:
	case J_STR:
		*out = val_str(v->s, v->n);
		return 0;
	default:
		break;
	}
	if (v->type == J_OBJECT && jr_bytes(d, v, spare, &p, &n) == 0) {
		*out = val_str(p, n);
		out->bytes = true;
	} else {
		*out = (struct val){ V_LIST, false, v - d->v, "", 0 };
	}
	return spare->failed ? -1 : 0;
}

/* Where the I-th member KEY goes; records of a kind have their members in one order. */
static const struct map_name *place(struct source *s, const struct map_record *rec, unsigned i,
    const struct jval *v)
{
	const struct map_name *p = i < SOURCE_ORDER ? s->order[i] : NULL;

	if (p != NULL && p->len == v->keylen && memcmp(p->name, v->key, v->keylen) == 0)
		return p;
	p = mapping_name(rec, v->key, v->keylen);
	if (i < SOURCE_ORDER)
		s->order[i] = p;
	return p;
}

static int take_members(struct source *s, const struct map_record *rec, const struct jval *o,
    struct err *e)
{
	const struct jval *v;
	const struct map_name *p;
	unsigned i = 0;

	/* Decoded values must not move while others are added. */
	buf_reset(&s->spare);
	if (!buf_room(&s->spare, s->text.len))
		return err_memory(e);
	memset(s->v, 0, sizeof(s->v[0]) * rec->slots);
	s->nextra = 0;
	s->present = true;
	for (v = jr_first(&s->doc, o); v != NULL; v = jr_next(&s->doc, v), i++) {
		p = place(s, rec, i, v);
		if (p == NULL) {
			if (s->nextra < SOURCE_EXTRA &&
			    !(v->keylen == 4 && memcmp(v->key, "kind", 4) == 0))
				s->extra[s->nextra++] = (uint32_t)(v - s->doc.v);
		} else if (p->slot >= 0 &&
		    source_value(&s->doc, v, &s->spare, &s->v[p->slot]) < 0)
			return err_memory(e);
	}
	return 0;
}

static void swap_buffers(struct source *s, struct stream_in *si)
{
	struct jdoc doc = s->doc;
	struct buf text = s->text;

	if (text.size > SOURCE_KEEP)
		buf_free(&text);
	if (s->spare.size > SOURCE_KEEP)
		buf_free(&s->spare);
	s->doc = si->doc;
	s->text = si->work;
	si->doc = doc;
	si->work = text;
	if (si->work.cap == 0)
		si->work.cap = BUF_RECORD_MAX;
	s->spare.cap = BUF_RECORD_MAX;
}

int source_take(struct source *s, const struct map_record *rec, struct stream_in *si,
    struct err *e)
{
	swap_buffers(s, si);
	return take_members(s, rec, s->doc.v, e);
}

int source_take_member(struct source *s, const struct map_record *rec, struct stream_in *si,
    const char *member, struct err *e)
{
	const struct jval *o;

	swap_buffers(s, si);
	o = jr_get(&s->doc, NULL, member);
	if (o == NULL || o->type != J_OBJECT)
		return err_set(e, EXIT_DATA, "%s, line %llu: the record has no %s", si->io.name,
		    (unsigned long long)si->lineno, member);
	return take_members(s, rec, o, e);
}

int source_set(struct source *s, const struct map_record *rec, const char *json, size_t n,
    struct err *e)
{
	s->text.cap = s->spare.cap = BUF_RECORD_MAX;
	buf_reset(&s->text);
	buf_add(&s->text, json, n);
	if (s->text.failed)
		return err_memory(e);
	return jr_parse(&s->doc, s->text.data, n, e) < 0 ? -1 :
	    take_members(s, rec, s->doc.v, e);
}

struct val *source_member(struct source *s, const struct map_record *rec, const char *name)
{
	const struct map_name *p = mapping_name(rec, name, strlen(name));

	return p != NULL && p->slot >= 0 ? &s->v[p->slot] : NULL;
}

void source_free(struct source *s)
{
	jr_free(&s->doc);
	buf_free(&s->text);
	buf_free(&s->spare);
}
