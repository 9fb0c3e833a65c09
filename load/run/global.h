/* Entities that belong to no user: mail servers of domains, and the team's CTag. */
#ifndef LOAD_GLOBAL_H
#define LOAD_GLOBAL_H

#include <stdint.h>

#include "err.h"

struct load;

/* A record outside of any block: loaded once, whoever loads it. */
int global_record(struct load *l, struct err *e);
/* The entity id of a global UUID: 1 found, 0 unknown, -1 error. */
int global_id(struct load *l, const char *uuid, int64_t *id, struct err *e);
/* Write what the unit holds outside of users. */
int global_flush(struct load *l, struct err *e);
/* Find the team's CTag, or make it, before the first user is loaded. */
int global_team_ctag(struct load *l, struct err *e);

#endif
