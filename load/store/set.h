/*
 * Sets of rows that stand column by column, for unit.h: columns that grow together.
 */
#ifndef LOAD_SET_H
#define LOAD_SET_H

#include "store/unit.h"

/* A column of a set: where its pointer is kept and how large an element is. */
struct set_column {
	void *at;
	size_t width;
};

int set_no_memory(struct err *e);
/* Double the columns of a set that is full. */
int set_grow(size_t *size, size_t n, const struct set_column *c, unsigned cols, struct err *e);
/* Copy text into the unit's arena as an element of a column and its lengths. */
bool set_keep(struct unit *u, char **to, unsigned long *len, const char *p, size_t n);
/* Give the columns back. */
void set_free(const struct set_column *c, unsigned cols);
/* Element FROM of each column also becomes element TO. */
void set_move(const struct set_column *c, unsigned cols, size_t to, size_t from);

#define COL(field) { &(field), sizeof(*(field)) }
#define COLS(columns) (unsigned)(sizeof(columns) / sizeof(*(columns)))
#define GROW(set, columns, e) \
	set_grow(&(set)->size, (set)->n, (columns), COLS(columns), (e))

#endif
