#include <string.h>

#include "buf.h"
#include "convert.h"
#include "p7/password.h"

/* Decode P7's password codec into the arena. */
static int decode(struct conv_ctx *c, const struct val *v, struct val *out)
{
	struct note odd = { false, "password-implausible",
		"P7 cannot have written this password, it is not in P7's encoding",
		"decoded as P7 would do", NULL, true };
	struct buf b = BUF_INIT(BUF_RECORD_MAX);
	struct val text = v->type == V_STR ? *v : val_str("", 0);

	if (text.n > 0 && !p7password_plausible(text.s, text.n)) {
		odd.attr = c->attr;
		note_add(c->notes, &odd);
	}
	p7password_decode(&b, text.s, text.n);
	*out = val_str("", 0);
	out->bytes = true;
	if (b.len > 0) {
		out->s = b.failed ? NULL : arena_copy(c->arena, b.data, b.len);
		out->n = b.len;
	}
	buf_free(&b);
	return out->s == NULL ? -1 : 0;
}

int conv_password(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)n;
	return decode(c, in[0], out);
}

/* P8 keeps login and password together: a password does not fit another login. */
int conv_login_password(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	struct val login = conv_text(in[1]), pass;
	char *p;

	(void)n;
	if (decode(c, in[0], &pass) < 0)
		return -1;
	pass = conv_trim(&pass);
	if (login.type != V_STR)
		login = val_str("", 0);
	p = arena_get(c->arena, login.n + 1 + pass.n);
	if (p == NULL)
		return -1;
	memcpy(p, login.s, login.n);
	p[login.n] = ':';
	memcpy(p + login.n + 1, pass.s, pass.n);
	*out = val_str(p, login.n + 1 + pass.n);
	out->bytes = true;
	return 0;
}

#define AUTH_SPECIFIED 1

int conv_own_login(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)c, (void)n;
	*out = val_as_int(in[0]) == AUTH_SPECIFIED ? conv_text(in[1]) : val_str("", 0);
	return 0;
}

int conv_own_password(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)n;
	if (val_as_int(in[0]) == AUTH_SPECIFIED)
		return decode(c, in[1], out);
	*out = val_str("", 0);
	return 0;
}

int conv_social_type(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	static const char *const types[] = { "", "google", "dropbox", "facebook", "twitter",
		"vkontakte" };
	int64_t t = val_as_int(in[1]);

	(void)c, (void)n;
	*out = conv_text(in[0]);
	if (out->n == 0 && t >= 0 && t < (int64_t)(sizeof(types) / sizeof(types[0])))
		*out = val_text(types[t]);
	return 0;
}

int conv_server_name(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)n;
	return conv_lower(c->arena, in[val_as_int(in[0]) == 0 ? 2 : 1], out);
}

int conv_server_domains(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	(void)n;
	if (val_as_int(in[0]) != 0)
		return conv_lower(c->arena, in[1], out);
	*out = val_text("*");
	return 0;
}

int conv_sieve(struct conv_ctx *c, inputs in, unsigned n, struct val *out)
{
	struct val host;
	bool found = false;
	unsigned i;

	(void)n;
	if (conv_lower(c->arena, in[0], &host) < 0)
		return -1;
	for (i = 0; i < c->sieve->n && !found; i++)
		found = strlen(c->sieve->domains[i]) == host.n &&
		    memcmp(c->sieve->domains[i], host.s, host.n) == 0;
	*out = val_bool(c->sieve->enabled && found);
	return 0;
}
