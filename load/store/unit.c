#include <mysql.h>
#include <stdlib.h>
#include <string.h>

#include "store/set.h"
#include "store/unit.h"
#include "store/unitdav.h"

int unit_ent(struct unit *u, unsigned kind, const char *uuid, const char *parent,
    const struct interned *type, const struct interned *module, struct err *e)
{
	struct ents *s = &u->ents;
	const struct set_column c[] = { COL(s->uuid), COL(s->parent), COL(s->type), COL(s->module),
	    COL(s->uuid_len), COL(s->parent_len), COL(s->type_len), COL(s->module_len),
	    COL(s->kind), COL(s->id) };
	size_t n = s->n;

	if (GROW(s, c, e) < 0)
		return -1;
	s->uuid_len[n] = strlen(uuid);
	s->parent_len[n] = strlen(parent);
	s->uuid[n] = arena_add(&u->a, uuid, s->uuid_len[n]);
	s->parent[n] = arena_add(&u->a, parent, s->parent_len[n]);
	if (s->uuid[n] == NULL || s->parent[n] == NULL)
		return set_no_memory(e);
	s->type[n] = type->s;
	s->type_len[n] = type->n;
	s->module[n] = module->s;
	s->module_len[n] = module->n;
	s->kind[n] = (uint8_t)kind;
	s->id[n] = 0;
	s->n++;
	u->rows++;
	return 0;
}

static int attr_room(struct attrs *s, struct err *e)
{
	const struct set_column c[] = { COL(s->ent), COL(s->id), COL(s->name), COL(s->name_len),
	    COL(s->num), COL(s->val), COL(s->val_len), COL(s->null) };

	return GROW(s, c, e);
}

int unit_attr_num(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    int64_t v, struct err *e)
{
	struct attrs *s = &u->attrs[t];

	if (attr_room(s, e) < 0)
		return -1;
	s->ent[s->n] = ent;
	s->name[s->n] = name->s;
	s->name_len[s->n] = name->n;
	s->num[s->n] = v;
	s->null[s->n] = STMT_INDICATOR_NONE;
	s->n++;
	u->rows++;
	return 0;
}

int unit_attr_val(struct unit *u, enum attr_type t, int64_t ent, const struct interned *name,
    const char *val, size_t n, struct err *e)
{
	struct attrs *s = &u->attrs[t];
	static char empty[1];
	char *copy = empty;

	if (attr_room(s, e) < 0)
		return -1;
	if (n > 0 && (copy = arena_add(&u->a, val, n)) == NULL)
		return set_no_memory(e);
	s->ent[s->n] = ent;
	s->name[s->n] = name->s;
	s->name_len[s->n] = name->n;
	s->val[s->n] = copy;
	s->val_len[s->n] = n;
	s->null[s->n] = val == NULL ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE;
	s->n++;
	u->rows++;
	return 0;
}

int unit_ref(struct unit *u, size_t ent, struct err *e)
{
	const struct set_column c[] = { COL(u->refs.v) };

	if (GROW(&u->refs, c, e) < 0)
		return -1;
	u->refs.v[u->refs.n++] = (struct ref){ u->attrs[AT_INT].n - 1, ent };
	return 0;
}

int unit_file(struct unit *u, const struct unit_file *f, struct err *e)
{
	struct filerows *s = &u->files;
	const struct set_column c[] = { COL(s->user), COL(s->root), COL(s->path), COL(s->sha),
	    COL(s->root_len), COL(s->path_len), COL(s->sha_len), COL(s->sha_null),
	    COL(s->directory), COL(s->bytes), COL(s->mtime) };
	size_t n = s->n;

	if (GROW(s, c, e) < 0)
		return -1;
	if (!set_keep(u, &s->root[n], &s->root_len[n], f->root, strlen(f->root)) ||
	    !set_keep(u, &s->path[n], &s->path_len[n], f->path, f->path_len) ||
	    !set_keep(u, &s->sha[n], &s->sha_len[n], f->sha ? f->sha : "", f->sha ? 64 : 0))
		return set_no_memory(e);
	s->sha_null[n] = f->sha ? STMT_INDICATOR_NONE : STMT_INDICATOR_NULL;
	s->directory[n] = f->directory;
	s->bytes[n] = f->bytes;
	s->mtime[n] = f->mtime;
	s->n++;
	u->rows++;
	return 0;
}

int unit_link(struct unit *u, const char *hash_id, const char *hash, const char *data, size_t n,
    struct err *e)
{
	struct linkrows *s = &u->links;
	const struct set_column c[] = { COL(s->hash_id), COL(s->hash), COL(s->data),
	    COL(s->hash_id_len), COL(s->hash_len), COL(s->data_len) };
	size_t i = s->n;

	if (GROW(s, c, e) < 0)
		return -1;
	if (!set_keep(u, &s->hash_id[i], &s->hash_id_len[i], hash_id, strlen(hash_id)) ||
	    !set_keep(u, &s->hash[i], &s->hash_len[i], hash, strlen(hash)) ||
	    !set_keep(u, &s->data[i], &s->data_len[i], data, n))
		return set_no_memory(e);
	s->n++;
	u->rows++;
	return 0;
}

