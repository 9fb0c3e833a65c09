#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "run/load.h"
#include "base/names.h"
#include "run/parts.h"

/* P7 changes these when mail is sent or the user logs in, whoever has them. */
static bool counted_by_use(const char *kind, const char *name)
{
	static const struct {
		const char *kind, *name;
	} list[] = {
		{ KIND_USER, "LastLogin" }, { KIND_USER, "LastLoginNow" },
		{ KIND_USER, "LoginsCount" }, { KIND_USER, "PersonalFiles::UsedSpace" },
		{ "CONTACT", "Frequency" }, { "CONTACT", "DateModified" },
		{ "CONTACT", "ETag" }, { KIND_TEAM_CONTACT, "Frequency" },
		{ KIND_TEAM_CONTACT, "DateModified" }, { KIND_TEAM_CONTACT, "ETag" },
		{ "CTAG", "CTag" },
	};
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(*list); i++)
		if (strcmp(list[i].name, name) == 0 && strcmp(list[i].kind, kind) == 0)
			return true;
	return false;
}

static uint64_t value_hash(const struct jdoc *d, const struct jval *v, uint64_t seed)
{
	const struct jval *m;

	switch (v->type) {
	case J_STR:
		return XXH3_64bits_withSeed(v->s, v->n, seed + 1);
	case J_OTHER:
		return XXH3_64bits_withSeed(v->s, v->n, seed + 2);
	case J_INT:
		return XXH3_64bits_withSeed(&v->i, sizeof(v->i), seed + 3);
	case J_BOOL:
		return XXH3_64bits_withSeed(v->b ? "t" : "f", 1, seed);
	case J_NULL:
		return XXH3_64bits_withSeed("", 0, seed);
	default:
		seed += 4;
		for (m = jr_first(d, v); m != NULL; m = jr_next(d, m))
			seed = value_hash(d, m, XXH3_64bits_withSeed(m->key, m->keylen, seed));
		return seed;
	}
}

/* Every value for itself, so that their order does not count. */
static uint64_t entity(const struct load *l)
{
	const struct jdoc *d = &l->in.si.doc;
	const char *uuid = jr_str(d, NULL, "uuid", "");
	uint64_t seed = XXH3_64bits(uuid, strlen(uuid)), sum = seed, at;
	const struct jval *o, *v;

	for (o = jr_first(d, &d->v[0]); o != NULL; o = jr_next(d, o)) {
		at = XXH3_64bits_withSeed(o->key, o->keylen, seed);
		if (o->type != J_OBJECT) {
			if (strcmp(o->key, "synctoken") != 0)
				sum += value_hash(d, o, at);
			continue;
		}
		for (v = jr_first(d, o); v != NULL; v = jr_next(d, v))
			if (!counted_by_use(l->in.si.kind, v->key))
				sum += value_hash(d, v, XXH3_64bits_withSeed(v->key, v->keylen,
				    at));
	}
	return sum;
}

/* The lines of a card but REV, which is no more than when somebody wrote it. */
static uint64_t card_text(const char *p, size_t n, uint64_t sum)
{
	const char *end;
	size_t len;

	for (; n > 0; p += len, n -= len) {
		end = memchr(p, '\n', n);
		len = end != NULL ? (size_t)(end - p) + 1 : n;
		if (len < 4 || strncasecmp(p, "REV", 3) != 0 || (p[3] != ':' && p[3] != ';'))
			sum = XXH3_64bits_withSeed(p, len, sum);
	}
	return sum;
}

/* The members NAMES (up to NULL) in their order. */
static uint64_t members(const struct load *l, const char *const *names)
{
	const struct jdoc *d = &l->in.si.doc;
	const struct jval *v;
	uint64_t sum = 1;

	for (; *names != NULL; names++) {
		v = jr_get(d, NULL, *names);
		if (v == NULL)
			continue;
		sum = value_hash(d, v, XXH3_64bits_withSeed(*names, strlen(*names), sum));
	}
	return sum;
}

static uint64_t card(const struct load *l)
{
	static const char *const names[] = { "book", "uri", NULL };
	const struct jval *data = jr_get(&l->in.si.doc, NULL, "data");
	uint64_t sum = members(l, names);

	if (data == NULL)
		return sum;
	return data->type == J_STR ? card_text(data->s, data->n, sum) :
	    value_hash(&l->in.si.doc, data, sum);
}

/* A directory's time is that of the last file in it. */
static uint64_t file(const struct load *l)
{
	static const char *const of_file[] = { "root", "path", "size", "mtime", NULL };
	static const char *const of_dir[] = { "root", "path", "directory", NULL };

	return members(l, jr_bool(&l->in.si.doc, NULL, "directory", false) ? of_dir : of_file);
}

/*
 * What the calendar says of itself; its sync token counts changes.  An instance is summed with what
 * it is: the calendar, or a share of it.
 */
static uint64_t calendar(const struct load *l)
{
	static const char *const of_calendar[] = { "uuid", "components", NULL };
	static const char *const of_instance[] = { "calendar", "access", "principaluri",
	    "displayname", "uri", "description", "calendarorder", "calendarcolor", "timezone",
	    "transparent", "public", NULL };
	static const char *const of_share[] = { "calendar", "access", "principaluri", NULL };

	if (strcmp(l->in.si.kind, DAV_CALENDAR) == 0)
		return members(l, of_calendar);
	return members(l, jr_int(&l->in.si.doc, NULL, "access", 1) == 1 ? of_instance : of_share);
}

/* Its bytes, not what was computed of them. */
static uint64_t object(const struct load *l)
{
	static const char *const names[] = { "calendar", "uri", "calendardata", NULL };

	return members(l, names);
}

static uint64_t reminder(const struct load *l)
{
	static const char *const names[] = { "user", "calendaruri", "eventid", "time", "starttime",
	    "allday", NULL };

	return members(l, names);
}

static uint64_t sum_of(const struct load *l, const char *kind)
{
	if (strcmp(kind, "CARD") == 0)
		return card(l);
	if (strcmp(kind, "FILE") == 0)
		return file(l);
	if (strcmp(kind, DAV_CALENDAR) == 0 || strcmp(kind, DAV_SHARE) == 0)
		return calendar(l);
	if (strcmp(kind, DAV_OBJECT) == 0)
		return object(l);
	if (strcmp(kind, DAV_REMINDER) == 0)
		return reminder(l);
	return entity(l);
}

int parts_source(struct load *l, struct err *e)
{
	const char *kind = l->in.si.kind;
	int k;

	if (strcmp(kind, "FILE_CHUNK") == 0 || strcmp(kind, "REJECT") == 0 ||
	    strcmp(kind, "WARN") == 0)
		return 0;
	if (strcmp(kind, DAV_INSTANCE) == 0)
		kind = jr_int(&l->in.si.doc, NULL, "access", 1) == 1 ? DAV_CALENDAR : DAV_SHARE;
	k = kind_index(&l->kinds, kind, e);
	if (k < 0)
		return -1;
	l->user.source[k] += sum_of(l, kind);
	return 0;
}
