/*
 * A number and what is counted, for messages: "1 user", "2 users", "0 users".
 * COUNT(n, "user") is a string that lives as long as the block it stands in, so one call of printf
 * can have several.  WHAT is in the singular, is no format, and gets an s for every number but 1;
 * sentences around it do without a verb that depends on the number.
 */
#ifndef COUNT_H
#define COUNT_H

#include <stdint.h>

enum { COUNT_SIZE = 64 };	/* bytes; a longer text is cut */

#define COUNT(n, what) count_text((char[COUNT_SIZE]){ 0 }, (uint64_t)(n), (what))

/* Writes into OUT and returns it. */
const char *count_text(char out[COUNT_SIZE], uint64_t n, const char *what);

#endif
