#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/strtree.h"

static int by_key(const void *a, const void *b)
{
	return strcasecmp(((const struct strnode *)a)->key, ((const struct strnode *)b)->key);
}

struct strnode *strtree_get(void *const *root, const char *key)
{
	const struct strnode like = { .key = key };
	void *at = tfind(&like, root, by_key);

	return at != NULL ? *(struct strnode **)at : NULL;
}

struct strnode *strtree_put(void **root, const char *key, const char *value)
{
	size_t k = strlen(key) + 1, v = strlen(value) + 1;
	struct strnode *n = strtree_get(root, key);

	if (n != NULL || (n = calloc(1, sizeof(*n) + k + v)) == NULL)
		return n;
	n->key = memcpy(n->text, key, k);
	n->value = memcpy(n->text + k, value, v);
	if (tsearch(n, root, by_key) != NULL)
		return n;
	free(n);
	return NULL;
}

void strtree_free(void **root)
{
	tdestroy(*root, free);
	*root = NULL;
}
