#include <string.h>

#include "mapping/convert.h"
#include "utf8.h"

/* One character as PHP's json_encode writes it without options. */
static void character(struct buf *out, uint32_t cp)
{
	static const char from[] = "\"\\/\b\f\n\r\t", to[] = "\"\\/bfnrt";
	const char *f = cp != 0 && cp < 0x80 ? strchr(from, (int)cp) : NULL;

	if (f != NULL) {
		buf_addc(out, '\\');
		buf_addc(out, to[f - from]);
	} else if (cp >= 0x10000)
		buf_addf(out, "\\u%04x\\u%04x", 0xd800 + ((cp - 0x10000) >> 10),
		    0xdc00 + ((cp - 0x10000) & 0x3ff));
	else if (cp < 0x20 || cp >= 0x80)
		buf_addf(out, "\\u%04x", cp);
	else
		buf_addc(out, (char)cp);
}

void php_json_text(struct buf *out, const char *s, size_t n)
{
	const char *end = s + n;

	buf_addc(out, '"');
	while (s < end)
		character(out, utf8_next(&s, end));
	buf_addc(out, '"');
}

static void value(struct buf *out, const struct jdoc *d, const struct jval *v)
{
	const struct jval *m;

	switch (v->type) {
	case J_NULL:
		buf_adds(out, "null");
		break;
	case J_BOOL:
		buf_adds(out, v->b ? "true" : "false");
		break;
	case J_INT:
	case J_OTHER:
		buf_add(out, v->s, v->n);
		break;
	case J_STR:
		php_json_text(out, v->s, v->n);
		break;
	default:
		buf_addc(out, v->type == J_ARRAY ? '[' : '{');
		for (m = jr_first(d, v); m != NULL; m = jr_next(d, m)) {
			if (m != jr_first(d, v))
				buf_addc(out, ',');
			if (v->type == J_OBJECT) {
				php_json_text(out, m->key, m->keylen);
				buf_addc(out, ':');
			}
			value(out, d, m);
		}
		buf_addc(out, v->type == J_ARRAY ? ']' : '}');
	}
}

int conv_folders_order(struct convert *c, struct val *out)
{
	struct val text = conv_text(c->in[0]);
	struct buf json = BUF_INIT(BUF_RECORD_MAX);
	struct err ignored;
	char *copy;

	*out = val_str("", 0);
	if (text.n == 0 || text.type != V_STR)
		return 0;
	copy = arena_add(&c->arena, text.s, text.n);
	if (copy == NULL)
		return -1;
	if (jr_parse(&c->json, copy, text.n, &ignored) < 0 || c->json.v[0].type < J_ARRAY) {
		convert_report(c, false, false, "folders-order-unreadable", "it is not a JSON list",
		    "left empty: P8 shows the folders in its own order");
		return 0;
	}
	if (c->json.v[0].n == 0)
		return 0;
	value(&json, &c->json, &c->json.v[0]);
	*out = val_str(json.failed ? NULL : arena_add(&c->arena, json.data, json.len), json.len);
	buf_free(&json);
	return out->s == NULL ? -1 : 0;
}
