/* What a server error means for the loader: try again, blame a value, or give up. */
#ifndef LOAD_SQLERR_H
#define LOAD_SQLERR_H

#include <stdbool.h>

/* A value does not fit its column: it can be found by bisection and left out. */
bool sqlerr_is_data(unsigned no);
/* The same statements may succeed later: deadlock, lock wait, lost connection, restart. */
bool sqlerr_is_transient(unsigned no);
/* The connection is gone; a new one is needed. */
bool sqlerr_is_lost(unsigned no);
/* The fault is in what was sent, not in the server: another user may well be loaded. */
bool sqlerr_is_of_rows(unsigned no);
/* A unique key has the value already. */
bool sqlerr_is_duplicate(unsigned no);

#endif
