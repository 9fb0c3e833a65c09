#include <string.h>

#include "mapping/convert.h"
#include "text/ascii.h"

void convert_report(struct convert *c, bool reject, bool secret, const char *code,
    const char *reason, const char *action)
{
	if (c->reports < ATTR_REPORTS_MAX)
		c->report[c->reports++] = (struct attr_report){ reject,
		    secret || c->attr->cast == T_ENCRYPTED, code, reason, action, c->attr };
}

static bool php_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0' || c == '\v';
}

struct val conv_trim(const struct val *v)
{
	struct val out = *v;

	if (out.type != V_STR)
		return out;
	while (out.n > 0 && php_blank(out.s[out.n - 1]))
		out.n--;
	while (out.n > 0 && php_blank(out.s[0])) {
		out.s++;
		out.n--;
	}
	return out;
}

struct val conv_text(const struct val *v)
{
	return v->type <= V_NULL || v->type == V_LIST ? val_str("", 0) : conv_trim(v);
}

static int in_case(struct convert *c, const struct val *v, char first, struct val *out)
{
	char *p;
	size_t i;

	*out = conv_text(v);
	if (out->type != V_STR)
		return 0;
	p = arena_add(&c->arena, out->s, out->n);
	if (p == NULL)
		return -1;
	for (i = 0; i < out->n; i++)
		if (p[i] >= first && p[i] < first + 26)
			p[i] ^= 0x20;
	out->s = p;
	return 0;
}

int conv_lower(struct convert *c, const struct val *v, struct val *out)
{
	return in_case(c, v, 'A', out);
}

static int make_trim(struct convert *c, struct val *out)
{
	*out = conv_trim(c->in[0]);
	return 0;
}

static int make_text(struct convert *c, struct val *out)
{
	*out = c->in[0]->type == V_NULL ? val_str("", 0) : *c->in[0];
	return 0;
}

static int make_lower(struct convert *c, struct val *out)
{
	return in_case(c, c->in[0], 'A', out);
}

static int make_upper(struct convert *c, struct val *out)
{
	return in_case(c, c->in[0], 'a', out);
}

static int make_number(struct convert *c, struct val *out)
{
	*out = val_int(val_as_int(c->in[0]));
	return 0;
}

static int make_not(struct convert *c, struct val *out)
{
	*out = val_bool(!val_as_bool(c->in[0]));
	return 0;
}

/* Only "no" is said: P8's own default is "yes". */
static int make_if_off(struct convert *c, struct val *out)
{
	*out = val_bool(false);
	if (c->in[0]->type == V_NONE || val_as_bool(c->in[0]))
		out->type = V_NONE;
	return 0;
}

/* Is one of them true, or (ALL) none false?  A record that is not there says neither. */
static int truth(struct convert *c, bool all, struct val *out)
{
	unsigned i;

	*out = val_bool(all);
	for (i = 0; i < c->n; i++)
		if (c->in[i]->type != V_NONE && val_as_bool(c->in[i]) != all)
			out->i = !all;
	return 0;
}

static int make_any(struct convert *c, struct val *out)
{
	return truth(c, false, out);
}

static int make_all(struct convert *c, struct val *out)
{
	return truth(c, true, out);
}

static int make_first(struct convert *c, struct val *out)
{
	unsigned i;

	out->type = V_NONE;
	for (i = 0; i < c->n && out->type <= V_NULL; i++)
		*out = *c->in[i];
	return 0;
}

static int make_first_filled(struct convert *c, struct val *out)
{
	unsigned i;

	*out = val_str("", 0);
	for (i = 0; i < c->n && val_empty(out); i++)
		*out = conv_text(c->in[i]);
	return 0;
}

/* Does the word that ends at AT (its backslash) look like a Windows path? */
static bool in_path(const char *s, const char *at)
{
	const char *w = at;

	while (w > s && w[-1] > ' ')
		w--;
	for (; w < at; w++)
		if ((w[0] == ':' && w[1] == '\\') || (w[0] == '\\' && w[1] == '\\'))
			return true;
	return false;
}

/*
 * P7 keeps a typed line break as the characters "\" and "n", before the line feed that came with
 * it; what it did not write itself can have a carriage return there.
 */
static int make_lines(struct convert *c, struct val *out)
{
	const char *p, *end;
	bool path = false;
	char *to;
	size_t n;

	*out = conv_text(c->in[0]);
	if (out->type != V_STR || (memchr(out->s, '\\', out->n) == NULL &&
	    memchr(out->s, '\r', out->n) == NULL))
		return 0;
	to = arena_add(&c->arena, NULL, out->n);
	if (to == NULL)
		return -1;
	p = out->s;
	end = p + out->n;
	for (n = 0; p < end; n++) {
		if (*p == '\r' || (*p == '\\' && p + 1 < end && p[1] == 'n')) {
			path = path || (*p == '\\' && in_path(out->s, p));
			p += *p == '\r' ? 1 : 2;
			p += p < end && *p == '\n';
			to[n] = '\n';
		} else
			to[n] = *p++;
	}
	if (path)
		convert_report(c, false, false, "line-break-or-path", "the characters \\n in it can"
		    " be a line break or part of a Windows path",
		    "taken for line breaks, as P7 shows them");
	out->s = to;
	out->n = n;
	*out = conv_trim(out);
	return 0;
}

