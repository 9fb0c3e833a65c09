/*
 * Reader of the simple PHP files that P7 keeps its configuration in, without running PHP.
 * Understood: string, integer, true/false/null literals, arrays of them (array(...) or [...], with
 * or without keys), variables that were assigned such a value before, comments, and the one
 * "return" whose array is the configuration.  Every other expression is PC_UNKNOWN, every other
 * statement sets "code": the caller tells the operator instead of guessing.
 * A struct phpconf owns all its text; phpconf_free frees it.
 */
#ifndef PHPCONF_H
#define PHPCONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "err.h"

#define PHPCONF_FILE_MAX ((size_t)1 << 20)
#define PHPCONF_PAIRS 8192	/* elements of all arrays of a file */
#define PHPCONF_VARS 64
#define PHPCONF_DEPTH 16

enum pctype { PC_UNKNOWN, PC_NULL, PC_BOOL, PC_INT, PC_STR, PC_ARRAY };

struct pcval {
	enum pctype type;
	int64_t i;		/* PC_INT; PC_BOOL: 0 or 1; PC_ARRAY: number of the array */
	const char *s;		/* PC_STR, NUL-terminated */
	size_t n;
};

struct pcpair {
	int64_t array;		/* the array it is an element of */
	const char *key;	/* NULL: an element without a string key */
	struct pcval v;
};

struct pcvar {
	const char *name;
	struct pcval v;
};

struct phpconf {
	struct pcpair *pairs;
	size_t npairs;
	struct pcvar vars[PHPCONF_VARS];
	size_t nvars;
	int64_t arrays;		/* how many were numbered */
	struct pcval root;	/* what "return" returns; PC_UNKNOWN without one */
	bool code;		/* there are statements that were not understood */
	char *text;		/* all names and strings */
	size_t textlen;
};

/* EXIT_NOINPUT when the file is absent, EXIT_CONFIG when it is too large or ends in mid-text. */
int phpconf_read(struct phpconf *c, const char *path, struct err *e);
void phpconf_free(struct phpconf *c);
/* The value of KEY in the returned array (of equal keys the last), or NULL when it is not there. */
const struct pcval *phpconf_get(const struct phpconf *c, const char *key);
/* The elements of array A in order: start with *AT = 0; NULL at the end. */
const struct pcpair *phpconf_each(const struct phpconf *c, const struct pcval *a, size_t *at);

#endif
