#include <stdlib.h>
#include <string.h>

#include "store/set.h"

int set_no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

int set_grow(size_t *size, size_t n, const struct set_column *c, unsigned cols, struct err *e)
{
	size_t more = *size ? *size * 2 : 64;
	unsigned i;
	void *p;

	if (n < *size)
		return 0;
	for (i = 0; i < cols; i++) {
		memcpy(&p, c[i].at, sizeof(p));
		p = realloc(p, more * c[i].width);
		if (p == NULL)
			return set_no_memory(e);
		memcpy(c[i].at, &p, sizeof(p));
	}
	*size = more;
	return 0;
}

bool set_keep(struct unit *u, char **to, unsigned long *len, const char *p, size_t n)
{
	*to = arena_add(&u->a, p, n);
	*len = n;
	return *to != NULL;
}

void set_free(const struct set_column *c, unsigned cols)
{
	unsigned i;
	void *p;

	for (i = 0; i < cols; i++) {
		memcpy(&p, c[i].at, sizeof(p));
		free(p);
	}
}

void set_move(const struct set_column *c, unsigned cols, size_t to, size_t from)
{
	unsigned i;
	char *p;

	for (i = 0; i < cols; i++) {
		memcpy(&p, c[i].at, sizeof(p));
		memmove(p + to * c[i].width, p + from * c[i].width, c[i].width);
	}
}
