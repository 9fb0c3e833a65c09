#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run.h"

/* P7 tells sieve's port only where it is configured. */
#define SIEVE_PORT 2000

/* Addresses and logins of mail accounts that are somebody's old name become his new one. */
static void rename_values(struct run *r, enum source_kind kind)
{
	static const struct {
		enum source_kind kind;
		const char *member;
	} t[] = {
		{ S_ACCOUNT, "email" }, { S_ACCOUNT, "mail_inc_login" },
		{ S_ACCOUNT, "mail_out_login" }, { S_IDENTITY, "email" },
		{ S_USER_CONTACT, "h_email" }, { S_USER_CONTACT, "b_email" },
		{ S_USER_CONTACT, "other_email" },
	};
	const struct map_name *p;
	const char *to;
	struct val *v;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		if (t[i].kind != kind)
			continue;
		p = mapping_name(&r->map.rec[kind], t[i].member, strlen(t[i].member));
		v = p != NULL && p->slot >= 0 ? &r->src[kind].v[p->slot] : NULL;
		to = v != NULL && v->type == V_STR ? rename_of(&r->rename, v->s, v->n) : NULL;
		if (to != NULL)
			*v = val_text(to);
	}
}

int run_take(struct run *r, enum source_kind kind, struct err *e)
{
	if (source_take(&r->src[kind], &r->map.rec[kind], &r->in, e) < 0 ||
	    corrected_apply(&r->corrected, &r->map.rec[kind], &r->src[kind], e) < 0)
		return -1;
	r->vals[kind] = r->src[kind].v;
	if (r->rename.accounts)
		rename_values(r, kind);
	return 0;
}

void run_drop(struct run *r, enum source_kind kind)
{
	source_drop(&r->src[kind]);
	r->vals[kind] = NULL;
}

void run_uuid(struct run *r, char out[UUID_LEN + 1], const char *fmt, ...)
{
	char name[200];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(name, sizeof(name), fmt, ap);
	va_end(ap);
	uuid_v5(r->ns, name, n < (int)sizeof(name) ? (size_t)n : sizeof(name) - 1, out);
}

void run_row(const struct run *r, enum source_kind kind, struct report_item *i)
{
	const struct map_record *rec = &r->map.rec[kind];

	i->table = rec->table;
	if (r->vals[kind] == NULL || rec->key_slot < 0)
		return;
	i->id = val_as_int(&r->vals[kind][rec->key_slot]);
	if (kind == S_CONTACT && i->id < 0) {
		i->table = "adav_cards";
		i->id = -i->id;
	}
}

int run_report(struct run *r, enum source_kind kind, bool reject, const char *code,
    const char *reason, const char *action, struct err *e)
{
	struct report_item i = { .reject = reject, .code = code, .id = -1,
	    .user = r->user.open ? r->user.name : NULL, .reason = reason,
	    .action = action };
	struct buf record = BUF_INIT(BUF_RECORD_MAX);
	struct jsonw w;
	int rc;

	run_row(r, kind, &i);
	if (reject && r->src[kind].present) {
		jw_begin(&w, &record);
		jr_write(&r->src[kind].doc, r->src[kind].doc.v, &w);
		i.record = record.data;
		i.record_len = record.len;
	}
	rc = record.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    report_add(&r->report, &i, e);
	buf_free(&record);
	return rc;
}

