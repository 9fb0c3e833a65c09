#include <stdlib.h>
#include <string.h>

#include "store/unit.h"

static int no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

int unit_add(struct unit *u, enum table t, int64_t of, const struct rows_value *v,
    struct err *e)
{
	if (rows_add(&u->r[t], t, t == TABLE_REMINDERS ? &u->waiting : &u->a, of, v, e) < 0)
		return -1;
	u->rows += !table_info[t].small;
	return 0;
}

int unit_note(struct unit *u, bool reject, bool own, const char *line, size_t n, struct err *e)
{
	size_t size = u->notes.size ? u->notes.size * 2 : 64;
	char *copy = arena_add(&u->a, line, n);
	void *p;

	if (copy == NULL)
		return no_memory(e);
	if (u->notes.n == u->notes.size) {
		p = realloc(u->notes.v, size * sizeof(*u->notes.v));
		if (p == NULL)
			return no_memory(e);
		u->notes.v = p;
		u->notes.size = size;
	}
	u->notes.v[u->notes.n++] = (struct note){ reject, own, copy, n, 1 };
	u->rows++;
	return 0;
}

void unit_drop(struct unit *u, enum table t, size_t row)
{
	rows_drop(&u->r[t], t, row);
	u->rows -= !table_info[t].small;
}

void unit_reset(struct unit *u)
{
	unit_next(u);
	u->r[TABLE_REMINDERS].n = 0;
	arena_reset(&u->waiting);
}

void unit_next(struct unit *u)
{
	unsigned i;

	for (i = 0; i < UNIT_TABLES; i++)
		if (i != TABLE_REMINDERS)
			u->r[i].n = 0;
	u->refs.n = u->notes.n = u->rows = 0;
	u->there = false;
	arena_reset(&u->a);
}

void unit_free(struct unit *u)
{
	unsigned i;

	for (i = 0; i < UNIT_TABLES; i++)
		rows_free(&u->r[i]);
	free(u->refs.v);
	free(u->notes.v);
	arena_free(&u->a);
	arena_free(&u->waiting);
	memset(u, 0, sizeof(*u));
}
