#include <stdlib.h>
#include <string.h>

#include "dsn.h"

bool dsn_is(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");

	return n > 0 && s[n] == ':';
}

static int port(struct dsn *d, const char *s, struct err *e)
{
	char *end;
	unsigned long v = strtoul(s, &end, 10);

	if (*s < '0' || *s > '9' || *end != '\0' || v == 0 || v > 65535)
		return err_set(e, EXIT_USAGE, "%s is not a port", s);
	d->port = (unsigned)v;
	return 0;
}

/* "host", "host:port" or "host:/socket"; more than one colon is an IPv6 address. */
static int host(struct dsn *d, struct err *e)
{
	char *colon = strchr(d->host, ':');

	if (colon == NULL || (colon[1] != '/' && strchr(colon + 1, ':') != NULL))
		return 0;
	*colon = '\0';
	if (colon[1] == '/') {
		memcpy(d->socket, colon + 1, strlen(colon + 1) + 1);
		return 0;
	}
	return port(d, colon + 1, e);
}

static int member(struct dsn *d, const char *key, size_t n, const char *value, size_t len,
    struct err *e)
{
	char text[256];

	if (len >= sizeof(text))
		return err_set(e, EXIT_USAGE, "%.*s is too long", (int)n, key);
	memcpy(text, value, len);
	text[len] = '\0';
	if (n == 4 && memcmp(key, "host", n) == 0) {
		memcpy(d->host, text, len + 1);
		return host(d, e);
	}
	if (n == 4 && memcmp(key, "port", n) == 0)
		return port(d, text, e);
	if (n == 6 && memcmp(key, "dbname", n) == 0)
		memcpy(d->name, text, len + 1);
	else if (n == 11 && memcmp(key, "unix_socket", n) == 0)
		memcpy(d->socket, text, len + 1);
	else if (n != 7 || memcmp(key, "charset", n) != 0)
		return err_set(e, EXIT_USAGE, "a DSN has host, port, unix_socket, dbname and"
		    " charset, no %.*s", (int)n, key);
	return 0;
}

int dsn_parse(struct dsn *d, const char *s, struct err *e)
{
	size_t n, eq;

	memset(d, 0, sizeof(*d));
	if (strncmp(s, "mysql:", 6) != 0)
		return err_set(e, EXIT_USAGE, "%.*s databases cannot be upgraded, only mysql:",
		    (int)strcspn(s, ":"), s);
	for (s += 6; *s != '\0'; s += n + (s[n] == ';')) {
		n = strcspn(s, ";");
		eq = strcspn(s, "=");
		if (n == 0)
			continue;
		if (eq >= n)
			return err_set(e, EXIT_USAGE, "%.*s in the DSN has no value", (int)n, s);
		if (member(d, s, eq, s + eq + 1, n - eq - 1, e) < 0)
			return -1;
	}
	return 0;
}
