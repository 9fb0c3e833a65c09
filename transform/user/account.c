#include <stdio.h>
#include <string.h>

#include "user/user.h"

/* System folders that P8 has: its types, in the order it makes them. */
static const int folder_types[FOLDERS] = { 2, 3, 5, 4 };	/* sent, drafts, trash, spam */

/* Does the account have the same KEY as its domain?  Hosts are compared in lower case. */
static bool same(struct user *u, const struct domain *d, const char *key, bool host)
{
	const struct map_name *p = mapping_name(&u->m->map.rec[S_DOMAIN], key, strlen(key));
	const struct jdoc *a = &u->m->src[S_ACCOUNT].doc;
	struct val mine = { V_NULL, false, 0, "", 0 }, theirs = mine;
	const struct jval *v = jr_get(a, NULL, key);

	if (p != NULL && p->slot >= 0)
		theirs = d->v[p->slot];
	if (!host)
		return p == NULL || p->slot < 0 || jr_int(a, NULL, key, 0) == val_as_int(&theirs);
	if (v != NULL && v->type == J_STR)
		mine = val_str(v->s, v->n);
	return conv_lower(&u->m->conv, &mine, &mine) == 0 &&
	    conv_lower(&u->m->conv, &theirs, &theirs) == 0 &&
	    mine.n == theirs.n && memcmp(mine.s, theirs.s, mine.n) == 0;
}

/* Does an account of a default domain use other servers than its domain? */
static bool own_server(struct user *u, const struct domain *d)
{
	static const char *const keys[] = { "mail_inc_host", "mail_out_host", "mail_inc_port",
		"mail_out_port", "mail_inc_ssl", "mail_out_ssl" };
	size_t i;

	arena_reset(&u->m->conv.arena);
	for (i = 0; d->own_servers && i < sizeof(keys) / sizeof(keys[0]); i++)
		if (!same(u, d, keys[i], i < 2))
			return true;
	return false;
}

static int put_account(struct user *u, struct err *e)
{
	if (!u->account_due)
		return 0;
	u->account_due = false;
	u->folders_due = true;
	if (u->own_server && entity_put(u->m, E_ACCOUNT_SERVER, u->server_uuid, e) < 0)
		return -1;
	return entity_put(u->m, E_ACCOUNT, u->account_uuid, e);
}

