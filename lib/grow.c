#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"

#define FIRST 16	/* elements */

int grow_array(void *array, size_t one, size_t n, size_t *size, struct err *e)
{
	size_t want = *size > 0 ? *size : FIRST;
	void *p;

	if (n < *size)
		return 0;
	while (want <= n && want <= SIZE_MAX / 4 / one)
		want *= 2;
	memcpy(&p, array, sizeof(p));
	p = want > n ? realloc(p, want * one) : NULL;
	if (p == NULL)
		return err_memory(e);
	memcpy(array, &p, sizeof(p));
	*size = want;
	return 0;
}