static int find_slots(struct run *r, struct err *e)
{
	const struct {
		enum source_kind kind;
		const char *name;
		int *slot;
	} t[] = {
		{ S_CONTACT, "type", &r->slot.type },
		{ S_CONTACT, "auto_create", &r->slot.auto_create },
		{ S_CONTACT, "shared_to_all", &r->slot.shared },
		{ S_CONTACT, "str_id", &r->slot.str_id },
		{ S_CONTACT, "str_id_shared", &r->slot.str_id_shared },
		{ S_CONTACT, "groups", &r->slot.groups },
		{ S_CONTACT, "global_user", &r->slot.global_user },
		{ S_CONTACT, "h_email", &r->slot.h_email },
		{ S_GROUP, "group_str_id", &r->slot.group_str_id },
		{ S_GROUP, "group_str_id_shared", &r->slot.group_str_id_shared },
	};
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		*t[i].slot = mapping_need(&r->map, t[i].kind, t[i].name);
		if (*t[i].slot < 0)
			return err_set(e, EXIT_CONFIG, "the mapping uses too many members of %s",
			    source_names[t[i].kind]);
	}
	if (r->map.rec[S_CONTACT].key_slot < 0 || r->map.rec[S_GROUP].key_slot < 0)
		return err_set(e, EXIT_CONFIG, "the mapping has no key of CONTACT or GROUP");
	return 0;
}

int run_open(struct run *r, struct err *e)
{
	const char *id = jr_str(&r->in.header,
	    jr_get(&r->in.header, NULL, "source"), "id", "");
	char text[UUID_LEN + 1];

	if (!uuid_parse(id, strlen(id), text))
		return err_set(e, EXIT_DATA, "%s: the header has no source.id", r->in.io.name);
	uuid_raw(text, r->ns);
	r->conv = (struct conv_ctx){ &r->arena, &r->notes, &r->sieve, NULL, { 0 } };
	r->fit = (struct fit){ &r->arena, &r->notes, &r->key };
	r->sieve.port = SIEVE_PORT;
	r->made[M_SIEVE_PORT] = val_int(SIEVE_PORT);
	r->vals[S_MADE] = r->made;
	r->ref[REF_TENANT] = "@tenant";
	r->ref[REF_CHANNEL] = "@channel";
	buf_init(&r->card, BUF_RECORD_MAX);
	cards_open(&r->cards);
	dav_init(&r->dav);
	vcard_attrs(&r->card_of[0], &r->map.ent[E_CONTACT]);
	vcard_attrs(&r->card_of[1], &r->map.ent[E_COLLECTED]);
	r->slot.modified[0] = mapping_attr(&r->map.ent[E_CONTACT], "DateModified");
	r->slot.modified[1] = mapping_attr(&r->map.ent[E_COLLECTED], "DateModified");
	r->slot.group_name = mapping_attr(&r->map.ent[E_GROUP], "Name");
	return find_slots(r, e);
}

/* Files come last: what is made of all contacts goes before them. */
static int file_record(struct run *r, struct err *e)
{
	if (r->user.open && contacts_end(r, e) < 0)
		return -1;
	return user_pass(r, e);
}

static int calendars(struct run *r, struct err *e)
{
	if (r->user.open && contacts_end(r, e) < 0)
		return -1;
	return calendar_record(r, e);
}

static int reminders(struct run *r, struct err *e)
{
	if (r->user.open && contacts_end(r, e) < 0)
		return -1;
	return reminder_record(r, e);
}

static int take_only(struct run *r, enum source_kind kind, struct err *e)
{
	return run_take(r, kind, e);
}

static int user_source(struct run *r, struct err *e)
{
	return take_only(r, S_USER, e);
}

static int calendar_source(struct run *r, struct err *e)
{
	return take_only(r, S_CALENDAR_SETTINGS, e);
}

static int contact_source(struct run *r, struct err *e)
{
	return take_only(r, S_USER_CONTACT, e);
}

static int order_source(struct run *r, struct err *e)
{
	return take_only(r, S_FOLDERS_ORDER, e);
}

