#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "run.h"

#define TYPE_PERSONAL 0
#define TYPE_GLOBAL 1		/* a stub for a global contact that is in a group of the user */

/* The contact in hand. */
struct contact {
	int64_t id;
	bool collected, shared;
	char uuid[UUID_LEN + 1];
	const struct val *groups;
};

static bool flag(const struct run *r, int slot)
{
	return val_as_bool(&r->vals[S_CONTACT][slot]);
}

/* P7's own UUID (the name of its vCard) where it is one that no other row has. */
static void contact_uuid(struct run *r, struct contact *c)
{
	const struct val *v = &r->vals[S_CONTACT][r->slot.str_id];
	size_t n = v->n;

	if (v->type == V_STR && !flag(r, r->slot.str_id_shared)) {
		if (n > 4 && strncasecmp(v->s + n - 4, ".vcf", 4) == 0)
			n -= 4;
		if (uuid_parse(v->s, n, c->uuid))
			return;
	}
	run_uuid(r, c->uuid, "contact:%lld", (long long)c->id);
}

static bool named_before(const struct jdoc *d, const struct jval *list, const struct jval *at)
{
	const struct jval *v;

	for (v = jr_first(d, list); v != at; v = jr_next(d, v))
		if (v->type == J_INT && v->i == at->i)
			return true;
	return false;
}

/*
 * The next group of the contact that the user has, each once; NULL at the end.  Start with *AT
 * NULL.
 */
static struct group *next_group(struct run *r, const struct contact *c, const struct jval **at)
{
	const struct jdoc *d = &r->src[S_CONTACT].doc;
	const struct jval *list;
	struct group *g;

	if (c->groups->type != V_LIST)
		return NULL;
	list = &d->v[c->groups->i];
	for (;;) {
		*at = *at == NULL ? jr_first(d, list) : jr_next(d, *at);
		if (*at == NULL)
			return NULL;
		g = (*at)->type == J_INT ? group_find(&r->user.groups, (*at)->i) : NULL;
		if (g != NULL && !named_before(d, list, *at))
			return g;
	}
}

static int member(struct run *r, const struct contact *c, struct group *g, const char *contact,
    struct err *e)
{
	char uuid[UUID_LEN + 1];

	r->made[M_GROUP] = val_text(g->uuid);
	r->made[M_CONTACT] = val_text(contact);
	run_uuid(r, uuid, "membership:%lld:%lld", (long long)g->id, (long long)c->id);
	if (groups_link(&r->user.groups, g, contact, e) < 0)
		return -1;
	return entity_put(r, E_MEMBERSHIP, uuid, e);
}

/* Link the contact with UUID to its groups. */
static int memberships(struct run *r, const struct contact *c, const char *uuid, struct err *e)
{
	const struct jval *at = NULL;
	struct group *g;

	while ((g = next_group(r, c, &at)) != NULL)
		if (member(r, c, g, uuid, e) < 0)
			return -1;
	return 0;
}

