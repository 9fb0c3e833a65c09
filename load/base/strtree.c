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

struct each {
	int (*take)(void *arg, const struct strnode *n, struct err *e);
	void *arg;
	struct err *e;
	int rc;
};

static void visit_node(const void *node, VISIT visit, void *arg)
{
	struct each *x = arg;

	if ((visit == postorder || visit == leaf) && x->rc == 0)
		x->rc = x->take(x->arg, *(const struct strnode *const *)node, x->e);
}

int strtree_each(const void *root,
    int (*take)(void *arg, const struct strnode *n, struct err *e), void *arg, struct err *e)
{
	struct each x = { take, arg, e, 0 };

	twalk_r(root, visit_node, &x);
	return x.rc;
}

void strtree_free(void **root)
{
	tdestroy(*root, free);
	*root = NULL;
}
