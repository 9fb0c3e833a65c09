/* Lists of id_user, 8 bytes a user. */
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

struct ids {
	int64_t *v;		/* after ids_sort: ascending, no duplicates */
	size_t n, size;
	size_t at;		/* of ids_has */
};

/* EXIT_TEMPORARY when there are too many. */
int ids_add(struct ids *l, int64_t id, struct err *e);
void ids_sort(struct ids *l);
/* Is it in the sorted list?  To be asked in ascending order, or again from at = 0. */
bool ids_has(struct ids *l, int64_t id);
/* Is it among N of them, ascending? */
bool ids_among(const int64_t *v, size_t n, int64_t id);
void ids_free(struct ids *l);

#endif
