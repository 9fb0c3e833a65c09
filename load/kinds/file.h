/*
 * Files of the stream into P8's data directory.
 * A user's files are written into data/files/private/.p7m-UUID, verified and synced; after the
 * commit of his rows that directory becomes data/files/private/UUID.  Nothing that is there
 * already is overwritten.  The directory is locked (flock) while it is written: a loader whose
 * connection is lost, and with it the user's lock, may be at work in it still.
 * A corporate file is written under a temporary name beside its own, and locked, too; what a killed
 * run left of one goes when the next one writes into that directory.
 * Owner, group and mode are those that P8 would give there (tree_like), not P7's.
 * A full disk ends the run with EXIT_TEMPORARY: it can be resumed.  So does a file of P7 that
 * cannot be read, with the status that says why: only what is not there any more, or is no file
 * any more, is a REJECT.
 */
#ifndef LOAD_FILES_H
#define LOAD_FILES_H

#include <limits.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "err.h"

#define FILES_PATH_MAX 4096
#define FILES_DIRS_MAX ((size_t)16 << 20)	/* bytes of directory names of one user */
#define FILES_FSYNC_MAX 16	/* more files of a user than this: the file system is synced */

struct context;

/* The file that is being written. */
struct stage_file {
	bool open, bad;		/* bad: reported; its further chunks are passed over */
	int dir, fd;
	char root[16];
	char path[FILES_PATH_MAX];
	size_t path_len;
	char name[NAME_MAX + 1];	/* in dir, the temporary one for corporate files */
	char final[NAME_MAX + 1];
	int64_t size, got, mtime, mtime_ns;
	bool changed;		/* it was copied, and is not what the stream says */
	char sha[65];		/* as announced, "" when not */
	struct sha256_ctx ctx;
	char *record;		/* the FILE record, for a REJECT */
	size_t record_len;
};

/* A user's files on their way. */
struct stage {
	bool used;		/* the directory was made */
	int lock;		/* when used: the directory, open and locked */
	struct stage_file f;
	struct buf dirs;	/* path NUL, mtime, ns of each directory */
	uint64_t n, bytes;
	dev_t swept_dev;	/* the last directory of corporate files that was looked through */
	ino_t swept_ino;
};

/* Can DIR, which --files-from names, hold P7's files?  NULL: yes.  EXIT_NOINPUT. */
int files_check_source(const char *dir, struct err *e);
/* A FILE record, inside a user or of the whole installation. */
int files_record(struct context *x, struct err *e);
int files_chunk(struct context *x, struct err *e);
/*
 * The file at hand is left out, and reported with its record; the remedy is BEFORE ("rename it
 * and ", or ""), and how the file comes again.
 */
int files_reject_again(struct context *x, const char *code, const char *reason, const char *before,
    struct err *e);
/* Another record follows: the file at hand is complete, or is rejected. */
int files_close_one(struct context *x, struct err *e);
/* All files of the user are there: directory times are set, everything is synced. */
int files_sync(struct context *x, struct err *e);
/* Move the user's files to their place, or find that this was done. */
int files_place(struct context *x, struct err *e);
/* Forget and remove what was staged. */
void files_discard(struct context *x);
void files_free(struct stage *s);

#endif
