#include <string.h>

#include "run.h"

int run_open(struct run *r, struct err *e)
{
	const char *id = jr_str(&r->f.in.header,
	    jr_get(&r->f.in.header, NULL, "source"), "id", "");
	char text[UUID_LEN + 1];

	if (!uuid_parse(id, strlen(id), text))
		return err_set(e, EXIT_DATA, "%s: the header has no source.id", r->f.in.io.name);
	uuid_raw(text, r->f.ns);
	maker_open(&r->m, &r->f);
	r->site.m = r->user.m = &r->m;
	r->user.site = &r->site;
	dav_open(&r->dav, &r->f);
	return contacts_open(&r->contacts, &r->m, e);
}

static int block_begin(struct run *r, struct err *e)
{
	if (user_begin(&r->user, e) < 0)
		return -1;
	contacts_begin(&r->contacts, r->user.id_user);
	return dav_begin(&r->dav, r->user.name, NULL, e);
}

static int block_end(struct run *r, struct err *e)
{
	r->user.open = false;
	r->f.user = NULL;
	return so_block_end(&r->f.out, "email", r->user.name, e);
}

static int pass(struct run *r, struct err *e)
{
	return user_pass(&r->user, e);
}

static int pass_report(struct run *r, struct err *e)
{
	return user_pass_report(&r->user, e);
}

/* What is done with each kind of record: by one of the functions, or it is kept as a source. */
static const struct step {
	const char *kind;
	enum { ANYWHERE, OF_USER, IN_BLOCK } where;	/* IN_BLOCK: or of a principal */
	bool flush;			/* the user and the account stand before it */
	bool last;			/* no contacts come behind it */
	int (*run)(struct run *r, struct err *e);
	int (*site)(struct site *s, struct err *e);
	int (*user)(struct user *u, struct err *e);
	int (*contacts)(struct contacts *k, struct err *e);
	int (*dav)(struct dav *d, struct err *e);
	enum source_kind source;
} steps[] = {
	{ "CONTACT", OF_USER, true, false, .contacts = contact_record },
	{ "SETTINGS", ANYWHERE, false, false, .site = settings_record },
	{ "TENANT", ANYWHERE, false, false, .site = tenant_record },
	{ "DOMAIN", ANYWHERE, false, false, .site = domain_record },
	{ "USER_BEGIN", ANYWHERE, false, false, .run = block_begin },
	{ "USER", OF_USER, false, false, .source = S_USER },
	{ "CALENDAR_SETTINGS", OF_USER, false, false, .source = S_CALENDAR_SETTINGS },
	{ "USER_CONTACT", OF_USER, false, false, .source = S_USER_CONTACT },
	{ "ACCOUNT", OF_USER, false, false, .user = account_record },
	{ "FOLDERS_ORDER", OF_USER, false, false, .source = S_FOLDERS_ORDER },
	{ "SYSTEM_FOLDER", OF_USER, false, false, .user = folder_record },
	{ "IDENTITY", OF_USER, false, false, .user = identity_record },
	{ "SOCIAL", OF_USER, true, false, .user = social_record },
	{ "GROUP", OF_USER, true, false, .contacts = group_record },
	{ "TWO_FACTOR", OF_USER, false, false, .user = two_factor_record },
	{ "SENDER", OF_USER, true, false, .user = sender_record },
	{ "PUBLIC_LINK", OF_USER, true, false, .user = link_record },
	{ "FILE", ANYWHERE, true, true, .run = pass },
	{ "FILE_CHUNK", ANYWHERE, true, false, .run = pass },
	{ "CARD", OF_USER, true, false, .contacts = card_record },
	{ "ADDRESSBOOK", OF_USER, true, false, .contacts = book_record },
	{ "USER_END", ANYWHERE, true, true, .run = block_end },
	{ "CALENDAR", IN_BLOCK, true, true, .dav = calendar_record },
	{ "CALENDAR_SHARE", IN_BLOCK, true, false, .dav = share_record },
	{ "CALENDAR_OBJECT", IN_BLOCK, true, false, .dav = object_record },
	{ "REMINDER", IN_BLOCK, true, true, .dav = reminder_record },
	{ "PRINCIPAL_BEGIN", ANYWHERE, false, false, .dav = principal_begin },
	{ "PRINCIPAL_END", ANYWHERE, false, false, .dav = principal_end },
	{ "WARN", ANYWHERE, false, false, .run = pass_report },
	{ "REJECT", ANYWHERE, false, false, .run = pass_report },
	/* one that is not known */
	{ NULL, ANYWHERE, true, false, .run = pass },
};

static int take_step(struct run *r, const struct step *s, struct err *e)
{
	return s->run != NULL ? s->run(r, e) : s->site != NULL ? s->site(&r->site, e) :
	    s->user != NULL ? s->user(&r->user, e) :
	    s->contacts != NULL ? s->contacts(&r->contacts, e) :
	    s->dav != NULL ? s->dav(&r->dav, e) : maker_take(&r->m, s->source, e);
}

/* What may stand between the shares of a calendar. */
static bool stays(const char *kind)
{
	return strcmp(kind, "CALENDAR_SHARE") == 0 || strcmp(kind, "WARN") == 0 ||
	    strcmp(kind, "REJECT") == 0;
}

static int one_record(struct run *r, struct err *e)
{
	const struct step *s = steps;
	const char *kind = r->f.in.kind;
	char wrong[100];

	if (!stays(kind) && shares_flush(&r->dav, e) < 0)
		return -1;
	while (s->kind != NULL && strcmp(s->kind, kind) != 0)
		s++;
	if ((s->where == OF_USER && !r->user.open) ||
	    (s->where == IN_BLOCK && r->f.in.in[0] == '\0')) {
		snprintf(wrong, sizeof(wrong), "a %s record outside of a user's block", kind);
		return filter_wrong(&r->f, e, wrong);
	}
	if (r->user.open && ((s->flush && user_flush(&r->user, e) < 0) ||
	    (s->last && contacts_end(&r->contacts, e) < 0)))
		return -1;
	return take_step(r, s, e);
}

int run_all(struct run *r, struct err *e)
{
	int rc;

	while ((rc = si_next(&r->f.in, e)) == 1)
		if (one_record(r, e) < 0)
			return -1;
	return rc;
}

void run_free(struct run *r)
{
	maker_free(&r->m);
	rename_free(&r->f.rename);
	site_free(&r->site);
	user_free(&r->user);
	contacts_free(&r->contacts);
	dav_free(&r->dav);
}
