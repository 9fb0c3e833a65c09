#include <inttypes.h>
#include <stdio.h>

#include "count.h"

const char *count_text(char out[COUNT_SIZE], uint64_t n, const char *what)
{
	snprintf(out, COUNT_SIZE, "%" PRIu64 " %s%s", n, what, n == 1 ? "" : "s");
	return out;
}
