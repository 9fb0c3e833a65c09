#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "base/names.h"
#include "base/rowhash.h"

struct piece {
	const void *p;
	size_t n;
};

/* XXH3 of each piece, seeded with the one before: boundaries count, nothing is allocated. */
static uint64_t hash(const struct piece *v, unsigned n)
{
	uint64_t sum = 0;
	unsigned i;

	for (i = 0; i < n; i++)
		sum = XXH3_64bits_withSeed(v[i].p, v[i].n, sum);
	return sum;
}

static struct piece text(const char *s)
{
	return (struct piece){ s, strlen(s) };
}

uint64_t rowhash_attr(const char *uuid, const char *table, const char *name, size_t name_len,
    const char *val, size_t n)
{
	struct piece v[] = { text(uuid), text(table), { name, name_len },
	    text(val != NULL ? "=" : "NULL"), { val != NULL ? val : "", val != NULL ? n : 0 } };

	return hash(v, 5);
}

uint64_t rowhash_entity(const char *uuid, const char *parent, const char *type,
    const char *module)
{
	struct piece v[] = { text(uuid), text("eav_entities"), text(parent), text(type),
	    text(module) };

	return hash(v, 5);
}

uint64_t rowhash_card(const char *book_uri, const char *uri, size_t uri_len, const char *data,
    size_t n, int64_t modified)
{
	char number[24];
	struct piece v[] = { text("adav_cards"), text(book_uri), { uri, uri_len }, { data, n },
	    { number, (size_t)snprintf(number, sizeof(number), "%" PRId64, modified) } };

	return hash(v, 5);
}

uint64_t rowhash_book(const char *principal, const char *uri, const char *name, size_t name_len,
    const char *description)
{
	struct piece v[] = { text("adav_addressbooks"), text(principal), text(uri),
	    { name, name_len }, text(description != NULL ? description : "") };

	return hash(v, v[4].n > 0 ? 5 : 4);
}

uint64_t rowhash_file(const char *root, const char *path, size_t path_len, int64_t size)
{
	char number[24];
	struct piece v[] = { text("files"), text(root), { path, path_len },
	    { number, (size_t)snprintf(number, sizeof(number), "%" PRId64, size) } };

	return hash(v, 4);
}

uint64_t rowhash_link(const char *hash_id, const char *link, const char *data, size_t n)
{
	struct piece v[] = { text("min_hashes"), text(hash_id), text(link), { data, n } };

	return hash(v, 4);
}

static struct piece given(struct rowhash_text t)
{
	return (struct piece){ t.p != NULL ? t.p : "", t.p != NULL ? t.n : 0 };
}

uint64_t rowhash_calendar(const struct rowhash_calendar *c)
{
	char numbers[72];
	struct piece v[] = { text("adav_calendars"), text(c->uuid), given(c->uri), given(c->name),
	    given(c->description), given(c->color), given(c->timezone), given(c->components),
	    { numbers, (size_t)snprintf(numbers, sizeof(numbers), "%" PRId64 " %" PRId64 " %"
	    PRId64, c->order, c->transparent, c->public) } };

	return hash(v, sizeof(v) / sizeof(*v));
}

uint64_t rowhash_object(const struct rowhash_object *o)
{
	char numbers[120];
	struct piece v[] = { text("adav_calendarobjects"), text(o->calendar), given(o->uri),
	    given(o->etag), given(o->type), text(o->uid.p != NULL ? "=" : "NULL"), given(o->uid),
	    { numbers, (size_t)snprintf(numbers, sizeof(numbers), "%" PRId64 " %" PRId64 " %"
	    PRId64 " %" PRId64 " %" PRId64, o->crc, o->size, o->modified, o->first, o->last) } };

	return hash(v, sizeof(v) / sizeof(*v));
}

uint64_t rowhash_reminder(struct rowhash_text calendar, struct rowhash_text event)
{
	struct piece v[] = { text("adav_reminders"), given(calendar), given(event) };

	return hash(v, 3);
}

uint64_t rowhash_share(const char *calendar, const char *sharee, size_t n, int64_t access)
{
	struct piece v[] = { text("p7m_shares"), text(calendar), { sharee, n },
	    text(access == 2 ? "r" : "w") };

	return hash(v, 4);
}

bool rowhash_volatile(const char *type, const char *name)
{
	static const struct {
		const char *type, *name;
	} list[] = {
		{ TYPE_USER, "LastLogin" }, { TYPE_USER, "LastLoginNow" },
		{ TYPE_USER, "LoginsCount" }, { TYPE_USER, "DefaultTimeZone" },
		{ TYPE_USER, "PersonalFiles::UsedSpace" }, { TYPE_USER, "Language" },
		{ TYPE_ACCOUNT, "IncomingPassword" },
		/* each mail to a contact counts up, and writes the other two anew */
		{ TYPE_CONTACT, "Frequency" }, { TYPE_CONTACT, "DateModified" },
		{ TYPE_CONTACT, "ETag" },
		{ TYPE_CTAG, "CTag" },
	};
	unsigned i;

	for (i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(name, list[i].name) == 0 && strcmp(type, list[i].type) == 0)
			return true;
	return false;
}

bool rowhash_filled(const char *type, const char *name)
{
	return strcmp(name, "FoldersOrder") == 0 && strcmp(type, TYPE_ACCOUNT) == 0;
}
