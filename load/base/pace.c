#include <time.h>

#include "base/pace.h"

#define SLICE (PACE_SECOND / 4)	/* what a signal between the test and the sleep costs */

uint64_t pace_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * PACE_SECOND + (uint64_t)ts.tv_nsec;
}

uint64_t pace_due(uint64_t due, uint64_t now, uint64_t n, uint64_t rate)
{
	uint64_t cost = n / rate * PACE_SECOND + n % rate * PACE_SECOND / rate;

	/* The rows were done in the time that was allowed for them, or took longer. */
	return due + cost > now ? due + cost : now;
}

void pace_sleep(uint64_t due, const volatile sig_atomic_t *stop)
{
	struct timespec ts;
	uint64_t now, left;

	while (!*stop && (now = pace_now()) < due) {
		left = due - now < SLICE ? due - now : SLICE;
		ts = (struct timespec){ 0, (long)left };
		nanosleep(&ts, NULL);
	}
}
