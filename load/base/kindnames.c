#include <stdio.h>
#include <string.h>

#include "base/kindnames.h"

int kind_index(struct kind_names *k, const char *name, struct err *e)
{
	unsigned i;

	for (i = 0; i < k->n; i++)
		if (strcmp(k->name[i], name) == 0)
			return (int)i;
	if (k->n == STREAM_KINDS)
		return err_set(e, EXIT_DATA, "more than %d kinds of records", STREAM_KINDS);
	snprintf(k->name[i], sizeof(k->name[i]), "%s", name);
	return (int)k->n++;
}
