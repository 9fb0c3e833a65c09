/*
 * One run of p7-transform over a P7 stream: all that it knows, and the loop over the records.
 * Only this knows everything; each part below knows itself and what it is made with.
 * Memory does not grow with users or contacts: of the globals the domains are kept, of a user what
 * user.h, contacts.h and dav.h say.
 */
#ifndef RUN_H
#define RUN_H

#include "calendar/dav.h"
#include "contact/contacts.h"
#include "user/user.h"

struct run {
	struct filter f;
	struct maker m;
	struct site site;
	struct user user;
	struct contacts contacts;
	struct dav dav;
};

/* The input is open, mapping and target are read. */
int run_open(struct run *r, struct err *e);
int run_all(struct run *r, struct err *e);
void run_free(struct run *r);

#endif
