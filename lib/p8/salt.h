/* The salt of a P8 installation, from which the key of its encrypted attributes is made. */
#ifndef P8_SALT_H
#define P8_SALT_H

#include "buf.h"
#include "err.h"

/*
 * From the file at PATH (data/salt8.php) the text between the quotes that is assigned to $sSalt,
 * into OUT (emptied first).  EXIT_CONFIG when there is none, or PHP would read it differently
 * (escapes, variables).
 */
int p8salt_read(const char *path, struct buf *out, struct err *e);

#endif
