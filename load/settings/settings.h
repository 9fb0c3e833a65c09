/*
 * P8's settings: what P7's would be there (SETTING records), as a list that people review, and the
 * reviewed list into P8's configuration files.  The database is not needed.
 *
 * A line of the list: module, key, value of P7, value of P8 now (JSON), with tabs between.  A line
 * that begins with # is not applied; the list has some such lines with a reason.
 */
#ifndef LOAD_SETTINGS_H
#define LOAD_SETTINGS_H

#include <stdbool.h>

#include "target/target.h"

/* From the stream INPUT (NULL: standard input) to OUTPUT (NULL: standard output). */
int settings_list(struct target *t, const char *input, bool edited, const char *output,
    struct err *e);
/* Apply the list INPUT; *STATUS is EXIT_REJECTS when a line could not be.  DRY: only say so. */
int settings_apply(struct target *t, const char *input, bool dry, bool quiet,
    enum exitcode *status, struct err *e);

#endif
