/*
 * Exit statuses, the same for every program; man pages document them.
 * EXIT_REJECTS: the run ended, but something was rejected.  The others are sysexits(3)'s numbers.
 */
#ifndef EXITCODE_H
#define EXITCODE_H

enum exitcode {
	EXIT_BALANCED = 0,	/* read = loaded + already there + rejected, nothing rejected */
	EXIT_REJECTS = 1,	/* done, with rejects */
	EXIT_USAGE = 64,	/* wrong command line */
	EXIT_DATA = 65,		/* bad or truncated input */
	EXIT_NOINPUT = 66,	/* input missing */
	EXIT_UNAVAILABLE = 69,	/* database unavailable */
	EXIT_BUG = 70,		/* something that cannot happen did */
	EXIT_CANTCREATE = 73,	/* an output cannot be created */
	EXIT_IO = 74,		/* reading or writing failed (but not a full disk) */
	EXIT_TEMPORARY = 75,	/* run the same command again; also a full disk */
	EXIT_PERMISSION = 77,	/* a privilege or file permission is missing or too wide */
	EXIT_CONFIG = 78	/* wrong configuration, wrong database, wrong directory */
};

#endif
