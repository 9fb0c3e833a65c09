/*
 * What is known by a name; letter case (of ASCII) is no difference.  A tree of search.h, whose root
 * is a "void *" that is NULL while it is empty; it owns its nodes and copies of their strings.
 */
#ifndef LOAD_STRTREE_H
#define LOAD_STRTREE_H

#include <stdint.h>

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
void strtree_free(void **root);

#endif
