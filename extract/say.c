#include <stdarg.h>
#include <stdio.h>

#include "say.h"
#include "shown.h"

bool say_quiet;

void say(const char *fmt, ...)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	va_list ap;

	if (say_quiet)
		return;
	va_start(ap, fmt);
	shown_format(&text, fmt, ap);
	va_end(ap);
	fprintf(stderr, "p7-extract: warning: %s\n", text.len > 0 ? text.data : "");
	buf_free(&text);
}
