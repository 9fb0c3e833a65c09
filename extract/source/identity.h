/*
 * The source's identity (p7/source.h): the site's salt and prefix, the name of the database, and
 * who its oldest users are.
 */
#ifndef IDENTITY_H
#define IDENTITY_H

#include "database/catalog.h"
#include "base/opts.h"
#include "site/site.h"
#include "p7/source.h"

/*
 * Make it, once the tables are known; SITE's name space follows.  With --source-id it is what that
 * says; otherwise a source that --known-sources names keeps the id by which it is known.
 */
int identity_make(struct source_id *s, struct site *site, const struct opts *o, struct db *db,
    const struct catalog *c, struct err *e);

#endif
