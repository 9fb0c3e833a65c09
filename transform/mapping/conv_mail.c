#include <string.h>

#include "buf.h"
#include "mapping/convert.h"
#include "p7/password.h"

/* Decode P7's password codec into the arena. */
static int decode(struct convert *c, const struct val *v, struct val *out)
{
	struct buf b = BUF_INIT(BUF_RECORD_MAX);
	struct val text = v->type == V_STR ? *v : val_str("", 0);

	if (text.n > 0 && !p7password_plausible(text.s, text.n))
		convert_report(c, false, true, "password-implausible", "P7 cannot have written this"
		    " password, it is not in P7's encoding", "decoded as P7 would do");
	p7password_decode(&b, text.s, text.n);
	*out = val_str("", 0);
	out->bytes = true;
	if (b.len > 0) {
		out->s = b.failed ? NULL : arena_add(&c->arena, b.data, b.len);
		out->n = b.len;
	}
	buf_free(&b);
	return out->s == NULL ? -1 : 0;
}

int conv_password(struct convert *c, struct val *out)
{
	return decode(c, c->in[0], out);
}

/* P8 keeps login and password together: a password does not fit another login. */
int conv_login_password(struct convert *c, struct val *out)
{
	struct val login = conv_text(c->in[1]), pass;
	char *p;

	if (decode(c, c->in[0], &pass) < 0)
		return -1;
	pass = conv_trim(&pass);
	if (login.type != V_STR)
		login = val_str("", 0);
	p = arena_add(&c->arena, NULL, login.n + 1 + pass.n);
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

int conv_own_login(struct convert *c, struct val *out)
{
	*out = val_as_int(c->in[0]) == AUTH_SPECIFIED ? conv_text(c->in[1]) : val_str("", 0);
	return 0;
}

int conv_own_password(struct convert *c, struct val *out)
{
	if (val_as_int(c->in[0]) == AUTH_SPECIFIED)
		return decode(c, c->in[1], out);
	*out = val_str("", 0);
	return 0;
}

int conv_social_type(struct convert *c, struct val *out)
{
	static const char *const types[] = { "", "google", "dropbox", "facebook", "twitter",
		"vkontakte" };
	int64_t t = val_as_int(c->in[1]);

	*out = conv_text(c->in[0]);
	if (out->n == 0 && t >= 0 && t < (int64_t)(sizeof(types) / sizeof(types[0])))
		*out = val_text(types[t]);
	return 0;
}

int conv_server_name(struct convert *c, struct val *out)
{
	return conv_lower(c, c->in[val_as_int(c->in[0]) == 0 ? 2 : 1], out);
}

int conv_server_domains(struct convert *c, struct val *out)
{
	if (val_as_int(c->in[0]) != 0)
		return conv_lower(c, c->in[1], out);
	*out = val_text("*");
	return 0;
}

int conv_sieve(struct convert *c, struct val *out)
{
	struct val host;
	bool found = false;
	unsigned i;

	if (conv_lower(c, c->in[0], &host) < 0)
		return -1;
	for (i = 0; i < c->sieve.n && !found; i++)
		found = strlen(c->sieve.domains[i]) == host.n &&
		    memcmp(c->sieve.domains[i], host.s, host.n) == 0;
	*out = val_bool(c->sieve.enabled && found);
	return 0;
}
