/*
 * PHP PDO data source names, as sabre's scripts take them: "mysql:host=H;port=N;dbname=D" or
 * "mysql:unix_socket=/S;dbname=D".  A host may have a port or socket behind a colon.
 */
#ifndef DSN_H
#define DSN_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"

#define DSN_TEXT 256
struct dsn {
	char host[DSN_TEXT], socket[DSN_TEXT], name[DSN_TEXT];	/* "": not given */
	uint64_t port;						/* 0: not given */
};

bool dsn_is(const char *s);
/* EXIT_USAGE names the part that is wrong. */
int dsn_parse(struct dsn *d, const char *s, struct err *e);

#endif
