/*
 * The command line of p7-extract.  Strings are those of argv; opts_free frees the lists.
 */
#ifndef OPTS_H
#define OPTS_H

#include <stdbool.h>
#include <stddef.h>

#include "db.h"
#include "options.h"

/* Families of records that --only and --without name. */
enum family {
	F_SETTINGS = 1,		/* SETTINGS, TENANT, DOMAIN */
	F_USERS = 2,		/* USER, CALENDAR_SETTINGS, USER_CONTACT and all of accounts */
	F_CONTACTS = 4,		/* CONTACT with auto_create 0; alone it brings the next two */
	F_COLLECTED = 8,	/* CONTACT with auto_create 1 */
	F_GROUPS = 16,		/* GROUP and memberships */
	F_FILES = 32,		/* FILE and FILE_CHUNK of users */
	F_CORPORATE = 64,	/* FILE and FILE_CHUNK of tenants */
	F_CALENDARS = 128,	/* CALENDAR and all of calendars, REMINDER */
	F_ALL = 255
};

#define FAMILIES 8
extern const char *const family_names[FAMILIES + 1];	/* bit 0 first; NULL at the end */

struct opts {
	const char *p7, *settings, *data;
	struct db_opts db;
	const char *prefix;		/* NULL: as settings.xml says */
	const char *out, *rejects, *source_id;
	const char *known_sources;	/* JSON */
	bool gz;
	const char *users_file;
	const char *except;		/* list of users that need not be read */
	struct option_list users, absent;	/* --user, --absent */
	unsigned only, without;		/* families as given */
	unsigned families;		/* what is wanted: only less without */
	const char *shard_text;		/* "1/3" */
	unsigned shard, shards;		/* 1 to shards; shards is 0 when not given */
	bool check, list_users, ids, by_reference;
	bool unchecked;			/* no CHECK TABLE */
	bool again;			/* a call before this one has looked at P7 */
};

/* 0; 1: TEXT is what --help or --version print; -1: EXIT_USAGE.  opts_free in each case. */
int opts_parse(struct opts *o, int argc, char **argv, struct buf *text, struct err *e);
void opts_free(struct opts *o);
/* Are there users that were named, or are all wanted? */
bool opts_selects(const struct opts *o);

#endif