static void categories(struct vcard *v, void *arg)
{
	void **both = arg;
	struct run *r = both[0];
	const struct contact *c = both[1];
	const struct jval *at = NULL;
	struct group *g;
	bool any = false;

	while ((g = next_group(r, c, &at)) != NULL) {
		if (any)
			vcard_delimiter(v, ',');
		else
			vcard_name(v, "CATEGORIES:");
		any = true;
		vcard_part(v, r->user.groups.names.data + g->name, g->namelen);
	}
	if (any)
		vcard_end_line(v);
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* "YYYY-MM-DD HH:MM:SS" in UTC as seconds; 0 for anything else. */
static int64_t seconds(const struct val *v)
{
	struct tm t = { 0 };
	int64_t s;

	if (v->type != V_STR || v->n != 19 || v->s[0] == '@')
		return 0;
	t.tm_year = two(v->s) * 100 + two(v->s + 2) - 1900;
	t.tm_mon = two(v->s + 5) - 1;
	t.tm_mday = two(v->s + 8);
	t.tm_hour = two(v->s + 11);
	t.tm_min = two(v->s + 14);
	t.tm_sec = two(v->s + 17);
	s = timegm(&t);
	return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : s;
}

void card_uri(const char *uuid, char uri[UUID_LEN + 5])
{
	memcpy(uri, uuid, UUID_LEN);
	memcpy(uri + UUID_LEN, ".vcf", 5);
}

int card_put(struct run *r, const char *book, const char *uri, int64_t modified, struct err *e)
{
	struct jsonw *w;

	if (r->card.failed)
		return err_set(e, EXIT_DATA, "a vCard is larger than %zu bytes", BUF_RECORD_MAX);
	w = so_begin(&r->out, "CARD");
	jw_kv_str(w, "book", book);
	jw_kv_str(w, "uri", uri);
	jw_kv_int(w, "lastmodified", modified);
	jw_key(w, "data");
	jw_str_n(w, r->card.data, r->card.len);
	return so_put(&r->out, "CARD", e);
}

static int book(struct run *r, const char *uri, const char *name, struct err *e)
{
	struct jsonw *w = so_begin(&r->out, "ADDRESSBOOK");

	jw_kv_str(w, "uri", uri);
	jw_kv_str(w, "displayname", name);
	return so_put(&r->out, "ADDRESSBOOK", e);
}

int contacts_books(struct run *r, struct err *e)
{
	if (r->user.books)
		return 0;
	r->user.books = true;
	return book(r, "AddressBook", "Address Book", e) < 0 ||
	    book(r, "Collected", "Collected Addresses", e) < 0 ? -1 : 0;
}

/* The card is made from the attributes before they are fitted to their columns: it holds more. */
static void make_card(struct run *r, struct contact *c)
{
	void *arg[2] = { r, c };
	struct vcard v;

	buf_reset(&r->card);
	vcard_begin(&v, &r->card, c->uuid);
	vcard_contact(&v, &r->card_of[c->collected], r->made_of, categories, arg);
	vcard_end(&v);
}

static int put_contact(struct run *r, struct contact *c, struct err *e)
{
	enum entity_kind kind = c->collected ? E_COLLECTED : E_CONTACT;
	char uri[UUID_LEN + 5];
	int64_t modified;
	int at;

	r->made[M_STORAGE] = val_text(c->shared ? "shared" : "personal");
	contact_uuid(r, c);
	if (contacts_books(r, e) < 0 || entity_make(r, kind, c->uuid, e) < 0)
		return -1;
	at = r->slot.modified[c->collected];
	modified = at >= 0 ? seconds(&r->made_of[at]) : 0;
	if (modified > r->user.latest)
		r->user.latest = modified;
	if (!c->shared || r->cards.contact == c->id)
		make_card(r, c);
	if (card_add(r, c->id, e) < 0 || entity_write(r, kind, c->uuid, e) < 0 ||
	    memberships(r, c, c->uuid, e) < 0)
		return -1;
	card_uri(c->uuid, uri);
	if (!c->shared && card_put(r, c->collected ? "Collected" : "AddressBook", uri, modified,
	    e) < 0)
		return -1;
	return card_reports(r, c->id, !c->shared, e);
}

/* A contact that everybody sees in P7. */
static int shared(struct run *r, struct contact *c, struct err *e)
{
	c->shared = r->target.given && target_has(&r->target, "SharedContacts");
	if (c->shared)
		return 0;
	return run_report(r, S_CONTACT, false, "shared-contact",
	    "the contact is shared with all, and P8 has no module SharedContacts",
	    "carried as a personal contact of its owner", e);
}

/* The user's link to a global contact: P8 links the group to that account's team contact. */
static int global_contact(struct run *r, struct contact *c, struct err *e)
{
	const struct val *user = &r->vals[S_CONTACT][r->slot.global_user];
	char team[UUID_LEN + 1];

	if (user->type != V_INT)
		return run_report(r, S_CONTACT, true, "global-contact-gone",
		    "the account behind this global contact is not in P7 any more",
		    "make a personal contact in P8 and put it into the group", e);
	run_uuid(r, team, "team:%lld", (long long)user->i);
	return memberships(r, c, team, e);
}

/* Is it collected?  Its card may come later. */
static int count(struct run *r, const struct contact *c, struct err *e)
{
	if (!c->collected) {
		r->user.personal += !c->shared;
		return 0;
	}
	r->user.collected++;
	return cards_collected(r, &r->vals[S_CONTACT][r->slot.h_email], e);
}

static int put_one(struct run *r, struct contact *c, struct err *e)
{
	int64_t type = val_as_int(&r->vals[S_CONTACT][r->slot.type]);

	if (type == TYPE_GLOBAL)
		return global_contact(r, c, e);
	if (type != TYPE_PERSONAL)
		return run_report(r, S_CONTACT, true, "contact-type",
		    "it is neither a personal nor a global contact", "make the contact in P8", e);
	c->collected = flag(r, r->slot.auto_create);
	if (!c->collected && flag(r, r->slot.shared) && shared(r, c, e) < 0)
		return -1;
	return count(r, c, e) < 0 ? -1 : put_contact(r, c, e);
}

int contact_record(struct run *r, struct err *e)
{
	struct contact c = { 0 };
	int rc;

	if (r->user.contacts_done)
		return err_set(e, EXIT_DATA, "%s, line %llu: contacts have to come before files",
		    r->in.io.name, (unsigned long long)r->in.lineno);
	if (run_take(r, S_CONTACT, e) < 0)
		return -1;
	c.id = val_as_int(&r->vals[S_CONTACT][r->map.rec[S_CONTACT].key_slot]);
	c.groups = &r->vals[S_CONTACT][r->slot.groups];
	rc = put_one(r, &c, e);
	run_drop(r, S_CONTACT);
	return rc;
}

int contact_of_card(struct run *r, bool collected, struct err *e)
{
	struct contact c = { .collected = collected };
	int rc;

	r->vals[S_CONTACT] = r->src[S_CONTACT].v;
	c.id = val_as_int(&r->vals[S_CONTACT][r->map.rec[S_CONTACT].key_slot]);
	c.groups = &r->vals[S_CONTACT][r->slot.groups];
	rc = count(r, &c, e) < 0 ? -1 : put_contact(r, &c, e);
	run_drop(r, S_CONTACT);
	return rc;
}

static int ctag(struct run *r, const char *storage, uint64_t count, struct err *e)
{
	char uuid[UUID_LEN + 1];

	if (count == 0)
		return 0;
	r->made[M_STORAGE] = val_text(storage);
	r->made[M_COUNT] = val_int((int64_t)count);
	run_uuid(r, uuid, "ctag:%lld:%s", (long long)r->user.id_user, storage);
	return entity_put(r, E_CTAG, uuid, e);
}

int contacts_end(struct run *r, struct err *e)
{
	if (r->user.contacts_done)
		return 0;
	r->user.contacts_done = true;
	return group_cards(r, e) < 0 || ctag(r, "personal", r->user.personal, e) < 0 ||
	    ctag(r, "collected", r->user.collected, e) < 0 ? -1 : 0;
}
