#include <stdlib.h>
#include <string.h>

#include "run.h"

static void reset(struct user *u)
{
	unsigned i;

	buf_reset(&u->email);
	buf_reset(&u->early);
	for (i = 0; i < FOLDERS; i++)
		buf_reset(&u->folder[i]);
	groups_reset(&u->groups);
	u->email.cap = 4096;
	u->early.cap = EARLY_MAX;
	for (i = 0; i < FOLDERS; i++)
		u->folder[i].cap = BUF_RECORD_MAX;
	u->begun = u->account = u->account_due = u->folders_due = false;
	u->books = u->contacts_done = false;
	u->personal = u->collected = 0;
	u->latest = 0;
	u->account_id = -1;
}

int user_begin(struct run *r, struct err *e)
{
	static const enum source_kind of_user[] = { S_USER, S_CALENDAR_SETTINGS, S_USER_CONTACT,
		S_TWO_FACTOR, S_ACCOUNT, S_FOLDERS_ORDER, S_DOMAIN };
	const struct jdoc *d = &r->in.doc;
	struct user *u = &r->user;
	const char *email = jr_str(d, NULL, "email", "");
	struct jsonw *w;
	size_t i;

	reset(u);
	cards_reset(&r->cards);
	for (i = 0; i < sizeof(of_user) / sizeof(of_user[0]); i++)
		r->vals[of_user[i]] = NULL;
	source_drop(&r->identity);
	buf_adds(&u->email, email);
	u->id_user = jr_int(d, NULL, "id_user", INT64_MIN);
	u->id_acct = jr_int(d, NULL, "id_acct", -1);
	if (email[0] == '\0' || u->id_user == INT64_MIN || u->email.failed)
		return err_set(e, EXIT_DATA, "%s, line %llu: USER_BEGIN without email or id_user",
		    r->in.io.name, (unsigned long long)r->in.lineno);
	run_uuid(r, u->uuid, "user:%lld", (long long)u->id_user);
	run_uuid(r, u->team, "team:%lld", (long long)u->id_user);
	u->name = rename_of(&r->rename, u->email.data, u->email.len);
	if (u->name == NULL)
		u->name = u->email.data;
	r->made[M_EMAIL] = val_text(u->name);
	buf_reset(&r->dav.uri);
	buf_adds(&r->dav.uri, PRINCIPALS);
	buf_adds(&r->dav.uri, u->name);
	if (dav_begin(r, u->name, r->dav.uri.data, e) < 0)
		return -1;
	r->ref[REF_USER] = u->uuid;
	tenant_of_user(r, 0);
	u->open = true;
	w = so_block_begin(&r->out, "USER");
	jw_kv_str(w, "email", u->name);
	jw_kv_str(w, "uuid", u->uuid);
	jw_kv_int(w, "id_user", u->id_user);
	if (u->name != u->email.data)
		jw_kv_str(w, "p7_email", u->email.data);
	return so_block_put(&r->out, e);
}

/* Reports that came before the user's own records. */
static int put_early(struct run *r, struct err *e)
{
	char *p = r->user.early.data, *line, *end;

	for (; r->user.early.len > 0 && *p != '\0'; p = end + 1) {
		line = strchr(p, '\n');
		*line++ = '\0';
		end = strchr(line, '\n');
		if (so_copy(&r->out, p, line, (size_t)(end - line), e) < 0)
			return -1;
	}
	buf_reset(&r->user.early);
	return 0;
}

/* Colleagues write to an address that has a mailbox: the old one, as long as the account has it. */
static int team_contact(struct run *r, struct err *e)
{
	struct val name = r->made[M_EMAIL];
	int rc;

	if (!r->rename.accounts)
		r->made[M_EMAIL] = val_str(r->user.email.data, r->user.email.len);
	rc = entity_put(r, E_TEAM_CONTACT, r->user.team, e);
	r->made[M_EMAIL] = name;
	return rc;
}

/* The records a block begins with: the user, and how everybody sees him. */
static int first_records(struct run *r, struct err *e)
{
	struct user *u = &r->user;

	u->begun = true;
	if (r->vals[S_USER] != NULL && (entity_put(r, E_USER, u->uuid, e) < 0 ||
	    team_contact(r, e) < 0))
		return -1;
	return put_early(r, e);
}

int user_first(struct run *r, struct err *e)
{
	return r->user.begun ? 0 : first_records(r, e);
}

int user_flush(struct run *r, struct err *e)
{
	return user_first(r, e) < 0 || account_put(r, e) < 0 || account_folders(r, e) < 0 ||
	    account_identity(r, e) < 0 ? -1 : 0;
}

static int pass(struct run *r, const char *line, size_t n, struct err *e)
{
	struct buf *b = &r->user.early;

	if (!r->user.open || r->user.begun || b->len + n > EARLY_MAX / 2)
		return so_copy(&r->out, r->in.kind, line, n, e);
	buf_adds(b, r->in.kind);
	buf_addc(b, '\n');
	buf_add(b, line, n);
	buf_addc(b, '\n');
	return b->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : 0;
}

int user_pass(struct run *r, struct err *e)
{
	return pass(r, r->in.line, r->in.len, e);
}

int user_note(struct run *r, struct err *e)
{
	struct buf line = BUF_INIT(BUF_RECORD_MAX);
	int rc = rename_report(&r->rename, &r->in.doc, &line, e);

	if (rc >= 0)
		rc = rc == 1 ? pass(r, line.data, line.len, e) : user_pass(r, e);
	buf_free(&line);
	return rc;
}

int user_end(struct run *r, struct err *e)
{
	if (contacts_end(r, e) < 0)
		return -1;
	r->user.open = false;
	return so_block_end(&r->out, "email", r->user.name, e);
}

void user_free(struct user *u)
{
	unsigned i;

	buf_free(&u->email);
	buf_free(&u->early);
	for (i = 0; i < FOLDERS; i++)
		buf_free(&u->folder[i]);
	groups_free(&u->groups);
}
