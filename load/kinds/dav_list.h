/*
 * The change list of calendars: what a DAV stream brings to P8, a line a thing on standard output,
 * "+ KIND OWNER NAME", in the order of the stream.  What is in P8 already is left out.
 */
#ifndef LOAD_DAV_LIST_H
#define LOAD_DAV_LIST_H

#include "stream.h"
#include "target/target.h"

struct dav_list {
	struct dbq calendar, owner;	/* is it, or something of him, in P8? */
	bool known;			/* the ledger's tables are there */
};

int dav_list_open(struct dav_list *l, struct target *t, struct err *e);
void dav_list_close(struct dav_list *l);
/* The record of SI, from the P7 SOURCE. */
int dav_list_record(struct dav_list *l, const char *source, const struct stream_in *si,
    struct err *e);

#endif
