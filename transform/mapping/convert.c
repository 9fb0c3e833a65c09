#include <string.h>

#include "buf.h"
#include "mapping/convert.h"

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

static int in_case(struct arena *a, const struct val *v, char first, struct val *out)
{
	char *p;
	size_t i;

	*out = conv_text(v);
	if (out->type != V_STR)
		return 0;
	p = arena_add(a, out->s, out->n);
	if (p == NULL)
		return -1;
	for (i = 0; i < out->n; i++)
		if (p[i] >= first && p[i] < first + 26)
			p[i] ^= 0x20;
	out->s = p;
	return 0;
}

int conv_lower(struct arena *a, const struct val *v, struct val *out)
{
	return in_case(a, v, 'A', out);
}

static int make_trim(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c, (void)n;
	*out = conv_trim(in[0]);
	return 0;
}

static int make_text(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c, (void)n;
	*out = in[0]->type == V_NULL ? val_str("", 0) : *in[0];
	return 0;
}

static int make_lower(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)n;
	return in_case(c->arena, in[0], 'A', out);
}

static int make_upper(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)n;
	return in_case(c->arena, in[0], 'a', out);
}

static int make_number(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c, (void)n;
	*out = val_int(val_as_int(in[0]));
	return 0;
}

static int make_not(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c, (void)n;
	*out = val_bool(!val_as_bool(in[0]));
	return 0;
}

/* Only "no" is said: P8's own default is "yes". */
static int make_if_off(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c, (void)n;
	*out = val_bool(false);
	if (in[0]->type == V_NONE || val_as_bool(in[0]))
		out->type = V_NONE;
	return 0;
}

/* Is one of them true? */
static int make_any(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	unsigned i;

	(void)c;
	*out = val_bool(false);
	for (i = 0; i < n; i++)
		if (in[i]->type != V_NONE && val_as_bool(in[i]))
			out->i = 1;
	return 0;
}

/* A record that is not there does not say no. */
static int make_all(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	unsigned i;

	(void)c;
	*out = val_bool(true);
	for (i = 0; i < n; i++)
		if (in[i]->type != V_NONE && !val_as_bool(in[i]))
			out->i = 0;
	return 0;
}

static int make_first(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	unsigned i;

	(void)c;
	out->type = V_NONE;
	for (i = 0; i < n && out->type <= V_NULL; i++)
		*out = *in[i];
	return 0;
}

