/*
 * The log of a run (--log FILE): a line for each event, as text or as JSON (--log-format json,
 * p8-load(1) has the events and their members).  Lines are appended by one write(2) each, so that
 * several programs may share a file.  The first failure ends the log and is kept in FAILED.
 */
#ifndef LOAD_RUNLOG_H
#define LOAD_RUNLOG_H

#include <stdbool.h>

#include "buf.h"
#include "err.h"
#include "jsonw.h"

#define RUNLOG_VERSION 1

struct runlog {
	int fd;			/* -1: no log, or it failed */
	bool json;
	int failed;		/* errno of the first failure */
	struct buf line;
	struct jsonw w;
};

/* PATH NULL: no log.  EXIT_CANTCREATE. */
int runlog_open(struct runlog *r, const char *path, bool json, struct err *e);
/*
 * Begin EVENT: the writer for its members, NULL when there is no JSON log.  runlog_put ends it;
 * a log of text has TEXT instead.
 */
struct jsonw *runlog_begin(struct runlog *r, const char *event);
void runlog_put(struct runlog *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* EXIT_IO when the log is not whole, EXIT_TEMPORARY when its disk is full. */
int runlog_close(struct runlog *r, struct err *e);

#endif
