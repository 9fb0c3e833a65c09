#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "contact/contacts.h"
#include "text/ascii.h"

#define TYPE_PERSONAL 0
#define TYPE_GLOBAL 1		/* a stub for a global contact that is in a group of the user */

/* The contact in hand. */
struct contact {
	int64_t id;
	bool collected, shared;
	char uuid[UUID_LEN + 1];
	const struct val *groups;
};

static bool flag(const struct contacts *k, int slot)
{
	return val_as_bool(&k->m->vals[S_CONTACT][slot]);
}

/* P7's own UUID (the name of its vCard) where it is a UUID and no other row has it. */
static void contact_uuid(struct contacts *k, struct contact *c)
{
	const struct val *v = &k->m->vals[S_CONTACT][k->str_id];
	size_t n = v->n;

	if (v->type == V_STR && !flag(k, k->str_id_shared)) {
		if (n > 4 && strncasecmp(v->s + n - 4, ".vcf", 4) == 0)
			n -= 4;
		if (uuid_parse(v->s, n, c->uuid))
			return;
	}
	filter_uuid(k->m->f, c->uuid, "contact:%lld", (long long)c->id);
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
static struct group *next_group(struct contacts *k, const struct contact *c,
    const struct jval **at)
{
	const struct jdoc *d = &k->m->src[S_CONTACT].doc;
	const struct jval *list;
	struct group *g;

	if (c->groups->type != V_LIST)
		return NULL;
	list = &d->v[c->groups->i];
	for (;;) {
		*at = *at == NULL ? jr_first(d, list) : jr_next(d, *at);
		if (*at == NULL)
			return NULL;
		g = (*at)->type == J_INT ? group_find(k, (*at)->i) : NULL;
		if (g != NULL && !named_before(d, list, *at))
			return g;
	}
}

static int member(struct contacts *k, const struct contact *c, struct group *g,
    const char *contact, struct err *e)
{
	char uuid[UUID_LEN + 1];

	k->m->made[M_GROUP] = val_text(g->uuid);
	k->m->made[M_CONTACT] = val_text(contact);
	filter_uuid(k->m->f, uuid, "membership:%lld:%lld", (long long)g->id, (long long)c->id);
	if (group_link(k, g, contact, e) < 0)
		return -1;
	return entity_put(k->m, E_MEMBERSHIP, uuid, e);
}

/* Link the contact with UUID to its groups. */
static int memberships(struct contacts *k, const struct contact *c, const char *uuid, struct err *e)
{
	const struct jval *at = NULL;
	struct group *g;

	while ((g = next_group(k, c, &at)) != NULL)
		if (member(k, c, g, uuid, e) < 0)
			return -1;
	return 0;
}

static void categories(struct vcard *v, void *arg)
{
	void **both = arg;
	struct contacts *k = both[0];
	const struct contact *c = both[1];
	const struct jval *at = NULL;
	struct group *g;
	bool any = false;

	while ((g = next_group(k, c, &at)) != NULL) {
		if (any)
			buf_addc(v->out, ',');
		else
			vcard_name(v, "CATEGORIES:");
		any = true;
		vcard_part(v, k->group_names.data + g->name, g->namelen);
	}
	if (any)
		vcard_end_line(v);
}

/* "YYYY-MM-DD HH:MM:SS" in UTC as seconds; 0 for anything else. */
static int64_t seconds(const struct val *v)
{
	struct tm t = { 0 };
	char text[20];
	int64_t s;

	if (v->type != V_STR || v->n != sizeof(text) - 1)
		return 0;
	memcpy(text, v->s, v->n);
	text[v->n] = '\0';
	if (strptime(text, "%Y-%m-%d %H:%M:%S", &t) == NULL)
		return 0;
	s = timegm(&t);
	return s < 0 ? 0 : s > UINT32_MAX ? UINT32_MAX : s;
}

/* The card is made from the attributes before they are fitted to their columns: it holds more. */
static void make_card(struct contacts *k, struct contact *c)
{
	void *arg[2] = { k, c };
	struct vcard v;

	buf_reset(&k->card);
	vcard_begin(&v, &k->card, c->uuid);
	vcard_contact(&v, &k->card_of[c->collected], k->m->value, categories, arg);
	vcard_end(&v);
}

static int put_contact(struct contacts *k, struct contact *c, struct err *e)
{
	enum entity_kind kind = c->collected ? E_COLLECTED : E_CONTACT;
	int64_t modified;
	int at;

	k->m->made[M_STORAGE] = val_text(c->shared ? "shared" : "personal");
	contact_uuid(k, c);
	if (put_own_books(k, e) < 0 || entity_make(k->m, kind, c->uuid, e) < 0)
		return -1;
	at = k->modified[c->collected];
	modified = at >= 0 ? seconds(&k->m->value[at]) : 0;
	if (modified > k->latest)
		k->latest = modified;
	if (!c->shared || k->card_contact == c->id)
		make_card(k, c);
	if (held_add(k, c->id, e) < 0 || entity_write(k->m, kind, c->uuid, e) < 0 ||
	    memberships(k, c, c->uuid, e) < 0)
		return -1;
	if (!c->shared && put_card(k, c->collected ? "Collected" : "AddressBook", NULL, c->uuid,
	    modified, e) < 0)
		return -1;
	return held_reports(k, c->id, !c->shared, e);
}

/* A contact that everybody sees in P7. */
static int shared(struct contacts *k, struct contact *c, struct err *e)
{
	c->shared = k->m->target.given && target_has(&k->m->target, "SharedContacts");
	if (c->shared)
		return 0;
	return maker_report(k->m, S_CONTACT, false, "shared-contact",
	    "the contact is shared with all, and P8 has no module SharedContacts",
	    "carried as a personal contact of its owner", e);
}

/* The user's link to a global contact: P8 links the group to that account's team contact. */
static int global_contact(struct contacts *k, struct contact *c, struct err *e)
{
	const struct val *user = &k->m->vals[S_CONTACT][k->global_user];
	char team[UUID_LEN + 1];

	if (user->type != V_INT)
		return maker_report(k->m, S_CONTACT, true, "global-contact-gone",
		    "the account behind this global contact is not in P7 any more",
		    "make a personal contact in P8 and put it into the group", e);
	filter_uuid(k->m->f, team, "team:%lld", (long long)user->i);
	return memberships(k, c, team, e);
}

/* Is it collected?  Its card may come later, and is known by the e-mail. */
static int count(struct contacts *k, const struct contact *c, struct err *e)
{
	const struct val *email = &k->m->vals[S_CONTACT][k->h_email];

	k->personal += !c->collected && !c->shared;
	k->collected += c->collected;
	if (!c->collected || email->type != V_STR || email->n == 0 ||
	    k->collected_emails.n >= CARDS_MAX)
		return 0;
	buf_reset(&k->scratch);
	buf_add(&k->scratch, email->s, email->n);
	ascii_lower_buf(&k->scratch);
	return names_take(&k->collected_emails, k->scratch.data, k->scratch.len, e) < 0 ? -1 : 0;
}

static int put_one(struct contacts *k, struct contact *c, struct err *e)
{
	int64_t type = val_as_int(&k->m->vals[S_CONTACT][k->type]);

	if (type == TYPE_GLOBAL)
		return global_contact(k, c, e);
	if (type != TYPE_PERSONAL)
		return maker_report(k->m, S_CONTACT, true, "contact-type",
		    "it is neither a personal nor a global contact", "make the contact in P8", e);
	c->collected = flag(k, k->auto_create);
	if (!c->collected && flag(k, k->shared) && shared(k, c, e) < 0)
		return -1;
	return count(k, c, e) < 0 ? -1 : put_contact(k, c, e);
}

int contact_record(struct contacts *k, struct err *e)
{
	struct contact c = { 0 };
	int rc;

	if (k->complete)
		return filter_wrong(k->m->f, e, "contacts have to come before files");
	if (maker_take(k->m, S_CONTACT, e) < 0)
		return -1;
	c.id = val_as_int(&k->m->vals[S_CONTACT][k->m->map.rec[S_CONTACT].key_slot]);
	c.groups = &k->m->vals[S_CONTACT][k->in_groups];
	rc = put_one(k, &c, e);
	maker_drop(k->m, S_CONTACT);
	return rc;
}

int contact_of_card(struct contacts *k, bool collected, struct err *e)
{
	struct contact c = { .collected = collected };
	int rc;

	k->m->vals[S_CONTACT] = k->m->src[S_CONTACT].v;
	c.id = val_as_int(&k->m->vals[S_CONTACT][k->m->map.rec[S_CONTACT].key_slot]);
	c.groups = &k->m->vals[S_CONTACT][k->in_groups];
	rc = count(k, &c, e) < 0 ? -1 : put_contact(k, &c, e);
	maker_drop(k->m, S_CONTACT);
	return rc;
}

static int ctag(struct contacts *k, const char *storage, uint64_t count, struct err *e)
{
	char uuid[UUID_LEN + 1];

	if (count == 0)
		return 0;
	k->m->made[M_STORAGE] = val_text(storage);
	k->m->made[M_COUNT] = val_int((int64_t)count);
	filter_uuid(k->m->f, uuid, "ctag:%lld:%s", (long long)k->id_user, storage);
	return entity_put(k->m, E_CTAG, uuid, e);
}

int contacts_end(struct contacts *k, struct err *e)
{
	if (k->complete)
		return 0;
	k->complete = true;
	return group_cards(k, e) < 0 || ctag(k, "personal", k->personal, e) < 0 ||
	    ctag(k, "collected", k->collected, e) < 0 ? -1 : 0;
}

int contacts_open(struct contacts *k, struct maker *m, struct err *e)
{
	const struct {
		enum source_kind kind;
		const char *name;
		int *slot;
	} t[] = {
		{ S_CONTACT, "type", &k->type }, { S_CONTACT, "auto_create", &k->auto_create },
		{ S_CONTACT, "shared_to_all", &k->shared }, { S_CONTACT, "str_id", &k->str_id },
		{ S_CONTACT, "str_id_shared", &k->str_id_shared },
		{ S_CONTACT, "groups", &k->in_groups },
		{ S_CONTACT, "global_user", &k->global_user },
		{ S_CONTACT, "h_email", &k->h_email },
		{ S_GROUP, "group_str_id", &k->group_str_id },
		{ S_GROUP, "group_str_id_shared", &k->group_str_id_shared },
	};
	const struct map_entity *en = m->map.ent;
	const struct map_name *p;
	size_t i;

	k->m = m;
	card_init(&k->p7);
	card_init(&k->own);
	buf_init(&k->card, BUF_RECORD_MAX);
	buf_init(&k->text, BUF_RECORD_MAX);
	buf_init(&k->row, BUF_RECORD_MAX);
	buf_init(&k->scratch, BUF_RECORD_MAX);
	buf_init(&k->uri, 1 << 16);
	buf_init(&k->group_names, GROUP_NAMES_MAX);
	vcard_attrs(&k->card_of[0], &en[E_CONTACT]);
	vcard_attrs(&k->card_of[1], &en[E_COLLECTED]);
	k->modified[0] = mapping_attr(&en[E_CONTACT], "DateModified");
	k->modified[1] = mapping_attr(&en[E_COLLECTED], "DateModified");
	k->group_name = mapping_attr(&en[E_GROUP], "Name");
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		p = mapping_member(&m->map, t[i].kind, t[i].name, true);
		if (p == NULL)
			return err_set(e, EXIT_CONFIG, "the mapping uses too many members of %s",
			    source_names[t[i].kind]);
		*t[i].slot = p->slot;
	}
	return m->map.rec[S_CONTACT].key_slot < 0 || m->map.rec[S_GROUP].key_slot < 0 ?
	    err_set(e, EXIT_CONFIG, "the mapping has no key of CONTACT or GROUP") : 0;
}

void contacts_begin(struct contacts *k, int64_t id_user)
{
	k->id_user = id_user;
	k->own_books = k->complete = k->lost = false;
	k->personal = k->collected = 0;
	k->latest = 0;
	k->groups = k->members = 0;
	k->sorted = true;
	buf_reset(&k->group_names);
	k->card_contact = 0;
	k->book = -1;
	names_reset(&k->books);
	names_reset(&k->own_taken);
	names_reset(&k->collected_emails);
}

void contacts_free(struct contacts *k)
{
	card_free(&k->p7);
	card_free(&k->own);
	buf_free(&k->card);
	buf_free(&k->text);
	buf_free(&k->row);
	buf_free(&k->scratch);
	buf_free(&k->uri);
	buf_free(&k->group_names);
	free(k->group);
	free(k->member);
	names_free(&k->books);
	names_free(&k->taken);
	names_free(&k->own_taken);
	names_free(&k->collected_emails);
}
