/*
 * A program's command line as one table: each option's name, the kind of its argument, the member
 * of the program's own structure that takes it, the modes in which it has a meaning, and its line
 * of help.  The text of --help, the checks and the commands that messages suggest come from it.
 *
 * getopt_long(3) finds the options: "--name value", "--name=value", "-o value", letters behind one
 * dash, operands between options.  argp and popt are not used: both print and exit by themselves,
 * and know neither ranges nor modes.
 *
 * All strings are argv's or the table's.  Failures are EXIT_USAGE, in one line that names the
 * option and ends in "see PROG --help".  Never shown is what follows an option that is not known:
 * it may be a password.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "err.h"
#include "samefile.h"

enum option_kind {
	OPT_HEADING,		/* no option: its help stands above those that follow */
	OPT_FLAG,		/* no argument; bool */
	OPT_TEXT,		/* const char * */
	OPT_READ, OPT_WRITE, OPT_APPEND, OPT_TREE,	/* likewise, a path: samefile.h */
	OPT_NUMBER,		/* uint64_t, from min to max */
	OPT_CHOICE,		/* one of words; unsigned: min and its place among them */
	OPT_SET,		/* some of words, with commas between; unsigned, a bit for each */
	OPT_LIST,		/* may be given again and again; struct option_list */
	OPT_OPERAND,		/* not an option: the operand; const char *, a path that is read */
	OPT_OPERANDS,		/* the operands of these modes; struct option_list */
	OPT_PASSWORD		/* refused; arg is the option that names an option file */
};

struct option_list {
	const char **v;		/* options_free frees it; NULL while n is 0 */
	size_t n, size;
};

struct option_row {
	const char *name;	/* without "--"; of an operand, what it is: "input" */
	enum option_kind kind;
	size_t at;		/* the member, by the macros below */
	uint64_t min, max;
	const char *const *words;	/* NULL at the end */
	char letter;		/* "-o", or 0 */
	unsigned modes;		/* 1 << mode for each that heeds it; 0: all */
	unsigned chooses;	/* the mode that it chooses; 0: none */
	const char *needs;	/* the option without which it has no meaning, or NULL */
	const char *nonempty;	/* what an empty value is not: "an e-mail"; NULL: it may be empty */
	bool once;		/* a second one would be overlooked, and is refused */
	bool kept;		/* commands that are suggested have it too: options_kept */
	const char *arg;	/* "FILE", for the help */
	const char *help;	/* lines without indentation; NULL: not shown */
};

/* Where an option goes: TYPE is that of member M of T, else it does not compile. */
#define OPTION_AT(type, T, m) \
	(offsetof(T, m) + 0 * sizeof(*(1 ? (type *)0 : &((T *)0)->m)))

/* Behind an option's name: its kind and its place. */
#define OPTION_FLAG(T, m)	OPT_FLAG, OPTION_AT(bool, T, m)
#define OPTION_TEXT(T, m)	OPT_TEXT, OPTION_AT(const char *, T, m)
#define OPTION_READ(T, m)	OPT_READ, OPTION_AT(const char *, T, m)
#define OPTION_WRITE(T, m)	OPT_WRITE, OPTION_AT(const char *, T, m)
#define OPTION_APPEND(T, m)	OPT_APPEND, OPTION_AT(const char *, T, m)
#define OPTION_TREE(T, m)	OPT_TREE, OPTION_AT(const char *, T, m)
#define OPTION_NUMBER(T, m, low, high)	OPT_NUMBER, OPTION_AT(uint64_t, T, m), low, high
#define OPTION_CHOICE(T, m, list, first) \
	OPT_CHOICE, OPTION_AT(unsigned, T, m), first, .words = list
