/*
 * The steps on records of a stream (dav-schema-upgrade records): a filter that lifts DAV records
 * and lets everything else pass.  A step's file has both, its work on a record and its work on
 * tables; it looks at the record, never at the header, so that records of several versions
 * may stand in one stream, and four runs do what one does.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include "record.h"
#include "report.h"
#include "uuid.h"

struct staged_reader;

struct records {
	struct stream_in in;
	struct stream_in row;		/* what stands for it of a record made of a row */
	const struct stream_in *from;	/* where the current record stands: one of the two */
	struct staged_reader *staged;	/* NULL: no tables */
	struct jval value[RECORD_MEMBERS];	/* of a row */
	struct stream_out out;
	struct report report;
	unsigned to;			/* the step to reach, in steps[] */
	struct record r;		/* the current one */
	struct record behind;		/* what a step puts behind it */
	bool rejected;			/* it was; nothing is written of it */
	/* The calendar that objects and shares belong to; its texts are JSON. */
	struct record calendar;
	char uuid[UUID_LEN + 1];		/* "": none */
	char user[320];			/* of the block, for reports */
	struct buf bytes;		/* of base64 */
};

/* A step, done to the current record: 0, or -1 and the run ends. */
int step_20_record(struct records *s, struct err *e);
int step_21_record(struct records *s, struct err *e);
int step_32_record(struct records *s, struct err *e);

/*
 * A record that is made of a row, and lifted as one of the stream.  Texts (P NULL: null) and digits
 * are the caller's until records_row_end.
 */
void records_row(struct records *s, const char *kind);
void records_row_text(struct records *s, const char *key, const char *p, size_t n);
void records_row_number(struct records *s, const char *key, const char *digits);
/* As the current record of the stream has it. */
void records_row_member(struct records *s, const char *key);
int records_row_end(struct records *s, struct err *e);

/* Is this a kind that the steps look at?  All others pass unparsed. */
bool records_lifts(const char *kind);
/* Is the current record of this kind? */
bool records_is(const struct records *s, const char *kind);
/*
 * The bytes of member KEY, NULL when it is null or absent.  1, or 0: neither text nor base64, and
 * the record is rejected for it; -1.
 */
int records_bytes(struct records *s, const char *key, const char **p, size_t *n, struct err *e);
/*
 * Why V, which is member KEY (N bytes) of a DAV record in D, is not of the type that this member
 * has; NULL: it is, or the member is not a known one.
 */
const char *records_odd(const struct jdoc *d, const struct jval *v, const char *key, size_t n);
/* Members of the wrong type, in an edited stream's current record, count as null, with a WARN. */
int records_check(struct records *s, struct err *e);
/* A WARN before the current record, or a REJECT in its place. */
int records_warn(struct records *s, const char *code, const char *field, const char *reason,
    const char *done, struct err *e);
int records_reject(struct records *s, const char *code, const char *field, const char *reason,
    const char *remedy, struct err *e);

#endif
