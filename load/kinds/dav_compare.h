/*
 * --verify FILE with a DAV stream: each calendar, calendar object and share of P7 is looked for in
 * P8, objects byte by byte.  A name that P8 had no room for, or that was taken, may be another one
 * there; reminders are sent and removed by P8 and are not compared.
 */
#ifndef LOAD_DAV_COMPARE_H
#define LOAD_DAV_COMPARE_H

#include "after/verify.h"

struct load;

/* The stream of L, whose header was read.  *STATUS: EXIT_REJECTS when there are differences. */
int dav_compare(struct load *l, enum exitcode *status, struct err *e);

#endif
