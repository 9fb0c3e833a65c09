/*
 * Paths inside a directory that must not be left, and work on whole trees.
 * Names come from the stream: none is absolute, none has "..".  P8's users and its web server can
 * write in these directories while we work there, perhaps as root: everything is done below a
 * directory that is open, and no symbolic link is followed.
 */
#ifndef LOAD_TREE_H
#define LOAD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "err.h"

/* N bytes are a relative path of ordinary components, each at most 255 bytes. */
bool tree_path_ok(const char *path, size_t n);
/*
 * Open the directory of PATH's last component below BASE, and point *NAME at that component.
 * MKDIR: make what is missing.  Returns a descriptor or -1 with errno set.
 */
int tree_parent(int base, const char *path, bool mkdir, const char **name);
/* The directory PATH itself, likewise. */
int tree_open(int base, const char *path, bool mkdir);
/*
 * DATA/files/ROOT, DATA being P8's data directory: 1, and a descriptor in *FD; 0: it is not there
 * (and not to be made), which DATA itself has to be; -1.  *FD is -1 then.
 */
int tree_top(const char *data, const char *root, bool mkdir, int *fd, struct err *e);
/* By this error of the above it is not there (any more): missing, a link, no directory. */
bool tree_gone(int error);
/*
 * What was just made in the directory DIR gets what P8 would give it there: the group and mode of
 * DIR (a file: without x), and as root the owner.  What a file system or our rights do not allow
 * stays as it is; webserver_locked_out (base/webserver.h) knows before.
 */
void tree_like(int dir, int fd);
/* At most MAX bytes of IN to OUT, both from their beginning: shared blocks, or copied; -1. */
int64_t tree_copy(int in, int out, int64_t max);
/*
 * Remove NAME in DIR and all below it; it is no error when it is not there.  However deep it is,
 * three files are open; below NAME things are moved on the way.
 */
int tree_remove(int dir, const char *name, struct err *e);
/* Called for each file that is there already, with its path below the top; "": the top itself. */
typedef int tree_conflict(void *arg, const char *path, struct err *e);
/*
 * Move the tree FROM to TO, both in DIR; where TO has something, it stays and CONFLICT is told.
 * FROM is gone then.
 */
int tree_move(int dir, const char *from, const char *to, tree_conflict *conflict, void *arg,
    struct err *e);
/* EXIT_TEMPORARY for a full disk, EXIT_PERMISSION, else EXIT_IO; message with strerror. */
int tree_fail(struct err *e, const char *what, const char *path);

#endif
