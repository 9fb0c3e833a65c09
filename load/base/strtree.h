/*
 * Things by name, whose letter case (of ASCII) does not count.  A tree of search.h: its root
 * is a "void *" that is NULL while it is empty; it owns its nodes and copies of their strings.
 */
#ifndef LOAD_STRTREE_H
#define LOAD_STRTREE_H

#include <stdint.h>

#include "err.h"

struct strnode {
	const char *key, *value;
	uint64_t n;			/* the caller's */
	unsigned flags;			/* likewise */
	char text[];
};

/* The node of KEY, or NULL. */
struct strnode *strtree_get(void *const *root, const char *key);
/* The same; it is made, with VALUE and zeros, if there is none.  NULL: out of memory. */
struct strnode *strtree_put(void **root, const char *key, const char *value);
/* Call TAKE for each node, by key, until it fails. */
int strtree_each(const void *root,
    int (*take)(void *arg, const struct strnode *n, struct err *e), void *arg, struct err *e);
void strtree_free(void **root);

#endif
