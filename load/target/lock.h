/* Names of the server's locks, by which programs that work in one database keep apart. */
#ifndef LOAD_LOCK_H
#define LOAD_LOCK_H

#include "target/target.h"

#define LOCK_NAME_LEN 40

/* The lock of WHAT, a user's UUID for one, in T's database and under its prefix. */
void lock_name(const struct target *t, const char *what, char out[LOCK_NAME_LEN]);

#endif
