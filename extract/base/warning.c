#include <stdarg.h>
#include <stdio.h>

#include "base/warning.h"
#include "shown.h"

bool warning_quiet;

void warning(const char *fmt, ...)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	va_list ap;

	if (warning_quiet)
		return;
	va_start(ap, fmt);
	shown_format(&text, fmt, ap);
	va_end(ap);
	fprintf(stderr, "p7-extract: warning: %s\n", text.len > 0 ? text.data : "");
	buf_free(&text);
}
