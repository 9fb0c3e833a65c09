/* The command line of p8-load. */
#ifndef LOAD_OPTS_H
#define LOAD_OPTS_H

#include "run/load.h"

enum mode { MODE_LOAD, MODE_CHECK, MODE_DESCRIBE, MODE_VERIFY, MODE_CHANGED, MODE_UNDO,
	MODE_LIST, MODE_RESET, MODE_REPAIR, MODE_LIST_SETTINGS, MODE_APPLY_SETTINGS, MODE_LOCK,
	MODE_OPTION_FILE, MODE_MEASURE, MODE_SELECT,
	MODE_REPORT };

struct opts {
	enum mode mode;
	unsigned given;			/* which options of single modes were there */
	const char *output;		/* -o, of --describe and lists; NULL: standard output */
	const char *list;		/* --list WHAT */
	const char *source;		/* --source, of --undo */
	char source_id[UUID_LEN + 1];	/* the same in lower case */
	bool all, force;		/* --all, --force, of --undo */
	bool yes;			/* --yes, of --undo --all and --reset */
	const char *only, *names;	/* --users and --rename, of --select */
	const char *selected, *p7, *rerun;	/* of --report */
	unsigned found;			/* --found, likewise: FOUND_... */
	char without[256];		/* --without, all of them: ",KIND,KIND," */
	int64_t wait;			/* --wait SECONDS, of --lock; -1: as long as it takes */
	char **users;			/* operands of --undo */
	size_t nusers;
	bool deep;			/* --deep, of --verify */
	struct target_opts target;
	struct load_opts load;
	struct progress_opts progress;
};

/* By what long option a mode is chosen, "load" without one. */
extern const char *const opts_mode_name[];

/* Is KIND one that --without leaves out? */
bool opts_without(const struct opts *o, const char *kind);
/* 0; 1: --help or --version was printed; -1: wrong use. */
int opts_parse(struct opts *o, int argc, char **argv, struct err *e);

#endif
