#include <stdio.h>

#include "grow.h"
#include "site/site.h"
#include "text/find.h"

static int not_carried(struct site *s, int64_t id, const char *reason, struct err *e)
{
	struct report_item i = { .code = "tenant-not-carried", .table = "awm_tenants", .id = id,
	    .reason = reason, .action = "its users come into P8's tenant" };

	return report_add(&s->m->f->report, &i, e);
}

static int add(struct site *s, int64_t id, struct err *e)
{
	if ((s->tenants > 0 && s->tenant[s->tenants - 1] >= id) || s->tenants == TENANTS_MAX)
		return filter_wrong(s->m->f, e, "tenants have to come by ascending id_tenant");
	if (GROW(s->tenant, s->tenants, s->tenant_size, e) < 0)
		return -1;
	s->tenant[s->tenants++] = id;
	return 0;
}

int tenant_record(struct site *s, struct err *e)
{
	int64_t id = jr_int(&s->m->f->in.doc, NULL, "id_tenant", -1);
	char uuid[UUID_LEN + 1], reason[200];
	int rc;

	if (!s->m->target.multi_tenant)
		return not_carried(s, id, "P8 is for one tenant (EnableMultiTenant in its "
		    "config.json)", e);
	/* By hand, or by a server that did not make the number itself. */
	if (id <= 0) {
		snprintf(reason, sizeof(reason), "P7 takes the number %lld for no tenant; if it is "
		    "one, give it a number above 0, in awm_domains and awm_accounts, too",
		    (long long)id);
		return not_carried(s, id, reason, e);
	}
	if (add(s, id, e) < 0 || maker_take(s->m, S_TENANT, e) < 0)
		return -1;
	filter_uuid(s->m->f, uuid, "tenant:%lld", (long long)id);
	rc = entity_put(s->m, E_TENANT, uuid, e);
	if (rc == 0)
		rc = maker_report(s->m, S_TENANT, false, "tenant-administrator",
		    "P7's tenant logs in to the administration itself, in P8 a user of it does",
		    "the tenant is carried without a login: let P8's administrator make one of "
		    "its users its administrator", e);
	maker_drop(s->m, S_TENANT);
	return rc;
}

void site_tenant(struct site *s, int64_t id)
{
	s->m->ref[REF_TENANT] = "@tenant";
	if (find_id(s->tenant, s->tenants, sizeof(*s->tenant), id) == NULL)
		return;
	filter_uuid(s->m->f, s->tenant_uuid, "tenant:%lld", (long long)id);
	s->m->ref[REF_TENANT] = s->tenant_uuid;
}
