/*
 * p8-load --jobs N: one process reads the stream, N others load its users.
 *
 * First a loader of its own takes what stands before the first block, so that what is common to
 * all users is in P8 before any of them.  Then N loaders take the blocks, a whole block at a time;
 * each has a connection of its own, opened after the fork, and reads a stream of its own from a
 * pipe: the header, its blocks, an END.  A last one does what needs all users to be there.
 *
 * The result is the same for every N.  Users whom P8 takes for one another (the server says so, by
 * the weight of the name) go to the same loader in the stream's order, as long as one of them is in
 * hand.  A block may be of any size and is never divided: while its loader is busy with it, what
 * comes behind waits when the pipe is full.  A loader that dies leaves its user to the next run
 * (EXIT_TEMPORARY); the others end what they have in hand.
 */
#ifndef LOAD_WORKERS_H
#define LOAD_WORKERS_H

#include "run/driver.h"

#define WORKERS_MAX 64

/*
 * Load the stream by O->jobs loaders into T, which is connected and was looked at (preflight.h);
 * that connection stays the reader's own, which keeps its place among those at work (atwork.h).
 * EXIT_BALANCED or EXIT_REJECTS in *STATUS.
 */
int workers_load(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e);

#endif
