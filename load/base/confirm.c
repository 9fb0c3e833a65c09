#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "base/confirm.h"
#include "base/print.h"

int confirm(bool yes, struct err *e, const char *fmt, ...)
{
	char what[1024], answer[64] = "";
	va_list ap;

	if (yes)
		return 0;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return err_set(e, EXIT_USAGE, "%s; use --yes if that is what you want", what);
	complain("p8-load: %s.  Go on? [y/N] ", what);
	if (fgets(answer, sizeof(answer), stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y'))
		return 0;
	return err_set(e, EXIT_USAGE, "nothing was changed");
}
