#include <stdlib.h>
#include <string.h>

#include "option.h"

int option_wrong(struct err *e, const char *prog, int c, char *const argv[],
    const struct option *longs)
{
	const char *arg = argv[optind - 1];
	int n = (int)strcspn(arg, "=");

	if (c == ':')
		return err_set(e, EXIT_USAGE, "%.*s needs a value; see %s --help", n, arg, prog);
	for (; optopt != 0 && longs->name != NULL; longs++)
		if (longs->val == optopt && longs->has_arg == no_argument)
			return err_set(e, EXIT_USAGE, "--%s takes no value; see %s --help",
			    longs->name, prog);
	/* Among several letters behind one dash ARGV does not say which. */
	if (optopt != 0)
		return err_set(e, EXIT_USAGE, "unknown option -%c; see %s --help", optopt, prog);
	return err_set(e, EXIT_USAGE, "unknown option %.*s; see %s --help", n, arg, prog);
}

int option_number(const char *s, unsigned long min, unsigned long max, unsigned long *out)
{
	char *end;

	*out = strtoul(s, &end, 10);
	return *s < '0' || *s > '9' || *end != '\0' || *out < min || *out > max ? -1 : 0;
}

int option_db(struct db_opts *o, int c, const char *arg, const char *prog, struct err *e)
{
	unsigned long n;

	switch (c) {
	case OPTION_DB_HOST:
		o->host = arg;
		return 1;
	case OPTION_DB_PORT:
		if (option_number(arg, 1, 65535, &n) < 0)
			return err_set(e, EXIT_USAGE, "--db-port needs a number from 1 to 65535, "
			    "not %s; see %s --help", arg, prog);
		o->port = (unsigned)n;
		return 1;
	case OPTION_DB_SOCKET:
		o->socket = arg;
		return 1;
	case OPTION_DB_USER:
		o->user = arg;
		return 1;
	case OPTION_DB_NAME:
		o->name = arg;
		return 1;
	case OPTION_DB_DEFAULTS:
		o->defaults_file = arg;
		return 1;
	case OPTION_DB_PASSWORD:
		return err_set(e, EXIT_USAGE, "a password on the command line can be read by every"
		    " user of this machine; write it into an option file ([client] password=...)"
		    " and name that with --db-defaults-file");
	default:
		return 0;
	}
}
