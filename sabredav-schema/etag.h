/*
 * Etags (MD5 of the data) computed here, for servers that have no function MD5(): MySQL 9.6 and
 * later keep it in a component that has to be installed.
 */
#ifndef ETAG_H
#define ETAG_H

#include "schema.h"

#define ETAG_BATCH 2000		/* rows */

struct etag_row {
	int64_t id;
	bool null;		/* it has no data: the etag is that of nothing */
	bool missing;		/* the stored etag is NULL or blank */
	bool untrue;		/* stored etag or size is not the true one */
	char etag[33];		/* the true one */
};

struct etag_reader {
	struct dbq read;
	unsigned seen;		/* rows of the last batch */
	int64_t last;		/* id of its last one */
};

/* DATA is the column with the data; MISSING: only rows without an etag or size. */
int etag_reader_open(struct etag_reader *r, struct db *db, const struct table *t,
    const char *data, bool missing, struct err *e);
int etag_reader_batch(struct etag_reader *r, int64_t from,
    void (*take)(void *arg, const struct etag_row *row), void *arg, struct err *e);
void etag_reader_close(struct etag_reader *r);

#endif
