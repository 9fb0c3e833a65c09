/*
 * A configuration file of P8: an object of JSON, "Key": [value, type, ...] or "Key": value, in
 * data/settings/config.json or data/settings/modules/MODULE.config.json.  As long as the latter is
 * not there, P8 goes by the module's own config.json, which then is what is read and copied: to a
 * file with the owner of its neighbours, or of its directory, and with the mode of config.json, or
 * that of its neighbours when config.json has another owner.
 * Only the bytes of the values that are replaced change.
 * A struct configfile owns its strings; configfile_close frees them.
 */
#ifndef LOAD_CONFIGFILE_H
#define LOAD_CONFIGFILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "target/target.h"

/* Put behind a file's name: as it was before the first change. */
#define CONFIGFILE_BACKUP ".before-p7-migration"

#define CONFIGFILE_TYPE 31		/* bytes of the name of a type */

struct configfile {
	char *path;		/* that is written */
	struct buf text;
	struct stat st;		/* mode and owner that it has, or gets */
	bool there;		/* PATH exists, else the text is the module's own */
	bool changed;
};

/* MODULE "": config.json.  1; 0: P8 has neither file; -1: it cannot be read, or is no JSON. */
int configfile_open(struct configfile *c, const struct target *t, const char *module,
    struct err *e);
/* Where the value of KEY stands in the text, *N bytes from *AT; false: there is no such key. */
bool configfile_find(const struct configfile *c, const char *key, size_t *at, size_t *n);
/* The type that stands behind the value that configfile_find found, "" when there is none. */
void configfile_type(const struct configfile *c, size_t at, size_t n,
    char type[CONFIGFILE_TYPE + 1]);
/* Put N bytes of JSON in the place of OLD bytes at AT. */
int configfile_set(struct configfile *c, size_t at, size_t old, const char *value, size_t n,
    struct err *e);
/* Write what was changed, after the backup. */
int configfile_save(struct configfile *c, struct err *e);
void configfile_close(struct configfile *c);

#endif
