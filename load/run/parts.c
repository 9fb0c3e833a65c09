#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "run/parts.h"

static bool lists(const struct jdoc *h, const struct jval *list, const char *family)
{
	const struct jval *v = list != NULL ? jr_first(h, list) : NULL;

	while (v != NULL && (v->type != J_STR || strcmp(v->s, family) != 0))
		v = jr_next(h, v);
	return v != NULL;
}

/* Does the stream have that family of records, by its selection? */
static bool says(const struct jdoc *h, const char *family)
{
	const struct jval *sel = jr_get(h, NULL, "selection");
	const struct jval *only = sel != NULL ? jr_get(h, sel, "only") : NULL;

	if (sel != NULL && lists(h, jr_get(h, sel, "without"), family))
		return false;
	return only == NULL || jr_first(h, only) == NULL || lists(h, only, family);
}

void parts_header(struct load *l)
{
	const struct jdoc *h = &l->in.si.header;
	struct parts_said *s = &l->said;

	s->users = says(h, "users");
	s->base = s->users && says(h, "settings");
	s->files = !l->o->without_files && says(h, "files");
	s->calendars = says(h, "calendars");
	s->missing = (says(h, "contacts") ? 0 : SOME_CONTACTS) |
	    (says(h, "collected") ? 0 : SOME_COLLECTED) | (says(h, "groups") ? 0 : SOME_GROUPS);
	s->contacts = s->missing != (SOME_CONTACTS | SOME_COLLECTED | SOME_GROUPS);
	s->edited = jr_bool(h, NULL, "edited", false);
}

/* Was the block, or the stream before, altered? */
static bool is_altered(const struct load *l)
{
	return l->said.edited || (l->in.si.edited && si_block_altered(&l->in.si));
}

static uint64_t came(const struct load *l, enum part p)
{
	const struct kind_ops *const *k;
	uint64_t n = 0;

	for (k = kind_list; *k != NULL; k++)
		if ((*k)->part == p)
			n += kinds_get(&l->in.si.counts, (*k)->kind);
	return n;
}

/*
 * Kinds that the block's end announces and that somebody took out; before p7-transform, which makes
 * a new end, contacts were if there is none.
 */
static unsigned taken_out(const struct load *l)
{
	const struct jval *c = jr_get(&l->in.si.doc, NULL, "counts");
	const struct kind_ops *const *k;
	unsigned bits = 0;

	for (k = kind_list; c != NULL && *k != NULL; k++)
		if ((*k)->some != 0 && jr_int(&l->in.si.doc, c, (*k)->kind, 0) > 0 &&
		    kinds_get(&l->in.si.counts, (*k)->kind) == 0)
			bits |= (*k)->some;
	if (l->said.edited && kinds_get(&l->in.si.counts, "CONTACT") == 0)
		bits |= SOME_CONTACTS;
	return bits;
}

int parts_contacts(const struct load *l)
{
	unsigned missing = l->said.missing;
	bool altered = is_altered(l);

	if (came(l, PART_CONTACTS) == 0) {
		if (!l->said.contacts || altered)
			return PART_LEFT;
		return missing ? PART_SOME | SOME_EMPTY | (int)missing : PART_NONE;
	}
	if (altered)
		missing |= taken_out(l);
	return missing ? PART_SOME | (int)missing : PART_THERE;
}

int parts_files(const struct load *l)
{
	return l->said.files && (!is_altered(l) || came(l, PART_FILES) > 0) ? PART_NONE :
	    PART_LEFT;
}

int parts_calendars(const struct load *l)
{
	if (came(l, PART_CALENDARS) > 0 || l->user.heir != 0)
		return PART_THERE;
	return l->said.calendars && !is_altered(l) ? PART_NONE : PART_LEFT;
}

/* Can what the stream says of the part be compared with another stream's? */
static bool parts_whole(const struct load *l, enum part p)
{
	if (is_altered(l))
		return false;
	if (p == PART_CALENDARS)
		return l->said.calendars;
	return p == PART_BASE ? l->said.base : p == PART_FILES ? l->said.files :
	    l->said.missing == 0;
}

