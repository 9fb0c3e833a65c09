#include <stdio.h>

#include "print.h"
#include "shown.h"

__attribute__((format(printf, 2, 0)))
static void put(FILE *f, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(BUF_RECORD_MAX);

	shown_format(&b, fmt, ap);
	if (b.len > 0)
		fwrite(b.data, 1, b.len, f);
	buf_free(&b);
}

void print(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(stdout, fmt, ap);
	va_end(ap);
}

void vprint(const char *fmt, va_list ap)
{
	put(stdout, fmt, ap);
}

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put(stderr, fmt, ap);
	va_end(ap);
}
