#include <inttypes.h>
#include <string.h>

#include "kinds/schema.h"
#include "stream.h"

static bool has(const struct stream_in *si, const char *member)
{
	return jr_get(&si->doc, NULL, member) != NULL;
}

static bool lifted(const struct stream_in *si)
{
	const char *kind = si->kind;

	if (strcmp(kind, "CARD") == 0)
		return has(si, "etag");
	if (strcmp(kind, "ADDRESSBOOK") == 0)
		return has(si, "synctoken");
	if (strncmp(kind, "CALENDAR", 8) != 0)
		return true;
	if (kind[8] == '\0')
		return has(si, "synctoken") && !has(si, "uri");
	if (strcmp(kind, "CALENDAR_OBJECT") == 0)
		return has(si, "etag") && has(si, "uid");
	return strcmp(kind, "CALENDAR_SHARE") != 0;
}

int schema_check(const struct stream_in *si, struct err *e)
{
	if (lifted(si))
		return 0;
	return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": its %s is not at sabre/dav 3.2; run it"
	    " through dav-schema-upgrade records", si->io.name, si->lineno, si->kind);
}
