#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "err.h"

int err_set(struct err *e, enum exitcode status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	e->status = status;
	e->db = 0;
	return -1;
}

/* How to put right what another run can mend, whatever failed; NULL for other errors. */
static const char *remedy(int no)
{
	switch (no) {
	case ENOSPC:
		return "free space there, then run the same command again";
	case EDQUOT:
		return "raise the quota or free space there, then run the same command again";
	case EFBIG:
		return "raise the limit on file size (ulimit -f), then run the same command again";
	case EMFILE:
		return "raise the limit on open files (ulimit -n), then run the same command again";
	case ENFILE:
	case ENOMEM:
	case EAGAIN:
		return "run the same command again when the machine is less busy";
	default:
		return NULL;
	}
}

int err_sys(struct err *e, enum exitcode status, const char *fmt, ...)
{
	const char *mend = remedy(errno);
	int saved = errno, n;
	va_list ap;

	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %s%s%s", strerror(saved),
		    mend != NULL ? "; " : "", mend != NULL ? mend : "");
	e->status = mend != NULL ? EXIT_TEMPORARY : status;
	e->db = 0;
	return -1;
}

int err_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory; run the same command again when more"
	    " memory is free");
}

int err_prefix(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	int n;

	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	n = vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n < sizeof(e->msg))
		snprintf(e->msg + n, sizeof(e->msg) - (size_t)n, ": %s", old);
	return -1;
}
