/*
 * Texts that come again and again (attribute names, kinds, entity types), each kept once.
 * Pointers stay valid until intern_free.  Full (INTERN_MAX different ones): intern returns NULL.
 */
#ifndef LOAD_INTERN_H
#define LOAD_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

#define INTERN_SLOTS 8192	/* power of two */
#define INTERN_MAX 4096

struct interned {
	char *s;
	unsigned long n;
};

struct intern {
	struct arena a;
	struct interned slot[INTERN_SLOTS];
	size_t used;
};

const struct interned *intern(struct intern *t, const char *s, size_t n);
void intern_free(struct intern *t);

#endif
