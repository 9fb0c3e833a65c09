/*
 * One run of p7-extract: what is open, and the parts that write the stream.
 * Everything is read over one connection in one consistent snapshot; only one result is open at a
 * time, so a part that streams rows (contacts.h) does so when all else of the batch is in spools.
 */
#ifndef EXTRACT_H
#define EXTRACT_H

#include "catalog.h"
#include "db.h"
#include "opts.h"
#include "report.h"
#include "select.h"
#include "site.h"
#include "p7/source.h"
#include "stream.h"

struct run {
	const struct opts *o;
	struct site site;
	struct source_id id;
	struct db db;
	struct catalog cat;
	uint32_t lacking;		/* tables that may be missing and are; of required.c */
	bool checked;			/* the server had to CHECK tables */
	struct selection sel;
	char snapshot[32];		/* "YYYY-MM-DD HH:MM:SS", UTC */
	struct stream_out so;
	struct report rep;
};

/* What that does to P7, behind what is said of such tables. */
#define RUN_CHECKED "; CHECK TABLE looked at them, which notes time and statistics in their" \
	" indexes and no row (--no-check-tables leaves it out)"

/* run.c: connect, look at the tables, begin the snapshot, read the list of users. */
int run_open(struct run *r, const struct opts *o, struct err *e);
void run_close(struct run *r);
/* check.c: what there is, for people (--check), instead of a stream. */
int check_print(struct run *r, struct err *e);
/* The list of users (--list-users), instead of a stream. */
int run_list(struct run *r, struct err *e);
/* Open stream and rejects file; after success both have to be closed. */
int run_outputs(struct run *r, struct err *e);
int run_header(struct run *r, struct err *e);
/* Names of the list that P7 does not have. */
int run_unknown(struct run *r, struct err *e);

/* globals.c: SETTINGS, TENANT, DOMAIN. */
int globals_write(struct run *r, struct err *e);

/* leftout.c: tables that have no way to P8, as one WARN each with the number of their rows. */
int leftout_write(struct run *r, struct err *e);
/* Their names, NULL at the end. */
#define LEFTOUT_TABLES 60
void leftout_tables(const char **names);

/* users.c: the blocks of all users that are wanted, and of principals that are not users. */
int users_write(struct run *r, struct err *e);

/* orphans.c: accounts that belong to no user, as REJECT records. */
int orphans_write(struct run *r, struct err *e);

/* nobody.c: how many rows of each table belong to nobody, as WARN records. */
int nobody_write(struct run *r, struct err *e);

#endif
