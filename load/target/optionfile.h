/*
 * An option file with which other clients of the server reach P8's database as this program does.
 */
#ifndef LOAD_OPTIONFILE_H
#define LOAD_OPTIONFILE_H

#include "target/target.h"

/* Into PATH, with mode 0600, since the password is in it.  EXIT_CANTCREATE, EXIT_IO. */
int optionfile_write(const struct target *t, const char *path, struct err *e);

#endif
