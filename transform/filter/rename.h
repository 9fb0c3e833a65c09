/*
 * Users who get another name on the way (--rename): a file of lines "old e-mail, TAB, new e-mail",
 * applied once to every name (so names can be exchanged), compared without regard to the case of A
 * to Z.  Blank lines, "#" at the start of a line, blanks around names, a byte order mark and CRLF
 * do no harm.
 * The texts belong to the struct and stay until rename_free; of the file, at most RENAME_MAX bytes
 * are taken.
 */
#ifndef RENAME_H
#define RENAME_H

#include "buf.h"
#include "err.h"
#include "jsonr.h"
#include "jsonw.h"

#define PRINCIPALS "principals/"
#define RENAME_MAX ((size_t)64 << 20)

struct rename_pair {
	const char *from, *to;
	size_t line;
};

struct rename {
	struct buf text;
	struct rename_pair *v;	/* by FROM */
	size_t n, size;
	char sha256[65];	/* of the file */
	bool given;
	bool accounts;		/* addresses and logins of mail accounts, too */
	struct buf spare;	/* principals that were made */
};

/* EXIT_NOINPUT; EXIT_DATA: a line of another form, a name that is twice on one side. */
int rename_read(struct rename *m, const char *path, struct err *e);
void rename_free(struct rename *m);
/* The new name of an e-mail of N bytes, or NULL when it stays. */
const char *rename_of(const struct rename *m, const char *email, size_t n);
/* The same for "principals/<e-mail>"; valid until the next call.  NULL: it stays. */
const char *rename_principal(struct rename *m, const char *uri, size_t n);
/*
 * A REJECT or WARN record of an earlier stage whose user has another name now: 1, and the whole
 * record in OUT; 0: it stays as it is; -1: out of memory.
 */
int rename_report(const struct rename *m, const struct jdoc *d, struct buf *out, struct err *e);

#endif
