/* What a load did, for people (standard error) and for the ledger (JSON). */
#ifndef LOAD_SUMMARY_H
#define LOAD_SUMMARY_H

#include "buf.h"

struct load;

/* The counts of struct load_counts, but by kind: by the names of ledger and log. */
struct summary_number {
	const char *name;
	size_t at;		/* of a uint64_t in struct load_counts */
};
#define SUMMARY_NUMBERS 12
extern const struct summary_number summary_number[SUMMARY_NUMBERS];

void summary_print(struct load *l);
/* The counts for the log's last event. */
void summary_log(const struct load *l);
void summary_json(const struct load *l, struct buf *out);

#endif
