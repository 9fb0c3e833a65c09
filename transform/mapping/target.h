/*
 * What the P8 installation is, as far as records depend on it: the description that
 * "p8-load --describe" writes, one JSON object.  Without one: release 8.5.3 with every module.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

#include "buf.h"
#include "err.h"
#include "jsonr.h"

#define TARGET_FILE_MAX ((size_t)4 << 20)

struct target {
	bool given;		/* there is a description */
	bool multi_tenant;	/* P8 is for several tenants */
	unsigned release;	/* as p8/release.h has it */
	char sha256[65];	/* of the description, "" without one */
	const char *salt_file;	/* NULL: not described */
	struct jdoc doc;
	struct buf text;
	const struct jval *modules;
	const struct jval *declared;	/* what its modules declare; NULL: not described */
};

/* What is known of an attribute of a class of P8. */
enum target_attr { TARGET_UNKNOWN, TARGET_UNDECLARED, TARGET_DECLARED };

void target_default(struct target *t);
/* EXIT_NOINPUT, EXIT_DATA (no description), EXIT_CONFIG (a release that is not supported). */
int target_read(struct target *t, const char *path, struct err *e);
/* Is the module installed?  True for every one without a description. */
bool target_has(const struct target *t, const char *module);
/*
 * Does the target declare ATTR (with the name of its row, "Mail::UseThreads" of a module that
 * extends it) of CLASS?  *TYPE is its type then, a name of P8.  Unknown: p8-load could not read it.
 */
enum target_attr target_attr(const struct target *t, const char *class, const char *attr,
    const char **type);
void target_free(struct target *t);

#endif
