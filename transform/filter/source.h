/*
 * P7 records as arrays of values: the members that the mapping uses, by slot.
 * A struct source takes the current record of the stream over (the two exchange their buffers), so
 * it stays readable while later records come; values point into it.  source_free frees it.
 */
#ifndef SOURCE_H
#define SOURCE_H

#include "mapping/mapping.h"
#include "stream.h"

#define SOURCE_EXTRA 32		/* unknown members of a record that come along */
#define SOURCE_ORDER 128	/* members whose place is remembered */
#define SOURCE_KEEP ((size_t)1 << 20)	/* larger buffers are not kept for the next record */

struct source {
	struct jdoc doc;
	struct buf text, spare;		/* spare: decoded base64 */
	struct val v[MAP_SLOTS];
	bool present;
	uint32_t extra[SOURCE_EXTRA];	/* indexes of unknown members in doc */
	unsigned nextra;
	const struct map_name *order[SOURCE_ORDER];	/* where the members were last time */
};

/* Take over the current record of SI. */
int source_take(struct source *s, const struct map_record *rec, struct stream_in *si,
    struct err *e);
/* The same for an object inside the record (the values of SETTINGS). */
int source_take_member(struct source *s, const struct map_record *rec, struct stream_in *si,
    const char *member, struct err *e);
/* A record that is not in the stream: JSON of N bytes. */
int source_set(struct source *s, const struct map_record *rec, const char *json, size_t n,
    struct err *e);
/* The value of member NAME, or NULL when the mapping does not use it. */
struct val *source_member(struct source *s, const struct map_record *rec, const char *name);
void source_free(struct source *s);
/* V as a value; bytes are decoded at the end of SPARE. */
int source_value(const struct jdoc *d, const struct jval *v, struct buf *spare, struct val *out);

#endif
