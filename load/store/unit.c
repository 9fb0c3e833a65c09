#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "store/unit.h"

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
	char *copy = arena_add(&u->a, line, n);

	if (copy == NULL)
		return err_memory(e);
	if (GROW(u->notes.v, u->notes.n, u->notes.size, e) < 0)
		return -1;
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
