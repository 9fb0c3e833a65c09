/* What is noted of a run while it goes on. */
#ifndef LOAD_RUN_NOTE_H
#define LOAD_RUN_NOTE_H

#include "run/driver.h"

#define TOOL "p8-load"

/* A record of a kind that P8 has no place for: one WARN for each kind. */
int load_unknown(struct load *l, struct err *e);
/* The row of this run in the ledger, when it is first needed. */
int load_note_run(struct load *l, struct err *e);

#endif
