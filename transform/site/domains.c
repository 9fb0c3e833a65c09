#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* Columns that the default domain overrides where a domain has no settings of its own. */
static const char *const overridden[] = {
	"allow_calendar", "allow_change_account_settings", "allow_change_interface_settings",
	"allow_contacts", "allow_files", "allow_helpdesk", "allow_new_users_register",
	"allow_open_pgp", "allow_pass_reset", "allow_registration", "allow_users_add_acounts",
	"allow_webmail", "cal_default_tab", "cal_show_weekends", "cal_show_workday",
	"cal_week_starts_on", "cal_workday_ends", "cal_workday_starts", "check_interval",
	"contacts_per_page", "def_user_dateformat", "def_user_timeformat", "def_user_timezone",
	"default_tab", "ext_dav_host", "ext_imap_host", "ext_smtp_host", "global_addr_book", "lang",
	"layout", "msgs_per_page", "site_name", "skin", "use_threads", "xlist"
};

const struct domain *domain_find(const struct domains *d, int64_t id)
{
	size_t lo = 0, hi = d->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (d->d[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < d->n && d->d[lo].id == id ? &d->d[lo] : NULL;
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

int settings_record(struct run *r, struct err *e)
{
	struct source *s = &r->src[S_SETTINGS];
	const struct jval *sieve;

	if (source_take_member(s, &r->map.rec[S_SETTINGS], &r->in, "values", e) < 0)
		return -1;
	r->vals[S_SETTINGS] = s->v;
	sieve = jr_get(&s->doc, NULL, "sieve");
	r->sieve.n = 0;
	if (sieve != NULL && sieve->type == J_OBJECT) {
		r->sieve.enabled = jr_bool(&s->doc, sieve, "enabled", false);
		r->sieve.port = jr_int(&s->doc, sieve, "port", r->sieve.port);
		sieve_domains(&r->sieve, &s->doc, jr_get(&s->doc, sieve, "domains"));
	}
	r->made[M_SIEVE_PORT] = val_int(r->sieve.port);
	return settings_propose(r, e);
}

/* Copy the values of the domain in hand, texts into one block. */
static int copy_values(struct run *r, struct domain *d, struct err *e)
{
	const struct source *s = &r->src[S_DOMAIN];
	unsigned n = r->map.rec[S_DOMAIN].slots, i;
	size_t len = 1;
	char *p;

	for (i = 0; i < n; i++)
		len += s->v[i].n;
	d->v = malloc(n * sizeof(*d->v));
	d->text = p = malloc(len);
	if (d->v == NULL || p == NULL) {
		free(d->v);
		free(p);
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	}
	for (i = 0; i < n; i++) {
		d->v[i] = s->v[i];
		if (s->v[i].type != V_STR)
			continue;
		memcpy(p, s->v[i].s, s->v[i].n);
		d->v[i].s = p;
		p += s->v[i].n;
	}
	return 0;
}

/* The values of the default domain hold where the domain has none of its own. */
static void override(struct run *r, struct domain *d)
{
	const struct domain *def = domain_find(&r->domains, 0);
	const struct map_name *p;
	size_t i;

	if (def == NULL)
		return;
	for (i = 0; i < sizeof(overridden) / sizeof(overridden[0]); i++) {
		p = mapping_name(&r->map.rec[S_DOMAIN], overridden[i], strlen(overridden[i]));
		if (p != NULL && p->slot >= 0)
			d->v[p->slot] = def->v[p->slot];
	}
}

static int add(struct run *r, struct err *e)
{
	const struct jdoc *doc = &r->src[S_DOMAIN].doc;
	struct domains *ds = &r->domains;
	struct domain *d;

	if (ds->n == DOMAINS_MAX)
		return err_set(e, EXIT_DATA, "more than %d domains", DOMAINS_MAX);
	if (ds->n == ds->size) {
		ds->size = ds->size ? 2 * ds->size : 16;
		d = realloc(ds->d, ds->size * sizeof(*d));
		if (d == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		ds->d = d;
	}
	d = &ds->d[ds->n];
	d->id = jr_int(doc, NULL, "id_domain", -1);
	if (d->id < 0 || (ds->n > 0 && ds->d[ds->n - 1].id >= d->id))
		return err_set(e, EXIT_DATA, "%s, line %llu: domains have to come by ascending "
		    "id_domain", r->in.io.name, (unsigned long long)r->in.lineno);
	d->own_servers = d->id == 0 || jr_bool(doc, NULL, "is_default_for_tenant", false);
	if (copy_values(r, d, e) < 0)
		return -1;
	if (d->id != 0 && jr_int(doc, NULL, "id_tenant", 0) == 0 &&
	    !jr_bool(doc, NULL, "override_settings", false))
		override(r, d);
	ds->n++;
	return 0;
}

int domain_record(struct run *r, struct err *e)
{
	char uuid[UUID_LEN + 1];
	const struct domain *d;
	int rc;

	if (r->user.open)
		return err_set(e, EXIT_DATA, "%s, line %llu: a domain inside a user's block",
		    r->in.io.name, (unsigned long long)r->in.lineno);
	if (run_take(r, S_DOMAIN, e) < 0 || add(r, e) < 0)
		return -1;
	d = &r->domains.d[r->domains.n - 1];
	r->vals[S_DOMAIN] = d->v;
	run_uuid(r, uuid, "server:%lld", (long long)d->id);
	rc = entity_put(r, E_SERVER, uuid, e);
	if (rc == 0 && jr_bool(&r->src[S_DOMAIN].doc, NULL, "disabled", false))
		rc = run_report(r, S_DOMAIN, false, "domain-disabled",
		    "P7 has the domain disabled, P8 knows no disabled mail servers",
		    "its users are carried as disabled users", e);
	if (rc == 0 && mail_is_pop3(&r->src[S_DOMAIN].doc))
		rc = run_report(r, S_DOMAIN, false, "domain-pop3",
		    "the domain's mail server is one for POP3, P8 speaks IMAP only",
		    MAIL_POP3_DONE, e);
	run_drop(r, S_DOMAIN);
	return rc;
}

void domains_free(struct domains *d)
{
	size_t i;

	for (i = 0; i < d->n; i++) {
		free(d->d[i].v);
		free(d->d[i].text);
	}
	free(d->d);
	memset(d, 0, sizeof(*d));
}
