/*
 * What was not carried (REJECT) or carried altered (WARN), as records (p7-records(5)).
 * They travel in the stream, so that the last stage and its ledger know all of them; with a file
 * (--rejects) they are written there too.  A struct report owns its file; report_close frees it,
 * or report_abort, which a run that fails calls: the file is as it was then.
 */
#ifndef REPORT_H
#define REPORT_H

#include <stdint.h>

#include "stream.h"

struct report_item {
	bool reject;		/* REJECT: not in P8; otherwise WARN: in P8, but altered */
	const char *code;	/* stable reason code, "value-too-long" */
	const char *user;	/* e-mail, or NULL for a global thing */
	const char *table;	/* P7's table without prefix, or NULL */
	int64_t id;		/* P7's primary key there, -1: none */
	const char *field;	/* column or attribute, or NULL */
	const char *reason;	/* one sentence: what is wrong */
	const char *action;	/* REJECT: what to do about it; WARN: what was done */
	uint64_t count;		/* of how many things; 0: of one, or of itself */
	const char *record;	/* the original record (JSON text), or NULL */
	size_t record_len;
};

/*
 * The end of a remedy for a user who is in P8 already, once P7 or the stream is corrected: running
 * again alone passes over such a user.
 */
#define BRING_AGAIN \
	"bring the user again (p7-migrate with --redo EMAIL, or p8-load --p8 DIR --undo EMAIL and" \
	" then the stages)"

/* The same for a file of corporate storage, which belongs to no user. */
#define BRING_CORPORATE_AGAIN "run again (p7-migrate with --update, or the stages)"

struct report {
	const char *stage;	/* program name */
	struct io_out file;
	bool has_file;
	bool piped;		/* standard output was a pipe; at the end it is closed */
	struct stream_out *to;	/* the stream they travel in, NULL for the last stage */
	struct buf line;
	uint64_t rejects, warnings;	/* of this stage */
};

/* PATH NULL: no file.  TO may be set later. */
int report_open(struct report *r, const char *stage, const char *path, struct err *e);
/* Between two records of the stream; TEXT of the record stays in r->line until the next call. */
int report_add(struct report *r, const struct report_item *i, struct err *e);
/* Copy a REJECT or WARN of an earlier stage into the file. */
int report_copy(struct report *r, const char *line, size_t n, struct err *e);
int report_close(struct report *r, struct err *e);
void report_abort(struct report *r);
/* One of the two, by how the run ended; RC, or -1 when the file could not be closed. */
int report_end(struct report *r, int rc, struct err *e);
/*
 * The same for a filter, with the stream that r->to is: neither of the two takes its place when the
 * other one cannot.
 */
int report_end_stream(struct report *r, int rc, struct err *e);
/*
 * The program's last word about its rejects, for standard error, into OUT: where to look.
 * PATH is the file they were written to, TO that of the stream; NULL for none and for standard
 * output.  Empty when there were none, or when the stream went into a pipe: then the stage behind
 * it has them, and says so.
 */
void report_last_word(const struct report *r, const char *path, const char *to, char *out,
    size_t size);

#endif
