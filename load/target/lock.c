#include <stdio.h>

#include "digest.h"
#include "target/lock.h"

void lock_name(const struct target *t, const char *what, char out[LOCK_NAME_LEN])
{
	char text[256], md5[33];
	int n = snprintf(text, sizeof(text), "%s %s %s", t->db.name, t->prefix, what);

	md5_hex(text, (size_t)n, md5);
	snprintf(out, LOCK_NAME_LEN, "p7m:%s", md5);
}
