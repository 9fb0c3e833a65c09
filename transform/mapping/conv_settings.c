#include <string.h>

#include "mapping/convert.h"

static const char autodetect[] = "Autodetect";

static bool is_autodetect(const struct val *v)
{
	return v->type == V_STR && v->n == sizeof(autodetect) - 1 &&
	    memcmp(v->s, autodetect, v->n) == 0;
}

int conv_autodetect(struct convert *c, struct val *out)
{
	struct val text = conv_text(c->in[0]);

	*out = val_bool(is_autodetect(&text));
	if (text.n == 0)
		out->type = V_NONE;
	return 0;
}

/* "Autodetect" is not a language: no attribute. */
int conv_language(struct convert *c, struct val *out)
{
	*out = conv_text(c->in[0]);
	if (out->n == 0 || is_autodetect(out))
		out->type = V_NONE;
	return 0;
}

/* A limit that is switched off is 0 in P8. */
int conv_limit(struct convert *c, struct val *out)
{
	*out = val_int(val_as_bool(c->in[0]) ? val_as_int(c->in[1]) : 0);
	if (c->in[0]->type == V_NONE || c->in[1]->type == V_NONE)
		out->type = V_NONE;
	return 0;
}

int conv_time_format(struct convert *c, struct val *out)
{
	*out = val_text(val_as_int(c->in[0]) == 1 ? "F12" : "F24");
	if (c->in[0]->type == V_NONE)
		out->type = V_NONE;
	return 0;
}
