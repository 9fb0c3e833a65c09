/*
 * What stands outside of the users' blocks: settings, tenants and domains; and reports about rows
 * that are not carried, or that no user owns.
 */
#ifndef OUTSIDE_H
#define OUTSIDE_H

#include "source/run.h"

/* globals.c: SETTINGS, TENANT, DOMAIN. */
int globals_write(struct run *r, struct err *e);
/* leftout.c: rows that have no way to P8, as one WARN each with their number. */
int leftout_write(struct run *r, struct err *e);
/* orphans.c: accounts that belong to no user, as REJECT records. */
int orphans_write(struct run *r, struct err *e);
/* lost.c: how many rows of each table have lost their owner, as WARN records. */
int lost_write(struct run *r, struct err *e);
/* The same of rows of TABLE that were counted elsewhere: REASON has their number. */
int lost_report(struct run *r, const char *table, const char *field, const char *reason,
    const char *action, struct err *e);

#endif
