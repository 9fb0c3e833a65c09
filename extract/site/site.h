/*
 * A P7 installation on disk: where its directories are, what settings.xml and config.php say, how
 * to reach its database, and the namespace of the UUIDs that are made from it.
 * site_open prints warnings (warning.h) for what it had to guess; site_close frees everything.
 */
#ifndef SITE_H
#define SITE_H

#include <stdint.h>

#include "db.h"
#include "jsonw.h"
#include "base/opts.h"
#include "site/phpconf.h"
#include "site/settings.h"
#include "uuid.h"

#define SITE_PATH 4096

struct site {
	struct settings set;
	bool has_settings;		/* settings.xml was read; else set has P7's defaults */
	char data[SITE_PATH];		/* "" when not given */
	char files[SITE_PATH];		/* the directory that holds "files/"; "" without data */
	char prefix[65];
	char host[300];			/* DBHost without port and socket */
	struct phpconf conf[2];		/* the product's config.php, the site's own */
	unsigned confs;
	struct db_opts db;
	uint8_t ns[16];
	char source_id[UUID_LEN + 1];	/* the same as text; identity.h makes both whole */
	char base_id[UUID_LEN + 1];	/* of salt and prefix alone; "" with --source-id */
	char version[32];		/* content of VERSION, "" when unknown */
};

/*
 * EXIT_NOINPUT: a directory or file is missing; EXIT_CONFIG: it is not P7's, is another database
 * system's, or does not tell enough to connect; EXIT_PERMISSION: secrets that others can read.
 */
int site_open(struct site *s, const struct opts *o, struct err *e);
void site_close(struct site *s);
/* The members of SETTINGS. */
void site_write(const struct site *s, struct jsonw *w);

/* "host", "host:port", "host:/socket" into HOST, *PORT, *SOCKET (a part of HOST). */
void site_split_host(char *host, unsigned *port, const char **socket);

#endif
