/* REJECT and WARN records of p8-load's own, put into the current unit. */
#ifndef LOAD_NOTE_H
#define LOAD_NOTE_H

#include "report.h"

struct context;

#define CORRECT_IT "correct it in P7 or in the stream and " BRING_AGAIN

/* Of a record of the stream: ITEM's user and record are filled in from the current record. */
int note_record(struct context *x, struct report_item item, struct err *e);
/* The same as a REJECT; REMEDY says what to do. */
int note_reject(struct context *x, const char *code, const char *reason, const char *remedy,
    struct err *e);
/* The same for the value NAME of the record, by a reason code of base/fit.h. */
int note_value(struct context *x, const char *name, const char *code, struct err *e);
/* As it is; only the user is filled in. */
int note_item(struct context *x, struct report_item item, struct err *e);
/* The same with RECORD, which is what is left of it; frees its text. */
int note_made(struct context *x, struct report_item item, struct buf *record, struct err *e);
/* A REJECT of a row that the server refuses: what is left of its record. */
struct note_row {
	const char *kind, *in, *in_value, *member, *uri, *data;
	size_t n;
};
int note_refused(struct context *x, const struct note_row *r, const struct err *why,
    struct err *e);
/* Take a REJECT or WARN that came in the stream into the current unit. */
int note_from_stream(struct context *x, struct err *e);
/* One of a user whose records are passed over: to the rejects file only. */
int note_pass(struct context *x, struct err *e);
/* The unit is committed: its notes go to the rejects file and are counted. */
int note_publish(struct context *x, struct err *e);

#endif
