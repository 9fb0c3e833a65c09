/* What getopt_long(3) does not tell by itself: which option of a command line is wrong, and how. */
#ifndef OPTION_H
#define OPTION_H

#include <getopt.h>

#include "err.h"

/*
 * After getopt_long returned C, '?' or ':' (its string of short options begins with a colon and
 * opterr is 0), with the option that was looked at in ARGV: fills E with the option's name and
 * whether it is unknown, wants a value or takes none.  Only the name is shown, since what follows
 * an equals sign can be a password.  EXIT_USAGE, returns -1.
 */
int option_wrong(struct err *e, const char *prog, int c, char *const argv[],
    const struct option *longs);

#endif