int parts_sums(struct load *l, const struct sums *sums, unsigned parts, struct err *e)
{
	struct own_sum v[STREAM_KINDS];
	const struct kind_sum *k;
	unsigned i, n = 0;
	enum part p;

	for (i = 0; i < l->kinds.n; i++) {
		k = &sums->k[i];
		p = part_of(l->kinds.name[i]);
		if (parts & 1u << p && (k->things != 0 || k->rows != 0 || l->user.source[i] != 0))
			v[n++] = (struct own_sum){ l->kinds.name[i], k, l->user.source[i],
			    parts_whole(l, p) };
	}
	return own_sums(&l->own, v, n, e);
}

void parts_count(struct load *l, int contacts, int files, int calendars)
{
	struct parts_left *n = &l->left;

	n->contacts += contacts == PART_LEFT;
	n->files += files == PART_LEFT;
	n->calendars += calendars == PART_LEFT;
	if (contacts & PART_SOME) {
		n->collected += contacts & SOME_COLLECTED ? 1 : 0;
		n->groups += contacts & SOME_GROUPS ? 1 : 0;
		n->some += contacts & SOME_CONTACTS ? 1 : 0;
	}
}

static void add_word(struct buf *out, const char *kind)
{
	const struct kind_ops *k = kind_find(kind);
	const char *word = k != NULL && k->word != NULL ? k->word : kind, *p;
	size_t n = strlen(word);

	for (p = out->len > 0 ? out->data : NULL; p != NULL; p = strchr(p, ',')) {
		p += strspn(p, ", ");
		if (strncmp(p, word, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return;
	}
	buf_addf(out, "%s%s", out->len > 0 ? ", " : "", word);
}

/* Is part P of the open user in P8 as a stream had it, and does this stream have it? */
static bool comparable(const struct load *l, enum part p)
{
	const struct ledger_user *led = &l->user.led;

	if (!parts_whole(l, p))
		return false;
	if (p == PART_CONTACTS)
		return led->contacts == PART_THERE || led->contacts == PART_NONE;
	if (p == PART_CALENDARS)
		return led->calendars != PART_LEFT;
	return p == PART_BASE || led->looked;
}

/* Kinds that changed. */
struct changes {
	bool part[PARTS];		/* can be compared */
	bool seen[STREAM_KINDS];	/* in the ledger */
	const char *kind[STREAM_KINDS];
	size_t n;
};

/* What the ledger says of one kind, and what the stream does. */
static int compare(struct load *l, const struct dbq *q, struct changes *c, struct err *e)
{
	const char *kind = dbq_str(q, 0);
	int k = kind_index(&l->kinds, kind, e);

	if (k < 0)
		return -1;
	c->seen[k] = true;
	if (!c->part[part_of(kind)])
		return 0;
	if (q->col[1].p == NULL) {
		l->user.uncompared = true;
		return 0;
	}
	if (strtoull(dbq_str(q, 1), NULL, 10) != l->user.source[k])
		c->kind[c->n++] = l->kinds.name[k];
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int parts_changed(struct load *l, struct buf *out, struct err *e)
{
	struct changes c = { .n = 0 };
	struct dbval row = DB_INT(l->user.row);
	struct dbq *q = &l->s.sql.q[SQL_KINDS_GET];
	unsigned i;
	int rc;

	for (i = 0; i < PARTS; i++)
		c.part[i] = comparable(l, (enum part)i);
	if (sql_run(&l->s.sql, SQL_KINDS_GET, &row, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1)
		if (compare(l, q, &c, e) < 0)
			return -1;
	if (rc < 0)
		return -1;
	/* Without sums of the base nothing is known of kinds that the user may not have had. */
	for (i = 0; i < l->kinds.n && !l->user.uncompared; i++)
		if (!c.seen[i] && l->user.source[i] != 0 && c.part[part_of(l->kinds.name[i])])
			c.kind[c.n++] = l->kinds.name[i];
	/* In an order that does not depend on what came before in the stream. */
	qsort(c.kind, c.n, sizeof(*c.kind), by_name);
	for (i = 0; i < c.n; i++)
		add_word(out, c.kind[i]);
	l->left.uncompared += l->user.uncompared && out->len == 0;
	return out->failed ? err_memory(e) : out->len > 0;
}