int unit_note(struct unit *u, bool reject, bool own, const char *line, size_t n, struct err *e)
{
	struct notes *s = &u->notes;
	const struct set_column c[] = { COL(s->v) };
	char *copy;

	if (GROW(s, c, e) < 0)
		return -1;
	copy = arena_add(&u->a, line, n);
	if (copy == NULL)
		return set_no_memory(e);
	s->v[s->n++] = (struct note){ reject, own, copy, n, 1 };
	u->rows++;
	return 0;
}

void unit_attr_drop(struct unit *u, enum attr_type t, size_t row)
{
	struct attrs *s = &u->attrs[t];
	size_t last = --s->n, i, to = 0;

	s->ent[row] = s->ent[last];
	s->id[row] = s->id[last];
	s->name[row] = s->name[last];
	s->name_len[row] = s->name_len[last];
	s->num[row] = s->num[last];
	s->val[row] = s->val[last];
	s->val_len[row] = s->val_len[last];
	s->null[row] = s->null[last];
	u->rows--;
	if (t != AT_INT)
		return;
	for (i = 0; i < u->refs.n; i++) {
		if (u->refs.v[i].row == row)
			continue;
		u->refs.v[to] = u->refs.v[i];
		if (u->refs.v[to].row == last)
			u->refs.v[to].row = row;
		to++;
	}
	u->refs.n = to;
}

/* Where each entity goes; false: they are in order. */
static bool sorted_places(const struct ents *s, size_t *map)
{
	size_t count[UINT8_MAX + 2] = { 0 }, i;
	bool moved = false;

	for (i = 0; i < s->n; i++)
		count[s->kind[i] + 1]++;
	for (i = 1; i <= UINT8_MAX; i++)
		count[i] += count[i - 1];
	for (i = 0; i < s->n; i++) {
		map[i] = count[s->kind[i]]++;
		moved = moved || map[i] != i;
	}
	return moved;
}

/* Element I of a column goes to MAP[I]; ROOM is as large as the column. */
static void permute(const struct set_column *c, const size_t *map, size_t n, char *room)
{
	char *p;
	size_t i;

	memcpy(&p, c->at, sizeof(p));
	for (i = 0; i < n; i++)
		memcpy(room + map[i] * c->width, p + i * c->width, c->width);
	memcpy(p, room, n * c->width);
}

int unit_sort(struct unit *u, size_t *map, struct err *e)
{
	struct ents *s = &u->ents;
	const struct set_column c[] = { COL(s->uuid), COL(s->parent), COL(s->type), COL(s->module),
	    COL(s->uuid_len), COL(s->parent_len), COL(s->type_len), COL(s->module_len),
	    COL(s->kind), COL(s->id) };
	unsigned t;
	char *room;
	size_t i;

	if (!sorted_places(s, map))
		return 0;
	room = malloc(s->n * sizeof(uint64_t));
	if (room == NULL)
		return set_no_memory(e);
	for (i = 0; i < sizeof(c) / sizeof(*c); i++)
		permute(&c[i], map, s->n, room);
	free(room);
	for (t = 0; t < AT_COUNT; t++)
		for (i = 0; i < u->attrs[t].n; i++)
			if (u->attrs[t].ent[i] != UNIT_USER)
				u->attrs[t].ent[i] = (int64_t)map[u->attrs[t].ent[i]];
	for (i = 0; i < u->refs.n; i++)
		u->refs.v[i].ent = map[u->refs.v[i].ent];
	return 0;
}

void unit_reset(struct unit *u)
{
	unit_next(u);
	u->reminders.n = 0;
	arena_reset(&u->reminders.a);
}

void unit_next(struct unit *u)
{
	unsigned i;

	for (i = 0; i < AT_COUNT; i++)
		u->attrs[i].n = 0;
	u->calendars.n = u->objects.n = u->shares.n = 0;
	u->ents.n = u->refs.n = u->cards.n = u->files.n = u->links.n = u->notes.n = 0;
	u->rows = 0;
	arena_reset(&u->a);
}

static void attrs_free(struct attrs *s)
{
	free(s->ent);
	free(s->id);
	free(s->name);
	free(s->name_len);
	free(s->num);
	free(s->val);
	free(s->val_len);
	free(s->null);
}

static void ents_free(struct ents *s)
{
	free(s->uuid);
	free(s->parent);
	free(s->type);
	free(s->module);
	free(s->uuid_len);
	free(s->parent_len);
	free(s->type_len);
	free(s->module_len);
	free(s->kind);
	free(s->id);
}

static void files_free(struct filerows *f)
{
	free(f->user);
	free(f->root);
	free(f->path);
	free(f->sha);
	free(f->root_len);
	free(f->path_len);
	free(f->sha_len);
	free(f->sha_null);
	free(f->directory);
	free(f->bytes);
	free(f->mtime);
}

static void links_free(struct linkrows *s)
{
	free(s->hash_id);
	free(s->hash);
	free(s->data);
	free(s->hash_id_len);
	free(s->hash_len);
	free(s->data_len);
}

void unit_free(struct unit *u)
{
	unsigned i;

	for (i = 0; i < AT_COUNT; i++)
		attrs_free(&u->attrs[i]);
	ents_free(&u->ents);
	unitdav_free(u);
	files_free(&u->files);
	links_free(&u->links);
	free(u->refs.v);
	free(u->notes.v);
	arena_free(&u->a);
	arena_free(&u->reminders.a);
	memset(u, 0, sizeof(*u));
}
