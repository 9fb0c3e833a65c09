/*
 * What people read: on standard output, and on standard error.  Names of others in it are shown
 * as shown.h says; a newline is one at the end of FMT only.
 */
#ifndef LOAD_PRINT_H
#define LOAD_PRINT_H

#include <stdarg.h>

void print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void vprint(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
