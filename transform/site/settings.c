#include <string.h>

#include "site/site.h"

/* A stream of another maker may lack some of P7's settings. */
static bool given(const struct maker *m, const struct map_attr *a)
{
	unsigned i;

	for (i = 0; i < a->nfrom; i++)
		if (m->vals[a->from[i].kind] == NULL ||
		    m->vals[a->from[i].kind][a->from[i].slot].type == V_NONE)
			return false;
	return true;
}

static int propose(struct maker *m, const struct map_attr *a, const struct val *v, struct err *e)
{
	const char *slash = strchr(a->name, '/');
	struct jsonw *w = so_begin(&m->f->out, "SETTING");

	jw_key(w, "module");
	jw_str_n(w, a->name, (size_t)(slash - a->name));
	jw_kv_str(w, "key", slash + 1);
	jw_key(w, "value");
	entity_put_value(w, v);
	jw_kv_str(w, "from", a->nfrom > 0 ? a->from[a->nfrom - 1].member : NULL);
	return so_put(&m->f->out, "SETTING", e);
}

static int propose_all(struct maker *m, struct err *e)
{
	const struct map_entity *en = &m->map.ent[E_SETTING];
	unsigned i;

	if (entity_make(m, E_SETTING, "", e) < 0)
		return -1;
	for (i = 0; i < en->n; i++)
		if (m->value[i].type > V_NULL && given(m, &en->attr[i]) &&
		    propose(m, &en->attr[i], &m->value[i], e) < 0)
			return -1;
	return 0;
}

/* Trimmed, lower-cased names of the hosts that offer ManageSieve. */
static void sieve_domains(struct sieve *s, const struct jdoc *d, const struct jval *list)
{
	const struct jval *v;
	struct val t;
	size_t i;

	for (v = list != NULL ? jr_first(d, list) : NULL; v != NULL; v = jr_next(d, v)) {
		if (v->type != J_STR || s->n == SIEVE_DOMAINS)
			continue;
		t = val_str(v->s, v->n);
		t = conv_trim(&t);
		if (t.n >= SIEVE_NAME)
			continue;
		for (i = 0; i < t.n; i++)
			s->domains[s->n][i] = t.s[i] >= 'A' && t.s[i] <= 'Z' ?
			    (char)(t.s[i] | 0x20) : t.s[i];
		s->domains[s->n++][t.n] = '\0';
	}
}

int settings_record(struct site *site, struct err *e)
{
	struct maker *m = site->m;
	struct source *s = &m->src[S_SETTINGS];
	const struct jval *sieve;

	if (source_take_member(s, &m->map.rec[S_SETTINGS], &m->f->in, "values", e) < 0)
		return -1;
	m->vals[S_SETTINGS] = s->v;
	sieve = jr_get(&s->doc, NULL, "sieve");
	m->conv.sieve.n = 0;
	if (sieve != NULL && sieve->type == J_OBJECT) {
		m->conv.sieve.enabled = jr_bool(&s->doc, sieve, "enabled", false);
		m->conv.sieve.port = jr_int(&s->doc, sieve, "port", m->conv.sieve.port);
		sieve_domains(&m->conv.sieve, &s->doc, jr_get(&s->doc, sieve, "domains"));
	}
	m->made[M_SIEVE_PORT] = val_int(m->conv.sieve.port);
	return propose_all(m, e);
}
