#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "newfile.h"
#include "base/runlog.h"
#include "shown.h"

#define LINE_MAX_BYTES ((size_t)64 << 10)

int runlog_open(struct runlog *r, const char *path, bool json, struct err *e)
{
	memset(r, 0, sizeof(*r));
	buf_init(&r->line, LINE_MAX_BYTES);
	r->json = json;
	r->fd = -1;
	if (path == NULL)
		return 0;
	if (newfile_check(path, e) < 0)
		return -1;
	r->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	return r->fd < 0 ? err_sys(e, EXIT_CANTCREATE, "cannot open the log %s", path) : 0;
}

static void now(char out[24])
{
	time_t t = time(NULL);
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 24, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

struct jsonw *runlog_begin(struct runlog *r, const char *event)
{
	char at[24];

	if (r->fd < 0 || !r->json)
		return NULL;
	now(at);
	buf_reset(&r->line);
	jw_begin(&r->w, &r->line);
	jw_object(&r->w);
	jw_kv_int(&r->w, "v", RUNLOG_VERSION);
	jw_kv_str(&r->w, "time", at);
	jw_kv_int(&r->w, "pid", getpid());
	jw_kv_str(&r->w, "event", event);
	return &r->w;
}

__attribute__((format(printf, 2, 0)))
static void text_line(struct runlog *r, const char *fmt, va_list ap)
{
	char at[24];

	now(at);
	buf_reset(&r->line);
	buf_addf(&r->line, "%s %d ", at, (int)getpid());
	shown_format(&r->line, fmt, ap);
	buf_addc(&r->line, '\n');
}

void runlog_put(struct runlog *r, const char *fmt, ...)
{
	va_list ap;
	ssize_t n;

	if (r->fd < 0)
		return;
	if (r->json) {
		jw_object_end(&r->w);
		buf_addc(&r->line, '\n');
	} else {
		va_start(ap, fmt);
		text_line(r, fmt, ap);
		va_end(ap);
	}
	n = r->line.failed ? -1 : write(r->fd, r->line.data, r->line.len);
	if (n == (ssize_t)r->line.len)
		return;
	r->failed = r->line.failed ? ENOMEM : n < 0 ? errno : ENOSPC;
	close(r->fd);
	r->fd = -1;
	fprintf(stderr, "p8-load: warning: the log ends here: %s\n", strerror(r->failed));
}

int runlog_close(struct runlog *r, struct err *e)
{
	if (r->fd >= 0 && close(r->fd) < 0)
		r->failed = errno;
	r->fd = -1;
	buf_free(&r->line);
	errno = r->failed;
	return r->failed ? err_sys(e, EXIT_IO, "the log is not whole") : 0;
}
