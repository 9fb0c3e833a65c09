#include "target/atwork.h"
#include "base/rate.h"
#include "target/reconnect.h"

#define TRIES 30		/* two seconds apart */

int reconnect(struct target *t, struct progress *p, struct err *e)
{
	unsigned i;

	for (i = 0;; i++) {
		*e = (struct err){ .msg = "" };
		if (target_connect(t, e) == 0 && atwork_enter(t, e) == 0)
			break;
		if (i == 0)
			progress_wait(p, "the connection to P8's database was lost");
		if (i == TRIES || load_stop || e->status == EXIT_CONFIG ||
		    e->status == EXIT_PERMISSION) {
			if (e->status == EXIT_UNAVAILABLE)
				e->status = EXIT_TEMPORARY;	/* it was there */
			return -1;
		}
		rate_sleep(rate_now() + 2 * RATE_SECOND, &load_stop);
	}
	if (i > 0)
		progress_go(p);
	return 0;
}
