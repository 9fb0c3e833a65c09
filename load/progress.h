/*
 * What the operator sees while a load runs.  Everything goes to standard error; nothing here can
 * fail, and nothing else of p8-load writes there before the end.
 */
#ifndef LOAD_PROGRESS_H
#define LOAD_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool verbose;		/* a line per user */
	bool quiet;
};

struct progress_user {
	const char *email;
	const char *verdict;	/* "loaded", "already there", "rejected: ..." */
	uint64_t things, rows;
};

void progress_user(struct progress *p, const struct progress_user *u);
/* Why nothing happens at the moment. */
void progress_wait(struct progress *p, const char *why);
/* Something the operator should know; not an error. */
void progress_warn(struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
