/* What is to be known of P8's server before a load: how fast it writes, and where its files are. */
#ifndef LOAD_MEASURE_H
#define LOAD_MEASURE_H

#include "target/target.h"

/*
 * On standard output: "rate", TAB, rows a second of a temporary table like P8's, which only this
 * connection sees and which goes with it; "datadir", TAB, the directory, on the server's machine.
 */
int measure(struct target *t, struct err *e);

#endif
