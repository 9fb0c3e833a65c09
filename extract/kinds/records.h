/*
 * The rows of a table of P7 that become a record each (p7.h: "record").
 * They are read batch by batch where an index leads from the user to the rows, otherwise the whole
 * table once, ordered by user.  Either way the spool then has the rows in the order of users,
 * ready-made as members of a JSON object: id_user, and the account of what belongs to an account,
 * else the order.
 */
#ifndef RECORDS_H
#define RECORDS_H

#include "database/catalog.h"
#include "database/form.h"

struct records {
	const struct p7_table *p7;
	bool present;		/* the table and the columns that lead to it are there */
	bool batch;		/* read for each batch */
	struct form form;
	struct buf sql;		/* empty once a whole table has been read */
	struct spool spool;
};

/* Build the statements; a table that is read as a whole is read by the first records_load. */
int records_open(struct records *s, const struct p7_table *p7, const struct catalog *c,
    struct err *e);
/* Make the spool ready for the batch whose ids were set. */
int records_load(struct records *s, struct db *db, struct err *e);
/* One that is all zeros was never opened. */
void records_close(struct records *s);

#endif
