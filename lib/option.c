#include <string.h>

#include "option.h"

int option_wrong(struct err *e, const char *prog, int c, char *const argv[],
    const struct option *longs)
{
	const char *arg = argv[optind - 1];
	int n = (int)strcspn(arg, "=");

	if (c == ':')
		return err_set(e, EXIT_USAGE, "%.*s wants a value; see %s --help", n, arg, prog);
	for (; optopt != 0 && longs->name != NULL; longs++)
		if (longs->val == optopt && longs->has_arg == no_argument)
			return err_set(e, EXIT_USAGE, "--%s takes no value; see %s --help",
			    longs->name, prog);
	/* Among several letters behind one dash ARGV does not say which. */
	if (optopt != 0)
		return err_set(e, EXIT_USAGE, "unknown option -%c; see %s --help", optopt, prog);
	return err_set(e, EXIT_USAGE, "unknown option %.*s; see %s --help", n, arg, prog);
}
