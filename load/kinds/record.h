/* Records of the P8 stream turned into rows of the current unit. */
#ifndef LOAD_RECORD_H
#define LOAD_RECORD_H

#include "kinds/user.h"

struct context;

/* An entity with its attributes; one that cannot be one becomes a REJECT. */
int record_entity(struct context *x, struct err *e);
int record_addressbook(struct context *x, struct err *e);
int record_card(struct context *x, struct err *e);
/* Note an entity that others may refer to, and an address book that cards may be in. */
int record_ref(struct user *u, const char *uuid, size_t ent, int64_t id, struct err *e);
struct user_book *record_book(struct user *u, const char *uri, const char *name,
    const char *description, struct err *e);
/* The current record has "entity" and "uuid". */
bool record_is_entity(const struct context *x);

#endif
