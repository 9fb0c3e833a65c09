#include <string.h>

#include "user/user.h"

static void reset(struct user *u)
{
	unsigned i;

	buf_reset(&u->email);
	buf_reset(&u->early);
	u->email.cap = 4096;
	u->early.cap = EARLY_MAX;
	for (i = 0; i < FOLDERS; i++) {
		buf_reset(&u->folder[i]);
		u->folder[i].cap = BUF_RECORD_MAX;
	}
	u->begun = u->account = u->account_due = u->folders_due = u->identity.present = false;
	u->account_id = -1;
}

int user_begin(struct user *u, struct err *e)
{
	static const enum source_kind of_user[] = { S_USER, S_CALENDAR_SETTINGS, S_USER_CONTACT,
		S_TWO_FACTOR, S_ACCOUNT, S_FOLDERS_ORDER, S_DOMAIN };
	struct maker *m = u->m;
	const struct jdoc *d = &m->f->in.doc;
	struct jsonw *w;
	size_t i;

	reset(u);
	for (i = 0; i < sizeof(of_user) / sizeof(of_user[0]); i++)
		m->vals[of_user[i]] = NULL;
	buf_adds(&u->email, jr_str(d, NULL, "email", ""));
	u->id_user = jr_int(d, NULL, "id_user", INT64_MIN);
	u->id_acct = jr_int(d, NULL, "id_acct", -1);
	if (u->email.len == 0 || u->id_user == INT64_MIN || u->email.failed)
		return filter_wrong(m->f, e, "USER_BEGIN without email or id_user");
	filter_uuid(m->f, u->uuid, "user:%lld", (long long)u->id_user);
	filter_uuid(m->f, u->team, "team:%lld", (long long)u->id_user);
	u->name = rename_of(&m->f->rename, u->email.data, u->email.len);
	if (u->name == NULL)
		u->name = u->email.data;
	m->made[M_EMAIL] = val_text(u->name);
	m->ref[REF_USER] = u->uuid;
	m->f->user = u->name;
	site_tenant(u->site, 0);
	u->open = true;
	w = so_block_begin(&m->f->out, "USER");
	jw_kv_str(w, "email", u->name);
	jw_kv_str(w, "uuid", u->uuid);
	jw_kv_int(w, "id_user", u->id_user);
	if (u->name != u->email.data)
		jw_kv_str(w, "p7_email", u->email.data);
	return so_block_put(&m->f->out, e);
}

/* Reports that came before the user's own records. */
static int put_early(struct user *u, struct err *e)
{
	char *p = u->early.data, *line, *end;

	for (; u->early.len > 0 && *p != '\0'; p = end + 1) {
		line = strchr(p, '\n');
		*line++ = '\0';
		end = strchr(line, '\n');
		if (so_copy(&u->m->f->out, p, line, (size_t)(end - line), e) < 0)
			return -1;
	}
	buf_reset(&u->early);
	return 0;
}

/* Colleagues write to an address that has a mailbox: the old one, as long as the account has it. */
static int team_contact(struct user *u, struct err *e)
{
	struct val name = u->m->made[M_EMAIL];
	int rc;

	if (!u->m->f->rename.accounts)
		u->m->made[M_EMAIL] = val_str(u->email.data, u->email.len);
	rc = entity_put(u->m, E_TEAM_CONTACT, u->team, e);
	u->m->made[M_EMAIL] = name;
	return rc;
}

int user_first(struct user *u, struct err *e)
{
	if (u->begun)
		return 0;
	u->begun = true;
	if (u->m->vals[S_USER] != NULL && (entity_put(u->m, E_USER, u->uuid, e) < 0 ||
	    team_contact(u, e) < 0))
		return -1;
	return put_early(u, e);
}

static int pass(struct user *u, const char *line, size_t n, struct err *e)
{
	struct buf *b = &u->early;

	if (!u->open || u->begun || b->len + n > EARLY_MAX / 2)
		return so_copy(&u->m->f->out, u->m->f->in.kind, line, n, e);
	buf_adds(b, u->m->f->in.kind);
	buf_addc(b, '\n');
	buf_add(b, line, n);
	buf_addc(b, '\n');
	return b->failed ? err_memory(e) : 0;
}

int user_pass(struct user *u, struct err *e)
{
	return pass(u, u->m->f->in.line, u->m->f->in.len, e);
}

int user_pass_report(struct user *u, struct err *e)
{
	struct buf line = BUF_INIT(BUF_RECORD_MAX);
	int rc = rename_report(&u->m->f->rename, &u->m->f->in.doc, &line, e);

	if (rc >= 0)
		rc = rc == 1 ? pass(u, line.data, line.len, e) : user_pass(u, e);
	buf_free(&line);
	return rc;
}

void user_free(struct user *u)
{
	unsigned i;

	buf_free(&u->email);
	buf_free(&u->early);
	for (i = 0; i < FOLDERS; i++)
		buf_free(&u->folder[i]);
	source_free(&u->identity);
}
