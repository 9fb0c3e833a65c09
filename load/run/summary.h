/* What a load did, for people (standard error) and for the ledger (JSON). */
#ifndef LOAD_SUMMARY_H
#define LOAD_SUMMARY_H

#include "buf.h"

struct load;

void summary_print(struct load *l);
/* The counts for the log's last event. */
void summary_log(const struct load *l);
void summary_json(const struct load *l, struct buf *out);

#endif
