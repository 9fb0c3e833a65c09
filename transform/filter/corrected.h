/*
 * --corrected FILE: values of P7 records that were rejected, corrected by hand.
 * FILE has REJECT records, a line each, with "record" corrected; a record of the stream with the
 * same "table" and "id" gets the members of that record.  Lines without table, id or record (a
 * secret is never in a reject), and WARN records, are passed over.
 */
#ifndef CORRECTED_H
#define CORRECTED_H

#include "filter/source.h"

#define CORRECTED_MAX ((size_t)64 << 20)	/* bytes of the file */

struct correction {
	struct jdoc doc;	/* the REJECT record */
	const char *table;
	int64_t id;
	bool met;		/* the stream has had the record */
};

struct corrected {
	struct buf text, spare;
	struct correction *v;	/* by table and id */
	size_t n, size;
	char sha256[65];	/* of the file */
	bool given;
};

/* EXIT_NOINPUT, EXIT_PERMISSION; EXIT_DATA: a line is not such a record. */
int corrected_read(struct corrected *c, const char *path, struct err *e);
void corrected_free(struct corrected *c);
/* Put what was corrected of the record in S, of the kind REC, into its values. */
int corrected_apply(struct corrected *c, const struct map_record *rec, struct source *s,
    struct err *e);
/* How many of the corrections belong to records that did not come. */
size_t corrected_unmet(const struct corrected *c);

#endif
