/* The parts of the program that main puts together. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "source/run.h"

/* check.c: what there is, for people (--check), instead of a stream. */
int check_print(struct run *r, struct err *e);
/* list.c: the list of users (--list-users), instead of a stream. */
int list_print(struct run *r, struct err *e);

/* output.c: open stream and rejects file; after success both have to be closed. */
int output_open(struct run *r, struct err *e);
int output_header(struct run *r, struct err *e);
/* Names of the list that P7 does not have. */
int output_unknown(struct run *r, struct err *e);

/* users.c: the blocks of all users that are wanted, and of principals that are not users. */
int users_write(struct run *r, struct err *e);

#endif
