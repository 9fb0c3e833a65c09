/* Entities that belong to no user, of the ledger (p7m_globals): found by their UUID. */
#ifndef LOAD_GLOBALS_H
#define LOAD_GLOBALS_H

#include "target/session.h"

#define GLOBALS_KNOWN 256

/* Those that were looked up. */
struct globals {
	struct {
		char uuid[UUID_LEN + 1];
		int64_t id;
	} known[GLOBALS_KNOWN];
};

/* The entity id of a global UUID: 1 found, 0 unknown, -1 error. */
int global_id(struct globals *g, struct session *s, const char *uuid, int64_t *id,
    struct err *e);

#endif
