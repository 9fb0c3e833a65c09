/*
 * Error buffer, passed down and untouched on success.
 * A function that can fail takes a struct err * as its last parameter and returns 0 or -1 (or
 * NULL); before it returns failure it fills the buffer once with what failed, on which thing, why,
 * and what to do next, and with the exit status that the program should end with.  No trailing
 * newline or period.
 * The caller owns the buffer; it needs no freeing.  lib/ never prints and never exits.
 */
#ifndef ERR_H
#define ERR_H

#include "exitcode.h"

struct err {
	char msg[1024];		/* "" while nothing failed */
	enum exitcode status;
	unsigned db;		/* database server's or client library's number; 0: none */
};

/* Fill E and return -1, so that "return err_set(...)" is a whole failure path; db becomes 0. */
int err_set(struct err *e, enum exitcode status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * The same, with ": " and strerror(errno) appended.  An error that another run can mend (a full
 * disk, a quota, a limit of the process) is EXIT_TEMPORARY whatever STATUS is, and the message ends
 * with the remedy.
 */
int err_sys(struct err *e, enum exitcode status, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Memory is exhausted: EXIT_TEMPORARY, returns -1. */
int err_memory(struct err *e);

/* Put "WHAT: " in front of the message; the rest stays.  Returns -1. */
int err_prefix(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
