/* --files-from: contents of files out of P7's data directory. */
#ifndef LOAD_FILECOPY_H
#define LOAD_FILECOPY_H

#include "kinds/context.h"

/* Can DIR, which --files-from names, hold P7's files?  NULL: yes.  EXIT_NOINPUT. */
int files_check_source(const char *dir, struct err *e);
/* The content of the file at hand, which is open; it is marked bad and reported without one. */
int file_copy(struct context *x, struct err *e);

#endif
