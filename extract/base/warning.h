/* Warnings on standard error; errors are printed by main alone. */
#ifndef WARNING_H
#define WARNING_H

#include <stdbool.h>

/* --again: the call before this one has printed them. */
extern bool warning_quiet;
void warning(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
