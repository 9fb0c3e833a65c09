#include <stdio.h>
#include <string.h>

#include "run.h"

/* System folders that P8 has: its types, in the order it makes them. */
static const int folder_types[FOLDERS] = { 2, 3, 5, 4 };	/* sent, drafts, trash, spam */

static bool same_host(struct run *r, const struct jdoc *a, const struct domain *d, const char *key)
{
	const struct map_name *p = mapping_name(&r->map.rec[S_DOMAIN], key, strlen(key));
	const struct jval *v = jr_get(a, NULL, key);
	struct val mine = { V_NULL, false, 0, "", 0 }, theirs = mine;

	if (v != NULL && v->type == J_STR)
		mine = val_str(v->s, v->n);
	if (p != NULL && p->slot >= 0)
		theirs = d->v[p->slot];
	if (conv_lower(&r->arena, &mine, &mine) < 0 || conv_lower(&r->arena, &theirs, &theirs) < 0)
		return false;
	return mine.n == theirs.n && memcmp(mine.s, theirs.s, mine.n) == 0;
}

static bool same_number(struct run *r, const struct jdoc *a, const struct domain *d,
    const char *key)
{
	const struct map_name *p = mapping_name(&r->map.rec[S_DOMAIN], key, strlen(key));

	return p == NULL || p->slot < 0 ||
	    jr_int(a, NULL, key, 0) == val_as_int(&d->v[p->slot]);
}

/* Does an account of a default domain use other servers than its domain? */
static bool own_server(struct run *r, const struct domain *d)
{
	const struct jdoc *a = &r->src[S_ACCOUNT].doc;

	arena_reset(&r->arena);
	return d->own_servers && !(same_host(r, a, d, "mail_inc_host") &&
	    same_host(r, a, d, "mail_out_host") && same_number(r, a, d, "mail_inc_port") &&
	    same_number(r, a, d, "mail_out_port") && same_number(r, a, d, "mail_inc_ssl") &&
	    same_number(r, a, d, "mail_out_ssl"));
}

bool mail_is_pop3(const struct jdoc *d)
{
	int64_t port = jr_int(d, NULL, "mail_inc_port", 143);

	return jr_int(d, NULL, "mail_protocol", 1) == 0 || port == 110 || port == 995;
}

int account_record(struct run *r, struct err *e)
{
	struct user *u = &r->user;
	const struct domain *d;
	const struct jdoc *doc;

	/* What is due of the account before; the user himself waits for his first account. */
	if (account_put(r, e) < 0 || account_folders(r, e) < 0 || account_identity(r, e) < 0 ||
	    run_take(r, S_ACCOUNT, e) < 0)
		return -1;
	run_drop(r, S_FOLDERS_ORDER);
	doc = &r->src[S_ACCOUNT].doc;
	u->account_id = jr_int(doc, NULL, "id_acct", -1);
	d = domain_find(&r->domains, jr_int(doc, NULL, "id_domain", 0));
	r->vals[S_DOMAIN] = d != NULL ? d->v : NULL;
	if (!u->begun)
		tenant_of_user(r, jr_int(doc, NULL, "id_tenant", 0));
	if (user_first(r, e) < 0)
		return -1;
	u->account = u->account_due = d != NULL;
	if (d == NULL)
		return run_report(r, S_ACCOUNT, true, "account-without-domain",
		    "its mail domain is not in P7 any more, so P7 itself does not show the "
		    "account; its folders and identities are left out too",
		    "make the domain in P7, or the account in P8", e);
	run_uuid(r, u->account_uuid, "account:%lld", (long long)u->account_id);
	u->own_server = own_server(r, d);
	if (u->own_server)
		run_uuid(r, u->server_uuid, "server:account:%lld", (long long)u->account_id);
	else
		run_uuid(r, u->server_uuid, "server:%lld", (long long)d->id);
	r->ref[REF_ACCOUNT] = u->account_uuid;
	r->ref[REF_SERVER] = u->server_uuid;
	r->made[M_DEFAULT_ACCOUNT] = val_bool(u->id_acct >= 0 ? u->account_id == u->id_acct :
	    jr_bool(doc, NULL, "def_acct", false));
	return !mail_is_pop3(doc) ? 0 : run_report(r, S_ACCOUNT, false, "account-pop3",
	    "P7 reads this account's mail by POP3, P8 speaks IMAP only", MAIL_POP3_DONE, e);
}

int account_put(struct run *r, struct err *e)
{
	struct user *u = &r->user;

	if (!u->account_due)
		return 0;
	u->account_due = false;
	u->folders_due = true;
	if (u->own_server && entity_put(r, E_ACCOUNT_SERVER, u->server_uuid, e) < 0)
		return -1;
	return entity_put(r, E_ACCOUNT, u->account_uuid, e);
}

#define TEMPLATES 8		/* system type of which an account may have several folders */

