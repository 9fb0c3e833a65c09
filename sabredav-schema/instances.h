/*
 * The statements of step 3.2 that make calendarinstances and give each calendar an instance of its
 * owner's.  Nothing here runs a statement.
 */
#ifndef INSTANCES_H
#define INSTANCES_H

#include "step.h"

#define SOURCE_COLUMNS 8	/* columns of an old calendar that its owner instance has */

/* Make the table (true), or widen the one that is there. */
bool instances_table(struct plan *p);
/* Say which values will not fit sabre's columns. */
void instances_note(struct plan *p);
/* The value of a column of T (alias t), the SQL text NONE where T does not have it. */
const char *source_column(struct plan *p, struct buf *b, const struct table *t, const char *col,
    const char *none);
/* Owner instances for the calendars in SRC, as far as the condition USED (" AND ...") allows. */
void instances_fill(struct plan *p, const struct table *src, bool fresh, const char *used);

#endif
