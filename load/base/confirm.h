/* Before what cannot be taken back: a person at a terminal is asked, a script has to use --yes. */
#ifndef LOAD_CONFIRM_H
#define LOAD_CONFIRM_H

#include <stdbool.h>

#include "err.h"

/*
 * FMT says what will be done, "--reset forgets ...".  0: YES was given, or the person said so.
 * EXIT_USAGE: there is nobody to ask, or the answer was no; nothing is to be done.
 */
int confirm(bool yes, struct err *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
