#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "io.h"
#include "target.h"

#define RELEASE_MIN 803
#define RELEASE_MAX 899

void target_default(struct target *t)
{
	memset(t, 0, sizeof(*t));
	buf_init(&t->text, TARGET_FILE_MAX);
	t->release = 805;
}

unsigned target_release(const char *text)
{
	unsigned long major, minor;
	char *end;

	major = strtoul(text, &end, 10);
	if (end == text || *end != '.' || major > 99)
		return 0;
	text = end + 1;
	minor = strtoul(text, &end, 10);
	if (end == text || minor > 99)
		return 0;
	return (unsigned)(major * 100 + minor);
}

static int check(struct target *t, const char *path, struct err *e)
{
	const char *version = jr_str(&t->doc, NULL, "version", "");

	if (strcmp(jr_str(&t->doc, NULL, "kind", ""), "TARGET") != 0)
		return err_set(e, EXIT_DATA,
		    "%s is no description of a P8 installation; make one with p8-load --describe",
		    path);
	if (version[0] == '\0')
		return err_set(e, EXIT_CONFIG,
		    "%s does not say which release P8 is, for that has no file VERSION; write its "
		    "release there, say 8.5.3, and describe it anew", path);
	t->release = target_release(version);
	if (t->release < RELEASE_MIN || t->release > RELEASE_MAX)
		return err_set(e, EXIT_CONFIG,
		    "%s: P8 \"%s\" is not supported; this program writes for releases 8.3 to 8.x",
		    path, version);
	t->modules = jr_get(&t->doc, NULL, "modules");
	if (t->modules == NULL || t->modules->type != J_ARRAY)
		return err_set(e, EXIT_DATA, "%s has no list of modules; make it anew with "
		    "p8-load --p8 DIR --describe", path);
	t->multi_tenant = jr_bool(&t->doc, NULL, "multi_tenant", false);
	t->salt_file = jr_str(&t->doc, NULL, "salt_file", NULL);
	t->given = true;
	return 0;
}

int target_read(struct target *t, const char *path, struct err *e)
{
	target_default(t);
	if (io_read_file(path, false, TARGET_FILE_MAX, &t->text, e) < 0)
		return -1;
	sha256_hex(t->text.data, t->text.len, t->sha256);
	if (jr_parse(&t->doc, t->text.data, t->text.len, e) < 0)
		return err_prefix(e, "%s", path);
	return check(t, path, e);
}

bool target_has(const struct target *t, const char *module)
{
	const struct jval *m;

	if (!t->given)
		return true;
	for (m = jr_first(&t->doc, t->modules); m != NULL; m = jr_next(&t->doc, m))
		if (m->type == J_STR && strcmp(m->s, module) == 0)
			return true;
	return false;
}

void target_free(struct target *t)
{
	jr_free(&t->doc);
	buf_free(&t->text);
}