static int put_folders(struct user *u, struct err *e)
{
	char uuid[UUID_LEN + 1];
	unsigned i;

	if (!u->folders_due)
		return 0;
	u->folders_due = false;
	for (i = 0; i < FOLDERS; i++) {
		if (u->folder[i].len == 0)
			continue;
		u->m->made[M_FOLDER_TYPE] = val_int(folder_types[i]);
		u->m->made[M_FOLDER_NAME] = val_str(u->folder[i].data, u->folder[i].len);
		u->m->folder_id = u->folder_id[i];
		filter_uuid(u->m->f, uuid, "folder:%lld:%d", (long long)u->account_id,
		    folder_types[i]);
		if (entity_put(u->m, E_SYSTEM_FOLDER, uuid, e) < 0)
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
static int put_identity(struct user *u, struct val default_identity, struct err *e)
{
	const struct jdoc *d = &u->m->src[S_IDENTITY].doc;
	char uuid[UUID_LEN + 1];

	u->m->vals[S_IDENTITY] = u->m->src[S_IDENTITY].v;
	u->m->made[M_DEFAULT_IDENTITY] = default_identity;
	filter_uuid(u->m->f, uuid, "identity:%lld", (long long)jr_int(d, NULL, "id_identity", -1));
	if (entity_put(u->m, E_IDENTITY, uuid, e) < 0)
		return -1;
	if (!jr_bool(d, NULL, "enabled", true) &&
	    maker_report(u->m, S_IDENTITY, false, "identity-disabled",
	    "P7 has the identity disabled, P8 knows no disabled identities",
	    "it can be used in P8", e) < 0)
		return -1;
	maker_drop(u->m, S_IDENTITY);
	return 0;
}

/* Of several default identities of an account the last one counts, so it is held back. */
static int put_held_identity(struct user *u, struct err *e)
{
	if (!u->identity.present)
		return 0;
	exchange(&u->identity, &u->m->src[S_IDENTITY]);
	u->identity.present = false;
	return put_identity(u, val_bool(true), e);
}

/* What is due of the account in hand. */
static int put_due(struct user *u, struct err *e)
{
	return put_account(u, e) < 0 || put_folders(u, e) < 0 || put_held_identity(u, e) < 0 ?
	    -1 : 0;
}

int user_flush(struct user *u, struct err *e)
{
	return user_first(u, e) < 0 ? -1 : put_due(u, e);
}

int account_record(struct user *u, struct err *e)
{
	struct maker *m = u->m;
	const struct domain *d;
	const struct jdoc *doc;

	/* What is due of the account before; the user waits for the first account. */
	if (put_due(u, e) < 0 || maker_take(m, S_ACCOUNT, e) < 0)
		return -1;
	maker_drop(m, S_FOLDERS_ORDER);
	doc = &m->src[S_ACCOUNT].doc;
	u->account_id = jr_int(doc, NULL, "id_acct", -1);
	d = site_domain(u->site, jr_int(doc, NULL, "id_domain", 0));
	m->vals[S_DOMAIN] = d != NULL ? d->v : NULL;
	if (!u->begun)
		site_tenant(u->site, jr_int(doc, NULL, "id_tenant", 0));
	if (user_first(u, e) < 0)
		return -1;
	u->account = u->account_due = d != NULL;
	if (d == NULL)
		return maker_report(m, S_ACCOUNT, true, "account-without-domain",
		    "its mail domain is not in P7 any more, so P7 itself does not show the "
		    "account; its folders and identities are left out too",
		    "make the domain in P7, or the account in P8", e);
	filter_uuid(m->f, u->account_uuid, "account:%lld", (long long)u->account_id);
	u->own_server = own_server(u, d);
	filter_uuid(m->f, u->server_uuid, u->own_server ? "server:account:%lld" : "server:%lld",
	    (long long)(u->own_server ? u->account_id : d->id));
	m->ref[REF_ACCOUNT] = u->account_uuid;
	m->ref[REF_SERVER] = u->server_uuid;
	m->made[M_DEFAULT_ACCOUNT] = val_bool(u->id_acct >= 0 ? u->account_id == u->id_acct :
	    jr_bool(doc, NULL, "def_acct", false));
	return !mail_is_pop3(doc) ? 0 : maker_report(m, S_ACCOUNT, false, "account-pop3",
	    "P7 reads this account's mail by POP3, P8 speaks IMAP only", MAIL_POP3_DONE, e);
}

#define TEMPLATES 8		/* system type of which an account may have several folders */

static int template_folder(struct user *u, const char *name, struct err *e)
{
	char uuid[UUID_LEN + 1];

	if (put_folders(u, e) < 0)
		return -1;
	u->m->made[M_FOLDER_TYPE] = val_int(TEMPLATES);
	u->m->made[M_FOLDER_NAME] = val_text(name);
	u->m->folder_id = jr_int(&u->m->f->in.doc, NULL, "id", -1);
	filter_uuid(u->m->f, uuid, "folder:%lld:%d:%lld", (long long)u->account_id, TEMPLATES,
	    (long long)u->m->folder_id);
	return entity_put(u->m, E_SYSTEM_FOLDER, uuid, e);
}

/* The first folder of each type that has a name; all folders of templates. */
int folder_record(struct user *u, struct err *e)
{
	const char *name = jr_str(&u->m->f->in.doc, NULL, "folder_full_name", "");
	int64_t type = jr_int(&u->m->f->in.doc, NULL, "system_type", 0);
	unsigned i;

	if (user_first(u, e) < 0 || put_account(u, e) < 0)
		return -1;
	snprintf(u->m->folder_table, sizeof(u->m->folder_table), "%s",
	    jr_str(&u->m->f->in.doc, NULL, "table", ""));
	if (type == TEMPLATES && name[0] != '\0' && u->account)
		return template_folder(u, name, e);
	for (i = 0; i < FOLDERS && u->account; i++)
		if (folder_types[i] == type && u->folder[i].len == 0) {
			buf_adds(&u->folder[i], name);
			u->folder_id[i] = jr_int(&u->m->f->in.doc, NULL, "id", -1);
		}
	return 0;
}

int identity_record(struct user *u, struct err *e)
{
	if (user_first(u, e) < 0 || put_account(u, e) < 0 || put_folders(u, e) < 0 ||
	    maker_take(u->m, S_IDENTITY, e) < 0)
		return -1;
	if (!u->account)
		return maker_report(u->m, S_IDENTITY, true, "identity-without-account",
		    "its account was not carried", "make the identity in P8", e);
	if (!jr_bool(&u->m->src[S_IDENTITY].doc, NULL, "def_identity", false))
		return put_identity(u, (struct val){ .type = V_NONE }, e);
	exchange(&u->identity, &u->m->src[S_IDENTITY]);
	return u->m->src[S_IDENTITY].present ? put_identity(u, val_bool(false), e) : 0;
}

int social_record(struct user *u, struct err *e)
{
	return entity_of_record(u->m, S_SOCIAL, E_SOCIAL, "social", "id", e);
}
