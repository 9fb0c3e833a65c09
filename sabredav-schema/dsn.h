/*
 * PHP PDO data source names, as sabre's scripts take them: "mysql:host=H;port=N;dbname=D" or
 * "mysql:unix_socket=/S;dbname=D".  A host may have a port or socket behind a colon.
 */
#ifndef DSN_H
#define DSN_H

#include <stdbool.h>

#include "err.h"

struct dsn {
	char host[256], socket[256], name[256];	/* "": not given */
	unsigned port;				/* 0: not given */
};

bool dsn_is(const char *s);
/* EXIT_USAGE names the part that is wrong. */
int dsn_parse(struct dsn *d, const char *s, struct err *e);

#endif
