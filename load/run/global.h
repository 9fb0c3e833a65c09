/* Entities that belong to no user: mail servers of domains, and the team's CTag. */
#ifndef LOAD_GLOBAL_H
#define LOAD_GLOBAL_H

#include "err.h"

struct load;

/* A record outside of any block: loaded once, whoever loads it. */
int global_record(struct load *l, struct err *e);
/* Write what the unit holds outside of users; DRIVER is a struct load (context.h). */
int global_flush(void *driver, struct err *e);
/* Find the team's CTag, or make it, before the first user is loaded. */
int global_team_ctag(struct load *l, struct err *e);

#endif
