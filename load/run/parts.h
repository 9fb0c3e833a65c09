/*
 * The parts of a user (enum part, kinds/kind.h).  A stream need not have all of them.  What it says
 * it has stands in its HEADER, what it really has is counted; the ledger keeps a state for each
 * (ledger.h), by which a later load brings what was left out (late.h).
 *
 * Beside the sums of what is in P8 the ledger keeps for each kind one of what the stream said of
 * it, whatever became of that in P8: who was brought is compared with P7 by it.  Left out of it is
 * what P7 changes when mail is sent or somebody logs in, and how files travel.  A part that the
 * stream had in part only, or that was altered on the way, has none (SQL NULL).
 */
#ifndef LOAD_PARTS_H
#define LOAD_PARTS_H

#include "kinds/kinds.h"
#include "run/driver.h"


void parts_header(struct load *l);

/* At USER_END, whose record is at hand: the state of the contacts by what came of them. */
int parts_contacts(const struct load *l);
/* That of the files when none was brought. */
int parts_files(const struct load *l);
int parts_calendars(const struct load *l);
/*
 * Into the ledger: the sums of what is in P8 (SUMS), and of what the stream says, for each kind of
 * the parts whose bits (1 << enum part) are in PARTS.
 */
int parts_sums(struct load *l, const struct sums *sums, unsigned parts, struct err *e);
/* Count what of the user is not in P8, by the states of the parts. */
void parts_count(struct load *l, int contacts, int files, int calendars);
/*
 * Has P7 changed the user since the load?  1: the words for what, separated by ", ", are
 * in OUT; 0: no, or only what cannot be compared; -1.
 */
int parts_changed(struct load *l, struct buf *out, struct err *e);

#endif
