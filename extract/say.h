/* Notes and warnings on standard error; errors are printed by main alone. */
#ifndef SAY_H
#define SAY_H

#include <stdbool.h>

/* --again: they were said by the call before. */
extern bool say_quiet;
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
