/*
 * What the operator sees of a run, and how to slow it down.
 *
 * Standard error: with -v a line a user; otherwise a line of the state every EVERY seconds, also
 * when the program waits for the database or its input; SIGUSR1 prints that line at any time.
 * The log (runlog.h) has all of it.
 * With EVENTS a program watches: lines that begin with PROGRESS_EVENT, which no message does, and
 * whose fields have tabs between, are written there instead of messages for people:
 *   user EMAIL VERDICT | wait WHY | go | state USERS ROWS EMAIL WHY     ("-": none)
 * Pace: units of work follow each other so that no more than MAX_RATE rows a second are written;
 * between users the run waits while PAUSE_FILE exists.  Both waits end at once when a signal asked
 * the program to stop.
 *
 * There is one struct progress in a program, from progress_open to progress_close: the signal
 * handlers know it.  They read only what the main program keeps complete, and write with write(2).
 * All functions but these two take NULL for no progress.
 */
#ifndef LOAD_PROGRESS_H
#define LOAD_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/runlog.h"

#define PROGRESS_EVERY 30	/* seconds */
#define PROGRESS_COUNTS 16
#define PROGRESS_EVENT "\036"
#define PROGRESS_WHY 4400	/* a reason may name a file */

/* Set by SIGINT and SIGTERM: stop after the current user. */
extern volatile sig_atomic_t load_stop;

struct progress_opts {
	bool verbose, quiet;
	uint64_t every;			/* seconds between lines, 0: none */
	uint64_t max_rate;		/* rows a second, 0: as fast as it can */
	const char *pause_file;		/* or NULL */
	const char *log;		/* or NULL */
	unsigned log_format;		/* 0: text, 1: json */
	uint64_t events;		/* descriptor for a program that watches; 0: none */
};

struct progress {
	struct progress_opts o;
	struct runlog log;
	uint64_t begun, due, logged;	/* ns of the monotonic clock */
	uint64_t user_begun;
	volatile uint64_t users, rows;
	char email[2][320];
	volatile sig_atomic_t at;	/* which of the two; -1: none */
	const char *volatile waiting;	/* why nothing happens, or NULL */
	char why[PROGRESS_WHY];
	struct {
		const char *name;
		uint64_t n;
	} count[PROGRESS_COUNTS];	/* for the last event */
	unsigned counts;
};

struct progress_user {
	const char *email;
	const char *verdict;	/* for people: "loaded", "not migrated: CODE" */
	const char *event;	/* for the log: "loaded", "there", "changed", "files", "rejected" */
	const char *code;	/* of a rejected user, or NULL */
	uint64_t things, rows;
};

/* SIGUSR1 is handled from here on.  EXIT_CANTCREATE: the log. */
int progress_open(struct progress *p, const struct progress_opts *o, struct err *e);
/* The run's first event: WHAT is done ("load", "verify", ...); INPUT may be NULL. */
void progress_start(struct progress *p, const char *what, const char *input, bool dry_run);
/* A user is taken up. */
void progress_begin(struct progress *p, const char *email);
void progress_user(struct progress *p, const struct progress_user *u);
/* N rows were written, or read; returns when the next ones may be. */
void progress_rows(struct progress *p, uint64_t n);
/* Wait while the pause file exists, unless the program is to stop. */
void progress_pause(struct progress *p);
/* Why nothing happens at the moment, until progress_go. */
void progress_wait(struct progress *p, const char *why);
void progress_go(struct progress *p);
/* Something the operator should know; not an error. */
void progress_warn(struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A number for the run's last event; NAME is a constant. */
void progress_count(struct progress *p, const char *name, uint64_t n);
/* The run's last event; MESSAGE says why it failed, or is NULL. */
void progress_end(struct progress *p, int status, const char *message);
/* EXIT_IO when the log could not be written, EXIT_TEMPORARY when its disk is full. */
int progress_close(struct progress *p, struct err *e);

#endif
