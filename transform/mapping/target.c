#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "io.h"
#include "p8/release.h"
#include "mapping/target.h"

#define RELEASE_ASSUMED "8.5.3"	/* without a description */

void target_default(struct target *t)
{
	memset(t, 0, sizeof(*t));
	buf_init(&t->text, TARGET_FILE_MAX);
	t->release = p8release_parse(RELEASE_ASSUMED);
}

static int check(struct target *t, const char *path, struct err *e)
{
	const char *version = jr_str(&t->doc, NULL, "version", "");

	if (strcmp(jr_str(&t->doc, NULL, "kind", ""), "TARGET") != 0)
		return err_set(e, EXIT_DATA,
		    "%s is not a description of a P8 installation; make one with"
		    " p8-load --describe",
		    path);
	if (version[0] == '\0')
		return err_set(e, EXIT_CONFIG,
		    "%s does not have the release of P8, which has no file VERSION; write the "
		    "release into that file, for example 8.5.3, and describe P8 again with p8-load "
		    "--describe", path);
	if (p8release_check(path, version, e) < 0)
		return -1;
	t->release = p8release_parse(version);
	t->modules = jr_get(&t->doc, NULL, "modules");
	if (t->modules == NULL || t->modules->type != J_ARRAY)
		return err_set(e, EXIT_DATA, "%s has no list of modules; make it again with "
		    "p8-load --p8 DIR --describe", path);
	t->declared = jr_get(&t->doc, NULL, "declared");
	if (t->declared != NULL && t->declared->type != J_OBJECT)
		t->declared = NULL;
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

/* The member NAME, of N bytes, of an object; NULL: it is not an object or has no such. */
static const struct jval *object(const struct target *t, const struct jval *in, const char *name,
    size_t n)
{
	const struct jval *v;

	if (in == NULL || in->type != J_OBJECT)
		return NULL;
	for (v = jr_first(&t->doc, in); v != NULL; v = jr_next(&t->doc, v))
		if (v->keylen == n && memcmp(v->key, name, n) == 0)
			return v;
	return NULL;
}

/* What the file says of ATTR whose attributes are LIST; COMPLETE: it names all it has. */
static enum target_attr listed(const struct target *t, const struct jval *list, bool complete,
    const char *attr, const char **type)
{
	const struct jval *v = object(t, list, attr, strlen(attr));

	if (v == NULL)
		return complete ? TARGET_UNDECLARED : TARGET_UNKNOWN;
	if (v->type != J_STR)
		return TARGET_UNKNOWN;
	*type = v->s;
	return strcmp(v->s, "nodb") == 0 ? TARGET_UNDECLARED : TARGET_DECLARED;
}

enum target_attr target_attr(const struct target *t, const char *class, const char *attr,
    const char **type)
{
	static const char space[] = "Aurora\\Modules\\";
	const char *colons = strstr(attr, "::"), *module = class + sizeof(space) - 1;
	const struct jval *file, *list;
	bool complete;

	if (t->declared == NULL || strncmp(class, space, sizeof(space) - 1) != 0)
		return TARGET_UNKNOWN;
	if (colons == NULL) {
		file = object(t, t->declared, module, strcspn(module, "\\"));
		file = object(t, object(t, file, "classes", 7), class, strlen(class));
		list = object(t, file, "attributes", 10);
	} else {
		file = object(t, t->declared, attr, (size_t)(colons - attr));
		if (file == NULL)
			return TARGET_UNDECLARED;	/* that module is not installed */
		file = object(t, file, "extends", 7);
		list = object(t, object(t, file, "classes", 7), class, strlen(class));
	}
	if (file == NULL || file->type != J_OBJECT)
		return TARGET_UNKNOWN;
	complete = jr_bool(&t->doc, file, "complete", false);
	return listed(t, list, complete, attr, type);
}

void target_free(struct target *t)
{
	jr_free(&t->doc);
	buf_free(&t->text);
}
