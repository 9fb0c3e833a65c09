#include <stdio.h>
#include <stdlib.h>

#include "run.h"

#define TENANTS_MAX 1000000

static int not_carried(struct run *r, int64_t id, const char *reason, struct err *e)
{
	struct report_item i = { .code = "tenant-not-carried", .table = "awm_tenants", .id = id,
	    .reason = reason, .action = "its users come into P8's tenant" };

	return report_add(&r->report, &i, e);
}

static int add(struct run *r, int64_t id, struct err *e)
{
	struct tenants *t = &r->tenants;
	int64_t *p;

	if ((t->n > 0 && t->id[t->n - 1] >= id) || t->n == TENANTS_MAX)
		return err_set(e, EXIT_DATA, "%s, line %llu: tenants have to come by ascending "
		    "id_tenant", r->in.io.name, (unsigned long long)r->in.lineno);
	if (t->n == t->size) {
		p = realloc(t->id, (t->size + 32) * 2 * sizeof(*p));
		if (p == NULL)
			return err_set(e, EXIT_TEMPORARY, "out of memory");
		t->id = p;
		t->size = (t->size + 32) * 2;
	}
	t->id[t->n++] = id;
	return 0;
}

int tenant_record(struct run *r, struct err *e)
{
	int64_t id = jr_int(&r->in.doc, NULL, "id_tenant", -1);
	char uuid[UUID_LEN + 1], reason[200];
	int rc;

	if (!r->target.multi_tenant)
		return not_carried(r, id, "P8 is for one tenant (EnableMultiTenant in its "
		    "config.json)", e);
	/* By hand, or by a server that did not make the number itself. */
	if (id <= 0) {
		snprintf(reason, sizeof(reason), "P7 takes the number %lld for no tenant; if it is "
		    "one, give it a number above 0, in awm_domains and awm_accounts, too",
		    (long long)id);
		return not_carried(r, id, reason, e);
	}
	if (add(r, id, e) < 0 || run_take(r, S_TENANT, e) < 0)
		return -1;
	run_uuid(r, uuid, "tenant:%lld", (long long)id);
	rc = entity_put(r, E_TENANT, uuid, e);
	if (rc == 0)
		rc = run_report(r, S_TENANT, false, "tenant-administrator",
		    "P7's tenant logs in to the administration itself, in P8 a user of it does",
		    "the tenant is carried without a login: let P8's administrator make one of "
		    "its users its administrator", e);
	run_drop(r, S_TENANT);
	return rc;
}

void tenant_of_user(struct run *r, int64_t id)
{
	const struct tenants *t = &r->tenants;
	size_t lo = 0, hi = t->n, mid;

	r->ref[REF_TENANT] = "@tenant";
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->id[mid] < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == t->n || t->id[lo] != id)
		return;
	run_uuid(r, r->user.tenant, "tenant:%lld", (long long)id);
	r->ref[REF_TENANT] = r->user.tenant;
}
