/*
 * Files of users and tenants as FILE and FILE_CHUNK records.
 * A tree is walked in the order of names (bytes), every directory before what is in it.  Symbolic
 * links are never followed, not even where a directory is exchanged for one meanwhile: everything
 * is opened relative to the directory above it.  A file is read twice (for its hash, then for its
 * content) unless it fits into one chunk.
 */
#ifndef FILES_H
#define FILES_H

#include "source/run.h"
#include "kinds/filedirs.h"

#define FILES_CHUNK ((size_t)1 << 20)
#define FILES_DEPTH 100		/* directories below each other */
#define FILES_TREES 8		/* directories of one user */

struct files {
	struct run *r;
	struct filedirs dirs;
	struct buf chunk;	/* content in hand */
	struct buf path;	/* below the owner's directory */
};

/* Nothing is there to be read when the site has no data directory; that is not an error. */
int files_open(struct files *f, struct run *r, struct err *e);
void files_close(struct files *f);
/* All files of a user, inside their block. */
int files_user(struct files *f, const char *email, struct err *e);
/* Directories that belong to no user, as WARN records. */
int files_stray(struct files *f, struct err *e);
/* files/corporate, outside of blocks. */
int files_corporate(struct files *f, struct err *e);

/* A place in a tree (filewalk.c); paths are made only when a record needs them. */
struct filetree {
	struct files *f;
	const char *root;	/* "private" or "corporate" */
	const char *owner;	/* directory below files/ROOT, "" for corporate */
	const char *user;	/* e-mail, or NULL */
	int fd;			/* of the tree's top */
	int earlier[FILES_TREES];	/* tops of the user's trees before this one */
	unsigned nearlier;
};

int filetree_write(struct filetree *t, struct err *e);
/* f->path is that of the tree's top. */
void filetree_top(struct filetree *t);
/* What could not be read, or is not a file; PATH is in f->path. */
int filetree_report(struct filetree *t, bool reject, const char *code, const char *reason,
    const char *action, struct err *e);
/* A REJECT; the remedy is BEFORE, a beginning ("rename it and "), and how the file comes again. */
int filetree_again(struct filetree *t, const char *code, const char *reason, const char *before,
    struct err *e);
/*
 * The thing at f->path cannot be read (errno).  What went meanwhile is rejected with CODE; anything
 * else ends the run, for its user would count as having all of their files.
 */
int filetree_unreadable(struct filetree *t, const char *code, struct err *e);

/* Send the regular file NAME of the directory DIR (filecontent.c); its path is in f->path. */
struct stat;
int file_write(struct filetree *t, int dir, const char *name, const struct stat *st,
    struct err *e);
/* Begin its FILE record; the caller adds and sends it. */
struct jsonw *file_begin(struct filetree *t, const struct stat *st);

#endif
