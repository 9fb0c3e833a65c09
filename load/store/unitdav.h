/* The rows of CalDAV and CardDAV in a unit: unit.h says what they are. */
#ifndef LOAD_UNITDAV_H
#define LOAD_UNITDAV_H

#include "store/unit.h"

void unitdav_free(struct unit *u);

#endif
