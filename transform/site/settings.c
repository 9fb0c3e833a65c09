#include <string.h>

#include "run.h"

static void put_value(struct jsonw *w, enum eav_type cast, const struct val *v)
{
	if (cast == T_BOOL)
		jw_bool(w, v->i != 0);
	else if (v->type == V_INT)
		jw_int(w, v->i);
	else
		jw_str_n(w, v->s, v->n);
}

/* A stream of another maker may lack some of P7's settings. */
static bool given(const struct run *r, const struct map_attr *a)
{
	unsigned i;

	for (i = 0; i < a->nfrom; i++)
		if (r->vals[a->from[i].kind] == NULL ||
		    r->vals[a->from[i].kind][a->from[i].slot].type == V_NONE)
			return false;
	return true;
}

static int propose(struct run *r, const struct map_attr *a, const struct val *v, struct err *e)
{
	const char *slash = strchr(a->name, '/');
	struct jsonw *w = so_begin(&r->out, "SETTING");

	jw_key(w, "module");
	jw_str_n(w, a->name, (size_t)(slash - a->name));
	jw_kv_str(w, "key", slash + 1);
	jw_key(w, "value");
	put_value(w, a->cast, v);
	jw_kv_str(w, "from", a->nfrom > 0 ? a->from[a->nfrom - 1].member : NULL);
	return so_put(&r->out, "SETTING", e);
}

int settings_propose(struct run *r, struct err *e)
{
	const struct map_entity *en = &r->map.ent[E_SETTING];
	unsigned i;

	if (entity_make(r, E_SETTING, "", e) < 0)
		return -1;
	for (i = 0; i < en->n; i++)
		if (r->made_of[i].type > V_NULL && given(r, &en->attr[i]) &&
		    propose(r, &en->attr[i], &r->made_of[i], e) < 0)
			return -1;
	return 0;
}
