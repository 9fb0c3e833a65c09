/*
 * The tables of P7 7.7.9, the last release, as its installer makes them: what --check compares an
 * installation with.
 */
#ifndef RELEASE_H
#define RELEASE_H

#include <stdbool.h>

struct release_table {
	const char *name;	/* without prefix; NULL ends the list */
	const char *columns;	/* "name type,name type": no display width of numbers */
};

extern const struct release_table release_tables[];	/* that p7-extract reads */
extern const char *const release_others[];		/* of any release, NULL at the end */
/* Is it the name, without prefix, of a table of any release? */
bool release_knows(const char *name);

#endif
