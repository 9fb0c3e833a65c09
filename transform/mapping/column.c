#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "mapping/column.h"
#include "utf8.h"

static const char replacement[] = "\xef\xbf\xbd";	/* U+FFFD */

/* Replace every byte that is not UTF-8. */
static int repair(struct convert *c, struct val *v)
{
	char *to = arena_add(&c->arena, NULL, 3 * v->n + 1), *p = to;
	const char *s = v->s, *end = s + v->n;
	size_t n;

	if (to == NULL)
		return -1;
	while (s < end) {
		n = utf8_valid_prefix(s, (size_t)(end - s));
		memcpy(p, s, n);
		p += n;
		s += n;
		if (s < end) {
			memcpy(p, replacement, 3);
			p += 3;
			s++;
		}
	}
	v->s = to;
	v->n = (size_t)(p - to);
	convert_report(c, false, false, "not-utf8", "some of its bytes are not UTF-8",
	    "replaced by U+FFFD");
	return 0;
}

/* Text of a number or a truth value as PHP makes it. */
static int to_text(struct convert *c, struct val *v)
{
	char text[24];

	if (v->type == V_BOOL)
		*v = val_text(v->i ? "1" : "");
	else if (v->type == V_INT) {
		*v = val_str(text, (size_t)snprintf(text, sizeof(text), "%" PRId64, v->i));
		v->s = arena_add(&c->arena, text, v->n);
	} else if (v->type != V_STR)
		*v = val_str("", 0);
	return v->s != NULL ? 0 : -1;
}

static bool is_text(enum eav_type t)
{
	return t == T_STRING || t == T_TEXT || t == T_MEDIUMBLOB || t == T_ENCRYPTED;
}

int column_cast(struct convert *c, struct val *v)
{
	bool null = v->type == V_NULL;

	switch (c->attr->cast) {
	case T_INT:
	case T_BIGINT:
		*v = val_int(val_as_int(v));
		break;
	case T_BOOL:
		*v = val_bool(val_as_bool(v));
		break;
	case T_TEXT:
	case T_MEDIUMBLOB:
	case T_DATETIME:
		if (null)
			return 0;
		/* fall through */
	default:
		if (to_text(c, v) < 0)
			return -1;
	}
	return v->bytes && (c->attr->cast == T_STRING || c->attr->cast == T_TEXT) &&
	    !utf8_valid(v->s, v->n) ? repair(c, v) : 0;
}

static int narrow(struct convert *c, struct val *v)
{
	char *to = arena_add(&c->arena, NULL, v->n + 1), *p = to;
	const char *s = v->s, *end = s + v->n;

	if (to == NULL)
		return -1;
	while (s < end) {
		if ((unsigned char)*s >= 0xf0) {
			memcpy(p, replacement, 3);
			p += 3;
			s += 4;
		} else
			*p++ = *s++;
	}
	v->s = to;
	v->n = (size_t)(p - to);
	convert_report(c, false, false, "character-outside-bmp",
	    "P8's column (utf8mb3) cannot hold characters outside the Basic Multilingual Plane",
	    "replaced by U+FFFD");
	return 0;
}

/* Bytes of the first MAX characters. */
static size_t chars_prefix(const struct val *v, size_t max)
{
	size_t i, chars = 0;

	if (v->n <= max)
		return v->n;
	for (i = 0; i < v->n; i++)
		if (((unsigned char)v->s[i] & 0xc0) != 0x80 && chars++ == max)
			break;
	return i;
}

static void shorten(struct convert *c, struct val *v, size_t n)
{
	if (n == v->n)
		return;
	if (c->attr->drop_long) {
		convert_report(c, true, false, "value-too-long", "P8's column is too short for it,"
		    " and a part of it is worth nothing", "set it in P8 by hand");
		*v = val_str("", 0);
		return;
	}
	convert_report(c, false, false, "value-shortened", "P8's column is too short for it",
	    "cut at a character");
	v->n = n;
}

static int encrypt(struct convert *c, struct val *v)
{
	struct buf b = BUF_INIT(1024);

	if (v->n > P8CRYPT_PLAIN_MAX)
		shorten(c, v, P8CRYPT_PLAIN_MAX);
	p8crypt_encrypt(&c->key, v->s, v->n, &b);
	*v = val_str("", 0);
	if (b.len > 0) {
		v->s = arena_add(&c->arena, b.data, b.len);
		v->n = b.len;
	}
	buf_free(&b);
	return v->s == NULL || b.failed ? -1 : 0;
}

static void clamp(struct convert *c, struct val *v)
{
	int64_t fits = v->i < INT32_MIN ? INT32_MIN : v->i > INT32_MAX ? INT32_MAX : v->i;

	if (fits == v->i)
		return;
	convert_report(c, false, false, "number-out-of-range", "P8's column holds 32 bits",
	    "the nearest number that fits was taken");
	v->i = fits;
}

int column_store(struct convert *c, struct val *v)
{
	const struct map_attr *a = c->attr;

	if (a->type != a->cast && a->type == T_STRING && to_text(c, v) < 0)
		return -1;
	if (a->type == T_ENCRYPTED)
		return encrypt(c, v);
	if (a->type == T_INT)
		clamp(c, v);
	if (v->type != V_STR || !is_text(a->type))
		return 0;
	if (a->type != T_MEDIUMBLOB && utf8_beyond_bmp(v->s, v->n) && narrow(c, v) < 0)
		return -1;
	if (a->type == T_STRING)
		shorten(c, v, chars_prefix(v, COLUMN_STRING));
	else if (a->type == T_TEXT)
		shorten(c, v, utf8_cut(v->s, v->n, COLUMN_TEXT));
	else if (v->n > COLUMN_BLOB)
		shorten(c, v, v->bytes ? COLUMN_BLOB : utf8_cut(v->s, v->n, COLUMN_BLOB));
	return 0;
}
