/*
 * Paths inside a directory that must not be left, and work on whole trees.
 * Names come from the stream: none is absolute, none has "..", no symbolic link is followed.
 */
#ifndef LOAD_TREE_H
#define LOAD_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "err.h"

/* N bytes are a relative path of ordinary components, each at most 255 bytes. */
bool tree_path_ok(const char *path, size_t n);
/*
 * Open the directory of PATH's last component below BASE, and point *NAME at that component.
 * MKDIR: make what is missing.  Returns a descriptor or -1 with errno set.
 */
int tree_parent(int base, const char *path, bool mkdir, const char **name);
/* Owner of what is made: that of the directory BASE when we are root. */
void tree_own(int base, int fd);
/* All bytes of IN to OUT: shared blocks, copied by the kernel, or copied here; -1 with errno. */
int64_t tree_copy(int in, int out);
/* Remove PATH and all below it; it is no error when it is not there. */
int tree_remove(const char *path, struct err *e);
/* Called for each file that is there already, with its path below the top. */
typedef int tree_conflict(void *arg, const char *path, struct err *e);
/* Move the tree FROM to TO; where TO has something, it stays and CONFLICT is told. */
int tree_move(const char *from, const char *to, tree_conflict *conflict, void *arg,
    struct err *e);
/* EXIT_TEMPORARY for a full disk, EXIT_PERMISSION, else EXIT_IO; message with strerror. */
int tree_fail(struct err *e, const char *what, const char *path);

#endif