#define OPTION_SET(T, m, list)	OPT_SET, OPTION_AT(unsigned, T, m), .words = list
#define OPTION_LIST(T, m)	OPT_LIST, OPTION_AT(struct option_list, T, m)
#define OPTION_OPERAND(T, m)	OPT_OPERAND, OPTION_AT(const char *, T, m)
#define OPTION_OPERANDS(T, m)	OPT_OPERANDS, OPTION_AT(struct option_list, T, m)
#define OPTION_MODE(mode)	OPT_FLAG, OPTION_NOWHERE, .chooses = (mode)
#define OPTION_NOWHERE		((size_t)-1)

/*
 * Where a database is, heeded in the modes IN: member M of T is a struct db_opts.  DB stands before
 * the names, DATABASE is the name of the last but two, U the letter of the user's, or 0.
 */
#define OPTION_DB(T, m, db, database, u, in) \
	{ db "host", OPTION_TEXT(T, m.host), .modes = in, .kept = true, .arg = "HOST", \
	    .help = "the database server" }, \
	{ db "port", OPTION_NUMBER(T, m.port, 1, 65535), .modes = in, .kept = true, .arg = "N", \
	    .help = "its port" }, \
	{ db "socket", OPTION_TEXT(T, m.socket), .modes = in, .kept = true, .arg = "PATH", \
	    .help = "its socket" }, \
	{ db "user", OPTION_TEXT(T, m.user), .letter = u, .modes = in, .kept = true, \
	    .arg = "NAME", .help = "the user who connects" }, \
	{ database, OPTION_TEXT(T, m.name), .modes = in, .kept = true, .arg = "NAME", \
	    .help = "the database" }, \
	{ db "defaults-file", OPTION_READ(T, m.defaults_file), .modes = in, .kept = true, \
	    .arg = "FILE", .help = "option file ([client]) with user and password" }, \
	{ db "password", OPT_PASSWORD, .letter = 'p', .arg = db "defaults-file" }

/* How a mode is called, "--check" or "a load"; and what it does, where that says why an option
   has no meaning for it, "lists all users". */
struct option_mode {
	const char *name, *does;
};

struct option_program {
	const char *name;		/* "p8-load" */
	const char *usage;		/* of --help, up to the options */
	const struct option_row *rows;
	size_t nrows;			/* at most OPTIONS_MAX */
	const struct option_mode *modes;	/* mode 0 is that without an option; or NULL */
	size_t nmodes;
};
#define OPTIONS_MAX 64

/* What was found, besides the members. */
struct options {
	const struct option_program *program;
	void *to;
	uint64_t given;			/* a bit for each row */
	unsigned mode;
	char **operand;			/* in argv */
	size_t noperands;
};

/*
 * Read ARGV into TO, whose members have their defaults.  0; 1: TEXT is what --help or --version
 * print, and nothing else is to be done; -1: wrong use.
 */
int options_read(struct options *o, const struct option_program *p, void *to, int argc, char **argv,
    struct buf *text, struct err *e);
/*
 * What was read is complete, has a meaning in o->mode, and no file that is read is written too
 * (EXTRA are NEXTRA other files that the program uses).  Operands go to their members; a program
 * that reads them itself takes them from O first.
 */
int options_check(struct options *o, const struct file_use *extra, size_t nextra, struct err *e);
/* The lists of TO. */
void options_free(const struct option_program *p, void *to);
/* WHAT is wrong about the command line; returns -1. */
int options_wrong(const struct option_program *p, struct err *e, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Was the option of this NAME given? */
bool options_given(const struct options *o, const char *name);
/* A password stands where all can see it; OPTION names an option file.  Returns -1. */
int options_password(const char *option, struct err *e);
/* Append " --name 'value'" for sh(1), for each option that is kept and whose member is set. */
void options_kept(const struct option_program *p, const void *to, unsigned mode, struct buf *out);
/* The number that S is, nothing before or behind it, from MIN to MAX, into OUT; -1: it is none. */
int option_number(const char *s, uint64_t min, uint64_t max, uint64_t *out);

#endif
