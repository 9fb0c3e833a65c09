/* The command line of p8-load. */
#ifndef LOAD_OPTS_H
#define LOAD_OPTS_H

#include "options.h"
#include "run/load.h"

enum mode { MODE_LOAD, MODE_CHECK, MODE_DESCRIBE, MODE_VERIFY, MODE_CHANGED, MODE_UNDO,
	MODE_LIST, MODE_RESET, MODE_REPAIR, MODE_LIST_SETTINGS, MODE_APPLY_SETTINGS, MODE_LOCK,
	MODE_OPTION_FILE, MODE_MEASURE, MODE_SELECT, MODE_REPORT, MODES };

#define OPTS_FOREVER UINT64_MAX	/* --wait: as long as it takes */

struct opts {
	enum mode mode;
	const char *output;		/* -o, of --describe and lists; NULL: standard output */
	const char *list;		/* --list WHAT */
	const char *source;		/* --source, of --undo */
	char source_id[UUID_LEN + 1];	/* the same in lower case */
	bool all, force;		/* --all, --force, of --undo */
	struct option_list users;	/* operands of --undo */
	unsigned without;		/* a bit for each kind of --without */
	char left_out[96];		/* the same as ",KIND,KIND,", or "" */
	bool yes;			/* --yes, of --undo --all and --reset */
	uint64_t wait;			/* --wait SECONDS, of --lock */
	const char *only, *names;	/* --users and --rename, of --select */
	const char *selected, *p7, *rerun;	/* of --report */
	unsigned found;			/* --found, likewise: FOUND_... */
	bool deep;			/* --deep, of --verify */
	struct target_opts target;
	struct load_opts load;
	struct progress_opts progress;
};

/* The option that chooses the mode, without "--"; "load" without one. */
const char *opts_mode_name(enum mode mode);

/* Is KIND one that --without leaves out? */
bool opts_without(const struct opts *o, const char *kind);
/* 0; 1: TEXT is what --help or --version print; -1: EXIT_USAGE.  opts_free in each case. */
int opts_parse(struct opts *o, int argc, char **argv, struct buf *text, struct err *e);
void opts_free(struct opts *o);

#endif
