#include <stdio.h>
#include <string.h>

#include "mapping/fit.h"
#include "utf8.h"

static const char replacement[] = "\xef\xbf\xbd";	/* U+FFFD */

static void note(const struct fit *f, const struct map_attr *a, bool reject, const char *code,
    const char *reason, const char *action)
{
	struct note n = { reject, code, reason, action, a, a->cast == T_ENCRYPTED };

	note_add(f->notes, &n);
}

/* Replace every byte that is no UTF-8. */
static int repair(const struct fit *f, const struct map_attr *a, struct val *v)
{
	char *to = arena_add(f->arena, NULL, 3 * v->n + 1), *p = to;
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
	note(f, a, false, "not-utf8", "some of its bytes are not UTF-8", "replaced by U+FFFD");
	return 0;
}

static int text_of_int(const struct fit *f, struct val *v)
{
	char *p = arena_add(f->arena, NULL, 24);

	if (p == NULL)
		return -1;
	*v = val_str(p, (size_t)snprintf(p, 24, "%lld", (long long)v->i));
	return 0;
}

/* Text of a number or a truth value as PHP makes it. */
static int to_text(const struct fit *f, struct val *v)
{
	if (v->type == V_BOOL)
		*v = val_text(v->i ? "1" : "");
	else if (v->type == V_INT)
		return text_of_int(f, v);
	else if (v->type != V_STR)
		*v = val_str("", 0);
	return 0;
}

static bool is_text(enum eav_type t)
{
	return t == T_STRING || t == T_TEXT || t == T_MEDIUMBLOB || t == T_ENCRYPTED;
}

int fit_cast(const struct fit *f, const struct map_attr *a, struct val *v)
{
	bool null = v->type == V_NULL;

	switch (a->cast) {
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
		if (to_text(f, v) < 0)
			return -1;
	}
	if (v->bytes && (a->cast == T_STRING || a->cast == T_TEXT) && !utf8_valid(v->s, v->n) &&
	    repair(f, a, v) < 0)
		return -1;
	return 0;
}

static int narrow(const struct fit *f, const struct map_attr *a, struct val *v)
{
	char *to = arena_add(f->arena, NULL, v->n + 1), *p = to;
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
	note(f, a, false, "character-outside-bmp",
	    "P8's column (utf8mb3) cannot hold characters outside the Basic Multilingual Plane",
	    "replaced by U+FFFD");
	return 0;
}

/* Bytes of the first MAX characters. */
static size_t chars_prefix(const struct val *v, size_t max)
{
	size_t i, chars = 0;

	for (i = 0; i < v->n; i++)
		if (((unsigned char)v->s[i] & 0xc0) != 0x80 && chars++ == max)
			break;
	return i;
}

static void shorten(const struct fit *f, const struct map_attr *a, struct val *v, size_t n)
{
	if (n == v->n)
		return;
	if (a->drop_long) {
		note(f, a, true, "value-too-long", "P8's column is too short for it, and a part "
		    "of it is worth nothing", "set it in P8 by hand");
		*v = val_str("", 0);
		return;
	}
	note(f, a, false, "value-shortened", "P8's column is too short for it",
	    "cut at a character");
	v->n = n;
}

static int encrypt(const struct fit *f, const struct map_attr *a, struct val *v)
{
	struct buf b = BUF_INIT(1024);
	size_t max = P8CRYPT_PLAIN_MAX;

	if (v->n > max)
		shorten(f, a, v, max);
	p8crypt_encrypt(f->key, v->s, v->n, &b);
	*v = val_str("", 0);
	if (b.len > 0) {
		v->s = arena_add(f->arena, b.data, b.len);
		v->n = b.len;
	}
	buf_free(&b);
	return v->s == NULL || b.failed ? -1 : 0;
}

static void clamp(const struct fit *f, const struct map_attr *a, struct val *v)
{
	int64_t fits = v->i < INT32_MIN ? INT32_MIN : v->i > INT32_MAX ? INT32_MAX : v->i;

	if (fits == v->i)
		return;
	note(f, a, false, "number-out-of-range", "P8's column holds 32 bits",
	    "the nearest number that fits was taken");
	v->i = fits;
}

int fit_store(const struct fit *f, const struct map_attr *a, struct val *v)
{
	if (a->type != a->cast && a->type == T_STRING && to_text(f, v) < 0)
		return -1;
	if (a->type == T_ENCRYPTED)
		return encrypt(f, a, v);
	if (a->type == T_INT)
		clamp(f, a, v);
	if (v->type != V_STR || !is_text(a->type))
		return 0;
	if (a->type == T_MEDIUMBLOB) {
		if (v->n > FIT_BLOB)
			shorten(f, a, v, v->bytes ? FIT_BLOB : utf8_cut(v->s, v->n, FIT_BLOB));
		return 0;
	}
	if (utf8_beyond_bmp(v->s, v->n) && narrow(f, a, v) < 0)
		return -1;
	if (a->type == T_TEXT)
		shorten(f, a, v, utf8_cut(v->s, v->n, FIT_TEXT));
	else if (v->n > FIT_CHARS)
		shorten(f, a, v, chars_prefix(v, FIT_CHARS));
	return 0;
}
