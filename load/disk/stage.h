/*
 * A user's files on their way: they are written into data/files/private/.p7m-UUID, verified and
 * synced; after the commit of the user's rows that directory becomes data/files/private/UUID.
 * Nothing that is there already is overwritten.  The directory is locked (flock) while it is
 * written: a loader whose connection is lost, and with it the user's lock, may be at work in it
 * still.
 * A struct stage owns its descriptors and memory; stage_init begins it, stage_free frees it.
 */
#ifndef LOAD_STAGE_H
#define LOAD_STAGE_H

#include <limits.h>
#include <nettle/sha2.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "disk/tree.h"

/* A name that begins so, and goes on with a UUID, is ours. */
#define STAGE_TEMPORARY ".p7m-"
#define STAGE_PATH_MAX 4096
#define STAGE_DIRS_MAX ((size_t)16 << 20)	/* bytes of directory names of one user */
#define STAGE_FSYNC_MAX 16	/* more files of a user than this: the file system is synced */

/* The file that is being written. */
struct stage_file {
	bool open, bad;		/* bad: reported; its further chunks are passed over */
	int dir, fd;
	char root[16];
	char path[STAGE_PATH_MAX];
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

/* Whose files they are, and P8's data directory; NULL: it is not known. */
struct stage_owner {
	const char *data, *uuid, *email;
};

void stage_init(struct stage *s);
/* The directory that they are written into, made when it is first needed: a descriptor, or -1. */
int stage_base(struct stage *s, const struct stage_owner *o, struct err *e);
/* The directory of the current record is there; its time is set when all in it was written. */
int stage_remember_dir(struct stage *s, const struct stage_owner *o, struct err *e);
/* All files are there: directory times are set, everything is synced. */
int stage_sync(struct stage *s, const struct stage_owner *o, struct err *e);
/* Move them to their place, or find that this was done; CONFLICT: tree_move. */
int stage_place(const struct stage_owner *o, tree_conflict *conflict, void *arg, struct err *e);
/* Forget and remove what was staged. */
void stage_discard(struct stage *s, const struct stage_owner *o);
/* The descriptors of the file at hand are closed. */
void stage_close_file(struct stage_file *f);
void stage_free(struct stage *s);

/* data/files/ROOT, as tree_top has it; EXIT_CONFIG: where P8 keeps files is not known. */
int stage_root(const char *data, const char *root, bool mkdir, int *fd, struct err *e);
/* This error says that a name cannot be in P8's directory, and never will. */
bool stage_refuses(int error);

#endif
