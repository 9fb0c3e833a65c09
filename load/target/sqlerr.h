/* Does a server error blame what was sent?  Whether to try again: db_transient of lib/db.h. */
#ifndef LOAD_SQLERR_H
#define LOAD_SQLERR_H

#include <stdbool.h>

/* A value does not fit its column: it can be found by bisection and left out. */
bool sqlerr_is_data(unsigned no);
/* The fault is in what was sent, not in the server: another user may well be loaded. */
bool sqlerr_is_of_rows(unsigned no);
/* A unique key has the value already. */
bool sqlerr_is_duplicate(unsigned no);

#endif
