/*
 * What the P8 installation is, as far as records depend on it: the description that
 * "p8-load --describe" writes, one JSON object.  Without one: release 8.5 with every module.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>

#include "buf.h"
#include "err.h"
#include "jsonr.h"

#define TARGET_FILE_MAX ((size_t)1 << 20)

struct target {
	bool given;		/* there is a description */
	bool multi_tenant;	/* P8 is for several tenants */
	unsigned release;	/* 805 for 8.5 */
	char sha256[65];	/* of the description, "" without one */
	const char *salt_file;	/* NULL: not described */
	struct jdoc doc;
	struct buf text;
	const struct jval *modules;
};

void target_default(struct target *t);
/* EXIT_NOINPUT, EXIT_DATA (no description), EXIT_CONFIG (a release that is not supported). */
int target_read(struct target *t, const char *path, struct err *e);
/* Is the module installed?  True for every one without a description. */
bool target_has(const struct target *t, const char *module);
/* "8.6" as 806, 0 when it is no release. */
unsigned target_release(const char *text);
void target_free(struct target *t);

#endif
