/* The records of CalDAV and CardDAV that p8-load takes: those of sabre/dav's schema 3.2. */
#ifndef LOAD_SCHEMA_H
#define LOAD_SCHEMA_H

#include "err.h"

struct stream_in;

/* EXIT_DATA: the record at hand is of an earlier schema. */
int schema_check(const struct stream_in *si, struct err *e);

#endif