/* A date and time as P7 means it: after 1970; anything else is "unknown". */
static int make_time(struct convert *c, struct val *out)
{
	static const char form[] = "0000-00-00 00:00:00";
	const char *s = c->in[0]->s;
	int v[6] = { 0 }, k = 0;
	unsigned i;

	*out = val_text("@snapshot");
	if (c->in[0]->type != V_STR || c->in[0]->n < sizeof(form) - 1)
		return 0;
	for (i = 0; i < sizeof(form) - 1; i++)
		if (form[i] == '0' ? !ascii_is_digit(s[i]) : s[i] != form[i])
			return 0;
		else if (form[i] == '0')
			v[k] = v[k] * 10 + (s[i] - '0');
		else
			k++;
	if (v[0] >= 1970 && v[1] >= 1 && v[1] <= 12 && v[2] >= 1 && v[2] <= 31 && v[3] < 24 &&
	    v[4] < 60 && v[5] < 60 && memcmp(s, "1970-01-01 00:00:00", 19) != 0)
		*out = val_str(s, 19);
	return 0;
}

static bool zone_name(const char *s, size_t n)
{
	if (n == 3 && (memcmp(s, "UTC", 3) == 0 || memcmp(s, "GMT", 3) == 0))
		return true;
	return ascii_only(s, n, "_+-/") && ascii_is_alnum(s[0]) && !ascii_is_digit(s[0]) &&
	    s[n - 1] != '/' && memchr(s, '/', n) != NULL && memmem(s, n, "//", 2) == NULL;
}

/* The name of a zone of the Olson database (Europe/Kiev, Etc/GMT+5, UTC), nothing else. */
static int make_time_zone(struct convert *c, struct val *out)
{
	*out = conv_text(c->in[0]);
	if (out->n == 0 || zone_name(out->s, out->n))
		return 0;
	convert_report(c, false, false, "time-zone-unknown", "it is not the name of a time zone",
	    "left out: P8 takes the time zone of the browser at the next login");
	*out = val_str("", 0);
	return 0;
}

/* P8 has no groups without a name. */
static int make_group_name(struct convert *c, struct val *out)
{
	struct buf b = BUF_INIT(64);

	*out = conv_text(c->in[0]);
	if (out->n > 0)
		return 0;
	convert_report(c, false, false, "group-without-name", "the group has no name",
	    "named after its number");
	buf_addf(&b, "Group %lld", (long long)val_as_int(c->in[1]));
	out->s = b.failed ? NULL : arena_add(&c->arena, b.data, b.len);
	out->n = b.len;
	buf_free(&b);
	return out->s == NULL ? -1 : 0;
}

/* The address that the primary one points to: 0 home, 1 business, 2 other. */
static int make_view_email(struct convert *c, struct val *out)
{
	int64_t which = val_as_int(c->in[0]);

	*out = conv_text(c->in[which == 1 || which == 2 ? which + 1 : 1]);
	if (out->n == 0 && c->n > 4)
		*out = conv_text(c->in[4]);
	return 0;
}

/* P7's own tag; made from all other attributes where it is empty (see entity.c). */
static int make_etag(struct convert *c, struct val *out)
{
	*out = c->n > 0 ? conv_text(c->in[0]) : val_str("", 0);
	return 0;
}

static const struct conversion conversions[] = {
	{ "all", 1, MAP_FROM, .make = make_all },
	{ "any", 1, MAP_FROM, .make = make_any },
	{ "autodetect", 1, 1, .make = conv_autodetect, .none_skips = true },
	{ "etag", 0, 1, .make = make_etag, .last = true },
	{ "first", 1, MAP_FROM, .make = make_first, .none_skips = true },
	{ "first-filled", 1, MAP_FROM, .make = make_first_filled },
	{ "folders-order", 1, 1, .make = conv_folders_order },
	{ "group-name", 2, 2, .make = make_group_name },
	{ "if-off", 1, 1, .make = make_if_off, .none_skips = true },
	{ "language", 1, 1, .make = conv_language, .none_skips = true },
	{ "limit", 2, 2, .make = conv_limit, .none_skips = true },
	{ "lines", 1, 1, .make = make_lines },
	{ "login-password", 2, 2, .make = conv_login_password },
	{ "lower", 1, 1, .make = make_lower },
	{ "not", 1, 1, .make = make_not },
	{ "number", 1, 1, .make = make_number },
	{ "own-login", 2, 2, .make = conv_own_login },
	{ "own-password", 2, 2, .make = conv_own_password },
	{ "password", 1, 1, .make = conv_password },
	{ "server-domains", 2, 2, .make = conv_server_domains },
	{ "server-name", 3, 3, .make = conv_server_name },
	{ "sieve", 1, 1, .make = conv_sieve },
	{ "social-type", 2, 2, .make = conv_social_type },
	{ "text", 1, 1, .make = make_text },
	{ "time", 1, 1, .make = make_time },
	{ "time-format", 1, 1, .make = conv_time_format, .none_skips = true },
	{ "time-zone", 1, 1, .make = make_time_zone },
	{ "trim", 1, 1, .make = make_trim },
	{ "upper", 1, 1, .make = make_upper },
	{ "view-email", 4, 5, .make = make_view_email },
};

const struct conversion *conversion_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++)
		if (strcmp(conversions[i].name, name) == 0)
			return &conversions[i];
	return NULL;
}
