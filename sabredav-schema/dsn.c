#include <stdio.h>
#include <string.h>

#include "dsn.h"
#include "options.h"

bool dsn_is(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789");

	return n > 0 && s[n] == ':';
}

/* "host", "host:port" or "host:/socket"; more than one colon is an IPv6 address. */
static void split_host(struct dsn *d, char port[DSN_TEXT])
{
	char *colon = strchr(d->host, ':');

	if (colon == NULL || (colon[1] != '/' && strchr(colon + 1, ':') != NULL))
		return;
	*colon = '\0';
	memcpy(colon[1] == '/' ? d->socket : port, colon + 1, strlen(colon + 1) + 1);
}

/* KEY=VALUE, N bytes. */
static int member(struct dsn *d, const char *s, size_t n, char port[DSN_TEXT], struct err *e)
{
	char charset[DSN_TEXT];
	const struct {
		const char *key;
		char *to;
	} members[] = {
		{ "host", d->host }, { "port", port }, { "dbname", d->name },
		{ "unix_socket", d->socket }, { "charset", charset },
	};
	size_t i, eq = strcspn(s, "=");

	if (eq >= n)
		return err_set(e, EXIT_USAGE, "%.*s in the DSN has no value", (int)n, s);
	for (i = 0; i < sizeof(members) / sizeof(*members); i++)
		if (strlen(members[i].key) == eq && memcmp(members[i].key, s, eq) == 0)
			break;
	if (i == sizeof(members) / sizeof(*members))
		return err_set(e, EXIT_USAGE, "a DSN has host, port, unix_socket, dbname and"
		    " charset, no %.*s", (int)eq, s);
	if (n - eq > DSN_TEXT)
		return err_set(e, EXIT_USAGE, "%.*s is too long", (int)eq, s);
	snprintf(members[i].to, DSN_TEXT, "%.*s", (int)(n - eq - 1), s + eq + 1);
	if (members[i].to == d->host)
		split_host(d, port);
	return 0;
}

int dsn_parse(struct dsn *d, const char *s, struct err *e)
{
	char port[DSN_TEXT] = "";
	size_t n;

	memset(d, 0, sizeof(*d));
	if (strncmp(s, "mysql:", 6) != 0)
		return err_set(e, EXIT_USAGE, "%.*s databases cannot be upgraded, only mysql:",
		    (int)strcspn(s, ":"), s);
	for (s += 6; *s != '\0'; s += n + (s[n] == ';')) {
		n = strcspn(s, ";");
		if (n > 0 && member(d, s, n, port, e) < 0)
			return -1;
	}
	return port[0] == '\0' || option_number(port, 1, 65535, &d->port) == 0 ? 0 :
	    err_set(e, EXIT_USAGE, "%s is not a port", port);
}
