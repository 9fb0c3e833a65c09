#include <string.h>

#include "card/cardparam.h"
#include "text/ascii.h"

static struct card_word past_quotes(struct card_word w)
{
	while (w.n > 0 && *w.s == '"') {
		w.s++;
		w.n--;
	}
	return w;
}

bool cardparam_equal(struct card_word a, struct card_word b)
{
	for (;;) {
		a = past_quotes(a);
		b = past_quotes(b);
		if (a.n == 0 || b.n == 0)
			return a.n == b.n;
		if (ascii_lower(*a.s++) != ascii_lower(*b.s++))
			return false;
		a.n--;
		b.n--;
	}
}

bool cardparam_is(struct card_word w, const char *text)
{
	return cardparam_equal(w, (struct card_word){ text, strlen(text) });
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct card_word trimmed(struct card_word w)
{
	while (w.n > 0 && is_blank(*w.s)) {
		w.s++;
		w.n--;
	}
	while (w.n > 0 && is_blank(w.s[w.n - 1]))
		w.n--;
	return w;
}

/* The next of the items between SEP, which does not count in quotes; false at the end. */
static bool next_item(const char **p, const char *end, char sep, struct card_word *item)
{
	bool quoted = false;

	if (*p >= end)
		return false;
	for (item->s = *p; *p < end && (quoted || **p != sep); ++*p)
		if (**p == '"')
			quoted = !quoted;
	item->n = (size_t)(*p - item->s);
	++*p;
	return true;
}

struct card_word cardparam_unquoted(struct card_word w)
{
	if (w.n >= 2 && w.s[0] == '"' && w.s[w.n - 1] == '"')
		return (struct card_word){ w.s + 1, w.n - 2 };
	return w;
}

/* What would end a name, or look as if it were not there, becomes a dash. */
static bool in_name(char c)
{
	return strchr("\":;,= \t", c) == NULL;
}

bool cardparam_next(const char **p, const char *end, struct card_word *name,
    struct card_word *value)
{
	const char *eq;
	struct card_word w;
	size_t i;

	do {
		if (!next_item(p, end, ';', &w))
			return false;
		w = trimmed(w);
	} while (w.n == 0);
	eq = memchr(w.s, '=', w.n);
	*name = trimmed((struct card_word){ w.s, eq != NULL ? (size_t)(eq - w.s) : 0 });
	*value = eq != NULL ? (struct card_word){ eq + 1, (size_t)(w.s + w.n - eq) - 1 } : w;
	for (i = 0; i < name->n && !in_name(name->s[i]); i++)
		;
	if (i == name->n)
		name->n = 0;
	return true;
}

bool cardparam_type(const char **p, const char *end, struct card_word *in,
    struct card_word *type)
{
	const char *comma;

	do {
		if (in->n == 0) {
			if (!next_item(p, end, ',', in))
				return false;
			*in = cardparam_unquoted(*in);
		}
		comma = memchr(in->s, ',', in->n);
		type->s = in->s;
		type->n = comma != NULL ? (size_t)(comma - in->s) : in->n;
		in->n -= type->n + (comma != NULL);
		in->s += type->n + (comma != NULL);
		*type = trimmed(*type);
	} while (past_quotes(*type).n == 0);
	return true;
}

void cardparam_put_item(const char *before, struct card_word item, struct buf *out)
{
	struct card_word w = cardparam_unquoted(item);
	bool was = w.n < item.n, needs = was && memchr(w.s, '"', w.n) == NULL;
	size_t i;

	for (i = 0; !needs && i < w.n; i++)
		needs = strchr(":;,", w.s[i]) != NULL;
	buf_adds(out, before);
	buf_adds(out, needs ? "\"" : "");
	for (; w.n > 0; w.s++, w.n--)
		if (*w.s != '"')
			buf_addc(out, *w.s);
	buf_adds(out, needs ? "\"" : "");
}

void cardparam_put_items(struct card_word list, struct buf *out)
{
	const char *p = list.s, *end = list.s + list.n, *before = "";
	struct card_word item;

	for (; next_item(&p, end, ',', &item); before = ",")
		cardparam_put_item(before, item, out);
}

void cardparam_put(struct card_word name, struct card_word list, struct buf *out)
{
	buf_addc(out, ';');
	for (; name.n > 0; name.s++, name.n--)
		if (*name.s != '"')
			buf_addc(out, in_name(*name.s) ? *name.s : '-');
	buf_addc(out, '=');
	cardparam_put_items(list, out);
}

void cardparam_put_type(struct card_word type, bool *any, struct buf *out)
{
	cardparam_put_item(*any ? "," : ";TYPE=", type, out);
	*any = true;
}
