/*
 * --select: which of P7's users are to be brought, and which parts of them P8 has.
 *
 * The list of P7's users is that of p7-extract --list-users --ids: source, number, e-mail; one who
 * cannot stand in a list is a comment in it ("# name").  Users are known by source and number.
 */
#ifndef LOAD_SELECT_H
#define LOAD_SELECT_H

#include "target/target.h"

struct select_opts {
	const char *list;	/* P7's users; NULL: standard input */
	const char *users;	/* --users: only these, an e-mail of P7 a line; NULL: all */
	const char *names;	/* --rename: old e-mail, TAB, new e-mail a line; or NULL */
	const char *output;	/* NULL: standard output */
	bool files, calendars, contacts;	/* what will be brought of them */
};

/*
 * A line a user, in P7's order, with tabs between:
 *   "new"      not in P8;           "whole"    in P8, with all that will be brought;
 *   "lacking"  in P8, without some of it;
 *   "other"    in P8 by another name, since renamed in P7: p8-load will say what to do;
 *   "passed"   not one of --users;
 *   "unknown"  a name of --users that P7 does not have
 * "todo" or "done", for the user; the same for the user's files; source, number, e-mail in P7,
 * e-mail in P8.  Without --users a last line "corporate" says whether those files were all read.
 * Names are as lists show them (shown.h).
 * EXIT_NOINPUT, EXIT_IO: a list; EXIT_DATA: nobody is selected, new names that cannot be given, or
 * users who were brought by another list of new names: they are named on standard error.
 */
int select_users(struct target *t, const struct select_opts *o, struct err *e);

#endif
