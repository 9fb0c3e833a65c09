#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jsonr.h"
#include "jsonw.h"
#include "settings/settingval.h"
#include "target/target.h"

/* Enumerations of P8: names of a "spec", and what the constants are where P8 keeps those. */
static const struct {
	const char *key, *name;
	int64_t number;
} enums[] = {
	{ "TimeFormat", "F24", 0 }, { "TimeFormat", "F12", 1 },
};
#define ENUMS (sizeof(enums) / sizeof(*enums))

struct parsed {
	struct buf text;
	struct jdoc d;
	const struct jval *v;
};

static int parse(struct parsed *p, const char *s, size_t n)
{
	struct err ignored = { .msg = "" };

	memset(p, 0, sizeof(*p));
	buf_init(&p->text, TARGET_CONFIG_MAX + 8192);
	buf_add(&p->text, s, n);
	if (p->text.failed || p->text.len == 0 ||
	    jr_parse(&p->d, p->text.data, p->text.len, &ignored) < 0)
		return -1;
	p->v = &p->d.v[0];
	return 0;
}

static void release(struct parsed *p)
{
	jr_free(&p->d);
	buf_free(&p->text);
}

static bool is_same(const struct jval *a, const struct jval *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == J_NULL)
		return true;
	if (a->type == J_BOOL)
		return a->b == b->b;
	if (a->type == J_INT)
		return a->i == b->i;
	return a->type == J_STR && a->n == b->n && memcmp(a->s, b->s, a->n) == 0;
}

int settingval_same(const char *a, size_t na, const char *b, size_t nb)
{
	struct parsed x, y;
	int rc = parse(&x, a, na) == 0;

	rc = parse(&y, b, nb) == 0 && rc && is_same(x.v, y.v);
	release(&x);
	release(&y);
	return rc;
}

static bool is_text(const struct jval *v, const char *s)
{
	return v->type == J_STR && v->n == strlen(s) && memcmp(v->s, s, v->n) == 0;
}

/* A whole number that V is or spells. */
static bool number(const struct jval *v, int64_t *n)
{
	char *end;

	if (v->type == J_BOOL || v->type == J_INT) {
		*n = v->type == J_BOOL ? v->b : v->i;
		return true;
	}
	if (v->type != J_STR || v->n == 0 || strlen(v->s) != v->n ||
	    v->s[strspn(v->s, "-0123456789")] != '\0')
		return false;
	errno = 0;
	*n = strtoll(v->s, &end, 10);
	return errno == 0 && *end == '\0';
}

/* The type of what is written: that of the value now; of a null, what the file says. */
static enum jtype type_of(const struct settingval *s, const struct jval *now)
{
	if (now->type != J_NULL)
		return now->type;
	if (strncmp(s->type, "bool", 4) == 0)
		return J_BOOL;
	return strncmp(s->type, "int", 3) == 0 ? J_INT : J_STR;
}

/* The member of an enumeration that V names or numbers, or -1. */
static int member(const char *key, const struct jval *v)
{
	int64_t n = -1;
	bool numbered = number(v, &n);
	size_t i;

	for (i = 0; i < ENUMS; i++)
		if (strcmp(enums[i].key, key) == 0 &&
		    (is_text(v, enums[i].name) || (numbered && n == enums[i].number)))
			return (int)i;
	return -1;
}

/* Does the file keep names of the enumeration?  Where it says no type, as the value now is. */
static bool keeps_names(const struct settingval *s, const struct jval *now)
{
	int64_t n;

	if (s->type[0] == '\0')
		return now->type == J_STR && !number(now, &n);
	return strcmp(s->type, "spec") == 0 || strcmp(s->type, "enum") == 0;
}

static int put_number(struct jsonw *w, int64_t n, enum jtype type)
{
	char text[24];

	if (type == J_INT)
		jw_int(w, n);
	else if (type == J_BOOL && (n == 0 || n == 1))
		jw_bool(w, n == 1);
	else if (type == J_STR) {
		snprintf(text, sizeof(text), "%" PRId64, n);
		jw_str(w, text);
	} else
		return 0;
	return 1;
}

static int convert(const struct settingval *s, const struct jval *v, const struct jval *now,
    struct jsonw *w)
{
	enum jtype type = type_of(s, now);
	int m = member(s->key, v);
	int64_t n;

	if (m >= 0 && (type == J_INT || type == J_STR)) {
		if (type == J_INT || !keeps_names(s, now))
			return put_number(w, enums[m].number, type);
		jw_str(w, enums[m].name);
		return 1;
	}
	if (v->type == J_STR && type == J_STR) {
		jw_str_n(w, v->s, v->n);
		return 1;
	}
	if (v->type == J_BOOL && !v->b && is_text(now, "")) {
		jw_str(w, "");	/* which is false, too */
		return 1;
	}
	return number(v, &n) ? put_number(w, n, type) : 0;
}

int settingval_form(const struct settingval *s, const char *value, size_t len, struct buf *out)
{
	struct parsed v, now;
	struct jsonw w;
	int rc = parse(&v, value, len) == 0;

	rc = parse(&now, s->now, s->n) == 0 && rc;
	buf_reset(out);
	jw_begin(&w, out);
	if (rc)
		rc = convert(s, v.v, now.v, &w);
	release(&v);
	release(&now);
	return rc && !out->failed;
}
