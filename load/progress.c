#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "progress.h"

void progress_user(struct progress *p, const struct progress_user *u)
{
	if (!p->verbose)
		return;
	fprintf(stderr, "p8-load: %s: %s", u->email, u->verdict);
	if (u->rows > 0)
		fprintf(stderr, ", %" PRIu64 " things in %" PRIu64 " rows", u->things, u->rows);
	fputc('\n', stderr);
}

void progress_wait(struct progress *p, const char *why)
{
	if (!p->quiet)
		fprintf(stderr, "p8-load: waiting: %s\n", why);
}

void progress_warn(struct progress *p, const char *fmt, ...)
{
	va_list ap;

	if (p->quiet)
		return;
	fputs("p8-load: warning: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}
