/* How fast work may go on: points of time on the monotonic clock, in nanoseconds. */
#ifndef LOAD_RATE_H
#define LOAD_RATE_H

#include <signal.h>
#include <stdint.h>

#define RATE_SECOND ((uint64_t)1000000000)

uint64_t rate_now(void);
/*
 * N rows were done at NOW, RATE a second are allowed, and before them nothing was to be done until
 * DUE: until when the next ones have to wait.  Time that was not used is not saved up.
 */
uint64_t rate_due(uint64_t due, uint64_t now, uint64_t n, uint64_t rate);
/* Sleep until DUE, or until *STOP is set. */
void rate_sleep(uint64_t due, const volatile sig_atomic_t *stop);

#endif
