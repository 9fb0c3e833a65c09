#include <time.h>

#include "base/rate.h"

#define SLICE (RATE_SECOND / 4)	/* what a signal between the test and the sleep costs */

uint64_t rate_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * RATE_SECOND + (uint64_t)ts.tv_nsec;
}

uint64_t rate_due(uint64_t due, uint64_t now, uint64_t n, uint64_t rate)
{
	uint64_t cost = n / rate * RATE_SECOND + n % rate * RATE_SECOND / rate;

	/* The rows were done in the time that was allowed for them, or took longer. */
	return due + cost > now ? due + cost : now;
}

void rate_sleep(uint64_t due, const volatile sig_atomic_t *stop)
{
	struct timespec ts;
	uint64_t now, left;

	while (!*stop && (now = rate_now()) < due) {
		left = due - now < SLICE ? due - now : SLICE;
		ts = (struct timespec){ 0, (long)left };
		nanosleep(&ts, NULL);
	}
}
