#include <stdarg.h>
#include <stdio.h>

#include "say.h"

bool say_quiet;

void say(const char *fmt, ...)
{
	va_list ap;

	if (say_quiet)
		return;
	fputs("p7-extract: warning: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}
