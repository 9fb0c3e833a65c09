#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "site/site.h"
#include "text/find.h"

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

const struct domain *site_domain(const struct site *s, int64_t id)
{
	return find_id(s->domain, s->domains, sizeof(*s->domain), id);
}

/* Copy the values of the domain in hand. */
static int copy_values(struct site *s, struct domain *d, struct err *e)
{
	const struct source *src = &s->m->src[S_DOMAIN];
	unsigned n = s->m->map.rec[S_DOMAIN].slots, i;

	d->v = malloc(n * sizeof(*d->v));
	for (i = 0; d->v != NULL && i < n; i++) {
		d->v[i] = src->v[i];
		if (src->v[i].type == V_STR && (d->v[i].s = arena_add(&s->texts, src->v[i].s,
		    src->v[i].n)) == NULL)
			return err_memory(e);
	}
	return d->v == NULL ? err_memory(e) : 0;
}

/* The values of the default domain hold where the domain has none of its own. */
static void override(struct site *s, struct domain *d)
{
	const struct domain *def = site_domain(s, 0);
	const struct map_name *p;
	size_t i;

	for (i = 0; def != NULL && i < sizeof(overridden) / sizeof(overridden[0]); i++) {
		p = mapping_name(&s->m->map.rec[S_DOMAIN], overridden[i], strlen(overridden[i]));
		if (p != NULL && p->slot >= 0)
			d->v[p->slot] = def->v[p->slot];
	}
}

static int add(struct site *s, struct err *e)
{
	const struct jdoc *doc = &s->m->src[S_DOMAIN].doc;
	struct domain *d;

	if (s->domains == DOMAINS_MAX)
		return err_set(e, EXIT_DATA, "more than %d domains", DOMAINS_MAX);
	if (GROW(s->domain, s->domains, s->domain_size, e) < 0)
		return -1;
	d = &s->domain[s->domains++];
	d->v = NULL;
	d->id = jr_int(doc, NULL, "id_domain", -1);
	if (d->id < 0 || (s->domains > 1 && d[-1].id >= d->id))
		return filter_wrong(s->m->f, e, "domains have to come by ascending id_domain");
	d->own_servers = d->id == 0 || jr_bool(doc, NULL, "is_default_for_tenant", false);
	if (copy_values(s, d, e) < 0)
		return -1;
	if (d->id != 0 && jr_int(doc, NULL, "id_tenant", 0) == 0 &&
	    !jr_bool(doc, NULL, "override_settings", false))
		override(s, d);
	return 0;
}

bool mail_is_pop3(const struct jdoc *d)
{
	int64_t port = jr_int(d, NULL, "mail_inc_port", 143);

	return jr_int(d, NULL, "mail_protocol", 1) == 0 || port == 110 || port == 995;
}

int domain_record(struct site *s, struct err *e)
{
	struct maker *m = s->m;
	char uuid[UUID_LEN + 1];
	const struct domain *d;
	int rc;

	if (m->f->in.in[0] == 'U')
		return filter_wrong(m->f, e, "a domain inside a user's block");
	if (maker_take(m, S_DOMAIN, e) < 0 || add(s, e) < 0)
		return -1;
	d = &s->domain[s->domains - 1];
	m->vals[S_DOMAIN] = d->v;
	filter_uuid(m->f, uuid, "server:%lld", (long long)d->id);
	rc = entity_put(m, E_SERVER, uuid, e);
	if (rc == 0 && jr_bool(&m->src[S_DOMAIN].doc, NULL, "disabled", false))
		rc = maker_report(m, S_DOMAIN, false, "domain-disabled",
		    "P7 has the domain disabled, P8 knows no disabled mail servers",
		    "its users are carried as disabled users", e);
	if (rc == 0 && mail_is_pop3(&m->src[S_DOMAIN].doc))
		rc = maker_report(m, S_DOMAIN, false, "domain-pop3",
		    "the domain's mail server is one for POP3, P8 speaks IMAP only",
		    MAIL_POP3_DONE, e);
	maker_drop(m, S_DOMAIN);
	return rc;
}

void site_free(struct site *s)
{
	size_t i;

	for (i = 0; i < s->domains; i++)
		free(s->domain[i].v);
	arena_free(&s->texts);
	free(s->domain);
	free(s->tenant);
}
