/*
 * What all records pass through: the input with the record in hand, the output, reports, the names
 * that users have in P8, and the name space of UUIDs.
 */
#ifndef FILTER_H
#define FILTER_H

#include "filter/rename.h"
#include "report.h"
#include "stream.h"
#include "uuid.h"

struct filter {
	struct stream_in in;
	struct stream_out out;
	struct report report;
	struct rename rename;
	uint8_t ns[16];		/* name space of UUIDs: the source's id */
	const char *user;	/* whose block it is, as reports call them; NULL outside of one */
};

/* The UUID, always the same, of the thing of the source that is called so. */
void filter_uuid(const struct filter *f, char out[UUID_LEN + 1], const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The record in hand cannot be: EXIT_DATA, with file and line; -1. */
int filter_wrong(const struct filter *f, struct err *e, const char *what);
/* A report about the user whose block it is; with RECORD in it, unless that is NULL. */
int filter_report(struct filter *f, struct report_item i, const struct jdoc *record,
    struct err *e);
/* A report about row "id" of TABLE, the record in hand, which goes with it when it is a REJECT. */
int filter_report_row(struct filter *f, struct report_item i, struct err *e);
/*
 * The text of member KEY of the record in hand, in OUT; NULL when it has none.  *REPAIRED: P7
 * stored it double-encoded (charset.h), and OUT has the true one.  With SPARE bytes are text, too.
 */
const char *filter_member(struct filter *f, const char *key, struct buf *spare, struct buf *out,
    bool *repaired);
/* Is the key of V among NAMES (ended by NULL)? */
bool filter_key_is(const struct jval *v, const char *const *names);

#endif