/* What is done with each kind of record; those before "flush" may come before the user's own. */
static const struct step {
	const char *kind;
	int (*fn)(struct run *r, struct err *e);
	enum { ANYWHERE, OF_USER, IN_BLOCK } where;	/* IN_BLOCK: or of a principal */
	bool flush;			/* needs the records before it */
} steps[] = {
	{ "CONTACT", contact_record, OF_USER, true },
	{ "SETTINGS", settings_record, ANYWHERE, false },
	{ "TENANT", tenant_record, ANYWHERE, false },
	{ "DOMAIN", domain_record, ANYWHERE, false },
	{ "USER_BEGIN", user_begin, ANYWHERE, false },
	{ "USER", user_source, OF_USER, false },
	{ "CALENDAR_SETTINGS", calendar_source, OF_USER, false },
	{ "USER_CONTACT", contact_source, OF_USER, false },
	{ "ACCOUNT", account_record, OF_USER, false },
	{ "FOLDERS_ORDER", order_source, OF_USER, false },
	{ "SYSTEM_FOLDER", folder_record, OF_USER, false },
	{ "IDENTITY", identity_record, OF_USER, false },
	{ "SOCIAL", social_record, OF_USER, true },
	{ "GROUP", group_record, OF_USER, true },
	{ "TWO_FACTOR", two_factor_record, OF_USER, false },
	{ "SENDER", sender_record, OF_USER, true },
	{ "PUBLIC_LINK", link_record, OF_USER, true },
	{ "FILE", file_record, ANYWHERE, true },
	{ "FILE_CHUNK", user_pass, ANYWHERE, true },
	{ "CARD", card_record, OF_USER, true },
	{ "ADDRESSBOOK", book_record, OF_USER, true },
	{ "USER_END", user_end, ANYWHERE, true },
	{ "CALENDAR", calendars, IN_BLOCK, true },
	{ "CALENDAR_SHARE", share_record, IN_BLOCK, true },
	{ "CALENDAR_OBJECT", object_record, IN_BLOCK, true },
	{ "REMINDER", reminders, IN_BLOCK, true },
	{ "PRINCIPAL_BEGIN", principal_begin, ANYWHERE, false },
	{ "PRINCIPAL_END", principal_end, ANYWHERE, false },
	{ "WARN", user_note, ANYWHERE, false },
	{ "REJECT", user_note, ANYWHERE, false },
};

/* What may stand between the shares of a calendar. */
static bool stays(const char *kind)
{
	return strcmp(kind, "CALENDAR_SHARE") == 0 || strcmp(kind, "WARN") == 0 ||
	    strcmp(kind, "REJECT") == 0;
}

static int one_record(struct run *r, struct err *e)
{
	const struct step *s = NULL;
	size_t i;

	if (!stays(r->in.kind) && dav_flush(r, e) < 0)
		return -1;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]) && s == NULL; i++)
		if (strcmp(steps[i].kind, r->in.kind) == 0)
			s = &steps[i];
	if (s == NULL) {
		if (r->user.open && user_flush(r, e) < 0)
			return -1;
		return user_pass(r, e);
	}
	if ((s->where == OF_USER && !r->user.open) ||
	    (s->where == IN_BLOCK && r->in.in[0] == '\0'))
		return err_set(e, EXIT_DATA, "%s, line %llu: a %s record outside of a user's block",
		    r->in.io.name, (unsigned long long)r->in.lineno, r->in.kind);
	if (s->flush && r->user.open && user_flush(r, e) < 0)
		return -1;
	return s->fn(r, e);
}

int run_all(struct run *r, struct err *e)
{
	int rc;

	while ((rc = si_next(&r->in, e)) == 1)
		if (one_record(r, e) < 0)
			return -1;
	return rc;
}

void run_free(struct run *r)
{
	unsigned i;

	for (i = 0; i < S_MADE; i++)
		source_free(&r->src[i]);
	source_free(&r->identity);
	jr_free(&r->conv.json);
	domains_free(&r->domains);
	free(r->tenants.id);
	user_free(&r->user);
	buf_free(&r->card);
	cards_free(&r->cards);
	dav_free(&r->dav);
	arena_free(&r->arena);
	mapping_free(&r->map);
	target_free(&r->target);
	rename_free(&r->rename);
	corrected_free(&r->corrected);
}
