#include <stdio.h>

#include "base/print.h"
#include "shown.h"

void print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	shown_vfprintf(stdout, fmt, ap);
	va_end(ap);
}

void vprint(const char *fmt, va_list ap)
{
	shown_vfprintf(stdout, fmt, ap);
}

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	shown_vfprintf(stderr, fmt, ap);
	va_end(ap);
}
