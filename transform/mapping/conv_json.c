#include <string.h>

#include "mapping/convert.h"
#include "utf8.h"

/* A growing text in the arena: room for six bytes a byte of input was taken before. */
struct php {
	char *p;
};

static void put(struct php *w, const char *s, size_t n)
{
	memcpy(w->p, s, n);
	w->p += n;
}

static void unicode(struct php *w, unsigned unit)
{
	static const char hex[] = "0123456789abcdef";

	put(w, "\\u", 2);
	*w->p++ = hex[unit >> 12];
	*w->p++ = hex[unit >> 8 & 15];
	*w->p++ = hex[unit >> 4 & 15];
	*w->p++ = hex[unit & 15];
}

/* One character as PHP's json_encode writes it without options. */
static void character(struct php *w, uint32_t cp)
{
	static const char from[] = "\"\\/\b\f\n\r\t", to[] = "\"\\/bfnrt";
	const char *f = cp != 0 && cp < 0x80 ? strchr(from, (int)cp) : NULL;

	if (f != NULL) {
		*w->p++ = '\\';
		*w->p++ = to[f - from];
	} else if (cp >= 0x10000) {
		unicode(w, 0xd800 + ((cp - 0x10000) >> 10));
		unicode(w, 0xdc00 + ((cp - 0x10000) & 0x3ff));
	} else if (cp < 0x20 || cp >= 0x80)
		unicode(w, cp);
	else
		*w->p++ = (char)cp;
}

static void string(struct php *w, const char *s, size_t n)
{
	const char *end = s + n;

	*w->p++ = '"';
	while (s < end)
		character(w, utf8_next(&s, end));
	*w->p++ = '"';
}

void php_json_text(struct buf *out, const char *s, size_t n)
{
	struct php w;

	if (!buf_room(out, 6 * n + 2))
		return;
	w.p = out->data + out->len;
	string(&w, s, n);
	out->len = (size_t)(w.p - out->data);
	out->data[out->len] = '\0';
}

static void value(struct php *w, const struct jdoc *d, const struct jval *v)
{
	const struct jval *m;

	switch (v->type) {
	case J_NULL:
		put(w, "null", 4);
		break;
	case J_BOOL:
		put(w, v->b ? "true" : "false", v->b ? 4 : 5);
		break;
	case J_INT:
	case J_OTHER:
		put(w, v->s, v->n);
		break;
	case J_STR:
		string(w, v->s, v->n);
		break;
	default:
		*w->p++ = v->type == J_ARRAY ? '[' : '{';
		for (m = jr_first(d, v); m != NULL; m = jr_next(d, m)) {
			if (v->type == J_OBJECT) {
				string(w, m->key, m->keylen);
				*w->p++ = ':';
			}
			value(w, d, m);
			*w->p++ = ',';
		}
		w->p -= v->n > 0;
		*w->p++ = v->type == J_ARRAY ? ']' : '}';
	}
}

int conv_folders_order(struct convert *c, struct val *out)
{
	struct val text = conv_text(c->in[0]);
	struct php w;
	struct err ignored;
	char *copy, *start;

	*out = val_str("", 0);
	if (text.n == 0 || text.type != V_STR)
		return 0;
	copy = arena_add(&c->arena, text.s, text.n);
	start = arena_add(&c->arena, NULL, 6 * text.n + 16);
	if (copy == NULL || start == NULL)
		return -1;
	if (jr_parse(&c->json, copy, text.n, &ignored) < 0 || c->json.v[0].type < J_ARRAY) {
		convert_note(c, false, false, "folders-order-unreadable", "it is not a JSON list",
		    "left empty: P8 shows the folders in its own order");
		return 0;
	}
	if (c->json.v[0].n == 0)
		return 0;
	w.p = start;
	value(&w, &c->json, &c->json.v[0]);
	*out = val_str(start, (size_t)(w.p - start));
	return 0;
}
