/*
 * The P8 installation that is loaded into: where its database and files are, its release, modules
 * and salt.  Found in P8's own directory (data/settings/config.json, data/salt8.php, VERSION,
 * modules/), each overridden by explicit options.
 * A struct target owns its strings and its connection; target_close frees them.
 */
#ifndef LOAD_TARGET_H
#define LOAD_TARGET_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "err.h"
#include "uuid.h"

#define TARGET_PREFIX_MAX 32
#define TARGET_CONFIG_MAX ((size_t)4 << 20)

/* Whether DAV text columns are written as clean UTF-8, or as P8's charset-less connection reads. */
enum dav_text { DAV_TEXT_AUTO, DAV_TEXT_UTF8, DAV_TEXT_SERVER };

/* What the command line says; NULL and 0: not given.  The strings are the caller's. */
struct target_opts {
	const char *p8;			/* --p8 DIR */
	const char *data;		/* --data DIR */
	const char *prefix;		/* --prefix P */
	struct db_opts db;		/* --db-... */
	enum dav_text dav_text;		/* --dav-text */
};

struct target {
	char *p8;			/* P8's directory, NULL with explicit options only */
	char *data;			/* its data directory, NULL: unknown */
	char *salt_file;		/* absolute path, NULL without a data directory */
	char version[64];		/* VERSION, "" when unknown */
	char prefix[TARGET_PREFIX_MAX + 1];
	struct buf modules;		/* names of installed and enabled modules, NUL after each */
	enum dav_text dav_text;		/* never DAV_TEXT_AUTO once connected */
	bool dav_text_assumed;		/* by the rule, not by option */

	char *host, *socket, *user, *password, *name;	/* of config.json, then options */
	unsigned port;
	struct db_opts opts;		/* what db_open gets; points into the above */
	struct db db;
	bool connected;

	char charset[65], collation[65];	/* of eav_attributes_string.value */
	size_t string_max;		/* characters it takes */
	bool no_dav;		/* neither module Dav nor its tables (nodav.h) */
	bool multi_tenant;		/* EnableMultiTenant of config.json */
	int64_t tenant;			/* entity id of the tenant */
	int64_t channel;		/* of that tenant */
	char tenant_uuid[UUID_LEN + 1];
};

/* Read the files; no connection yet.  EXIT_NOINPUT, EXIT_PERMISSION, EXIT_CONFIG. */
int target_read(struct target *t, const struct target_opts *o, struct err *e);
/* Connect (again, after a lost connection). */
int target_connect(struct target *t, struct err *e);
/* In a child: the connection is the parent's, and stays open there. */
void target_leave(struct target *t);
void target_close(struct target *t);
/* The salt is there and has the form P8 reads. */
int target_check_salt(const struct target *t, struct err *e);
bool target_has_module(const struct target *t, const char *name);
/* Append prefix and NAME, in backquotes. */
void target_table(const struct target *t, struct buf *out, const char *name);

#endif