static int template_folder(struct run *r, const char *name, struct err *e)
{
	char uuid[UUID_LEN + 1];

	if (account_folders(r, e) < 0)
		return -1;
	r->made[M_FOLDER_TYPE] = val_int(TEMPLATES);
	r->made[M_FOLDER_NAME] = val_text(name);
	r->user.row = jr_int(&r->in.doc, NULL, "id", -1);
	run_uuid(r, uuid, "folder:%lld:%d:%lld", (long long)r->user.account_id, TEMPLATES,
	    (long long)r->user.row);
	return entity_put(r, E_SYSTEM_FOLDER, uuid, e);
}

/* The first folder of each type that has a name; all folders of templates. */
int folder_record(struct run *r, struct err *e)
{
	struct user *u = &r->user;
	const char *name = jr_str(&r->in.doc, NULL, "folder_full_name", "");
	int64_t type = jr_int(&r->in.doc, NULL, "system_type", 0);
	unsigned i;

	if (user_first(r, e) < 0 || account_put(r, e) < 0)
		return -1;
	snprintf(u->folder_table, sizeof(u->folder_table), "%s",
	    jr_str(&r->in.doc, NULL, "table", ""));
	if (type == TEMPLATES && name[0] != '\0' && u->account)
		return template_folder(r, name, e);
	for (i = 0; i < FOLDERS && u->account; i++)
		if (folder_types[i] == type && u->folder[i].len == 0) {
			buf_adds(&u->folder[i], name);
			u->folder_row[i] = jr_int(&r->in.doc, NULL, "id", -1);
		}
	return 0;
}

int account_folders(struct run *r, struct err *e)
{
	struct user *u = &r->user;
	char uuid[UUID_LEN + 1];
	unsigned i;

	if (!u->folders_due)
		return 0;
	u->folders_due = false;
	for (i = 0; i < FOLDERS; i++) {
		if (u->folder[i].len == 0)
			continue;
		r->made[M_FOLDER_TYPE] = val_int(folder_types[i]);
		r->made[M_FOLDER_NAME] = val_str(u->folder[i].data, u->folder[i].len);
		u->row = u->folder_row[i];
		run_uuid(r, uuid, "folder:%lld:%d", (long long)u->account_id, folder_types[i]);
		if (entity_put(r, E_SYSTEM_FOLDER, uuid, e) < 0)
			return -1;
		buf_reset(&u->folder[i]);
	}
	return 0;
}

static void exchange(struct source *a, struct source *b)
{
	static struct source tmp;

	tmp = *a;
	*a = *b;
	*b = tmp;
}

/* Write the identity in hand; DEFAULT_IDENTITY is V_NONE for one that never was the default. */
static int put_identity(struct run *r, struct val default_identity, struct err *e)
{
	const struct jdoc *d = &r->src[S_IDENTITY].doc;
	char uuid[UUID_LEN + 1];

	r->vals[S_IDENTITY] = r->src[S_IDENTITY].v;
	r->made[M_DEFAULT_IDENTITY] = default_identity;
	run_uuid(r, uuid, "identity:%lld", (long long)jr_int(d, NULL, "id_identity", -1));
	if (entity_put(r, E_IDENTITY, uuid, e) < 0)
		return -1;
	if (!jr_bool(d, NULL, "enabled", true) &&
	    run_report(r, S_IDENTITY, false, "identity-disabled",
	    "P7 has the identity disabled, P8 knows no disabled identities",
	    "it can be used in P8", e) < 0)
		return -1;
	run_drop(r, S_IDENTITY);
	return 0;
}

/* Of several default identities of an account the last one counts, so it is held back. */
int account_identity(struct run *r, struct err *e)
{
	if (!r->identity.present)
		return 0;
	exchange(&r->identity, &r->src[S_IDENTITY]);
	source_drop(&r->identity);
	return put_identity(r, val_bool(true), e);
}

int identity_record(struct run *r, struct err *e)
{
	static const struct val none;

	if (user_first(r, e) < 0 || account_put(r, e) < 0 || account_folders(r, e) < 0 ||
	    run_take(r, S_IDENTITY, e) < 0)
		return -1;
	if (!r->user.account)
		return run_report(r, S_IDENTITY, true, "identity-without-account",
		    "its account was not carried", "make the identity in P8", e);
	if (!jr_bool(&r->src[S_IDENTITY].doc, NULL, "def_identity", false))
		return put_identity(r, none, e);
	exchange(&r->identity, &r->src[S_IDENTITY]);
	if (r->src[S_IDENTITY].present)
		return put_identity(r, val_bool(false), e);
	return 0;
}

int social_record(struct run *r, struct err *e)
{
	char uuid[UUID_LEN + 1];
	int rc;

	if (run_take(r, S_SOCIAL, e) < 0)
		return -1;
	run_uuid(r, uuid, "social:%lld",
	    (long long)jr_int(&r->src[S_SOCIAL].doc, NULL, "id", -1));
	rc = entity_put(r, E_SOCIAL, uuid, e);
	run_drop(r, S_SOCIAL);
	return rc;
}