static int make_first_filled(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	unsigned i;

	(void)c;
	*out = val_str("", 0);
	for (i = 0; i < n && val_empty(out); i++)
		*out = conv_text(in[i]);
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
static int make_lines(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	static const struct note path = { false, "line-break-or-path",
		"the characters \\n in it can be a line break or part of a Windows path",
		"taken for line breaks, as P7 shows them", NULL, false };
	struct note note = path;
	const char *p, *end;
	char *to;

	(void)n;
	*out = conv_text(in[0]);
	if (out->type != V_STR || (memchr(out->s, '\\', out->n) == NULL &&
	    memchr(out->s, '\r', out->n) == NULL))
		return 0;
	to = arena_add(c->arena, NULL, out->n + 1);
	if (to == NULL)
		return -1;
	p = out->s;
	end = p + out->n;
	note.attr = NULL;
	for (n = 0; p < end; n++) {
		if (*p == '\r' || (*p == '\\' && p + 1 < end && p[1] == 'n')) {
			if (*p == '\\' && in_path(out->s, p))
				note.attr = c->attr;
			p += *p == '\r' ? 1 : 2;
			p += p < end && *p == '\n';
			to[n] = '\n';
		} else
			to[n] = *p++;
	}
	if (note.attr != NULL)
		note_add(c->notes, &note);
	out->s = to;
	out->n = n;
	*out = conv_trim(out);
	return 0;
}

static bool digits(const char *s, size_t n, int *v)
{
	for (*v = 0; n > 0 && *s >= '0' && *s <= '9'; s++, n--)
		*v = *v * 10 + (*s - '0');
	return n == 0;
}

/* A date and time as P7 means it: after 1970; anything else is "unknown". */
static int make_time(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	const char *s = in[0]->s;
	int y, mon, d, h, min, sec;

	(void)c, (void)n;
	*out = val_text("@snapshot");
	if (in[0]->type != V_STR || in[0]->n < 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' ||
	    s[13] != ':' || s[16] != ':')
		return 0;
	if (!digits(s, 4, &y) || !digits(s + 5, 2, &mon) || !digits(s + 8, 2, &d) ||
	    !digits(s + 11, 2, &h) || !digits(s + 14, 2, &min) || !digits(s + 17, 2, &sec))
		return 0;
	if (y >= 1970 && mon >= 1 && mon <= 12 && d >= 1 && d <= 31 && h < 24 && min < 60 &&
	    sec < 60 && memcmp(s, "1970-01-01 00:00:00", 19) != 0)
		*out = val_str(s, 19);
	return 0;
}

static bool zone_name(const char *s, size_t n)
{
	bool slash = false;
	size_t i;

	if ((n == 3 && memcmp(s, "UTC", 3) == 0) || (n == 3 && memcmp(s, "GMT", 3) == 0))
		return true;
	for (i = 0; i < n; i++) {
		if (s[i] == '/') {
			if (i == 0 || i + 1 == n || s[i - 1] == '/')
				return false;
			slash = true;
		} else if (!((s[i] >= 'A' && s[i] <= 'Z') || (s[i] >= 'a' && s[i] <= 'z') ||
			   (i > 0 && ((s[i] >= '0' && s[i] <= '9') || strchr("_+-", s[i])))))
			return false;
	}
	return slash;
}

/* The name of a zone of the Olson database (Europe/Kiev, Etc/GMT+5, UTC), nothing else. */
static int make_time_zone(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	struct note odd = { false, "time-zone-unknown", "it is not the name of a time zone",
		"left out: P8 takes the time zone of the browser at the next login", NULL, false };

	(void)n;
	*out = conv_text(in[0]);
	if (out->n == 0 || zone_name(out->s, out->n))
		return 0;
	odd.attr = c->attr;
	note_add(c->notes, &odd);
	*out = val_str("", 0);
	return 0;
}

/* P8 has no groups without a name. */
static int make_group_name(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	struct note unnamed = { false, "group-without-name", "the group has no name",
		"named after its number", NULL, false };
	struct buf b = BUF_INIT(64);

	(void)n;
	*out = conv_text(in[0]);
	if (out->n > 0)
		return 0;
	unnamed.attr = c->attr;
	note_add(c->notes, &unnamed);
	buf_addf(&b, "Group %lld", (long long)val_as_int(in[1]));
	out->s = b.failed ? NULL : arena_add(c->arena, b.data, b.len);
	out->n = b.len;
	buf_free(&b);
	return out->s == NULL ? -1 : 0;
}

/* The address that the primary one points to: 0 home, 1 business, 2 other. */
static int make_view_email(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	int64_t which = val_as_int(in[0]);

	(void)c;
	*out = conv_text(in[which == 1 || which == 2 ? which + 1 : 1]);
	if (out->n == 0 && n > 4)
		*out = conv_text(in[4]);
	return 0;
}

/* P7's own tag; made from all other attributes where it is empty (see entity.c). */
static int make_etag(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c;
	*out = n > 0 ? conv_text(in[0]) : val_str("", 0);
	return 0;
}

static const struct conversion conversions[] = {
	{ "all", 1, MAP_FROM, make_all, false, false },
	{ "any", 1, MAP_FROM, make_any, false, false },
	{ "autodetect", 1, 1, conv_autodetect, true, false },
	{ "etag", 0, 1, make_etag, false, true },
	{ "first", 1, MAP_FROM, make_first, true, false },
	{ "first-filled", 1, MAP_FROM, make_first_filled, false, false },
	{ "folders-order", 1, 1, conv_folders_order, false, false },
	{ "group-name", 2, 2, make_group_name, false, false },
	{ "if-off", 1, 1, make_if_off, true, false },
	{ "language", 1, 1, conv_language, true, false },
	{ "limit", 2, 2, conv_limit, true, false },
	{ "lines", 1, 1, make_lines, false, false },
	{ "login-password", 2, 2, conv_login_password, false, false },
	{ "lower", 1, 1, make_lower, false, false },
	{ "not", 1, 1, make_not, false, false },
	{ "number", 1, 1, make_number, false, false },
	{ "own-login", 2, 2, conv_own_login, false, false },
	{ "own-password", 2, 2, conv_own_password, false, false },
	{ "password", 1, 1, conv_password, false, false },
	{ "server-domains", 2, 2, conv_server_domains, false, false },
	{ "server-name", 3, 3, conv_server_name, false, false },
	{ "sieve", 1, 1, conv_sieve, false, false },
	{ "social-type", 2, 2, conv_social_type, false, false },
	{ "text", 1, 1, make_text, false, false },
	{ "time", 1, 1, make_time, false, false },
	{ "time-format", 1, 1, conv_time_format, true, false },
	{ "time-zone", 1, 1, make_time_zone, false, false },
	{ "trim", 1, 1, make_trim, false, false },
	{ "upper", 1, 1, make_upper, false, false },
	{ "view-email", 4, 5, make_view_email, false, false },
};

const struct conversion *conversion_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(conversions) / sizeof(conversions[0]); i++)
		if (strcmp(conversions[i].name, name) == 0)
			return &conversions[i];
	return NULL;
}
