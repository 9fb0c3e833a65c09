#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk/tree.h"

#define COPY_BLOCK ((size_t)1 << 20)
#define UNFINISHED ".p7m-unfinished"
#define MAKE_TRIES 100
#define MOVED_UP ".p7m-removed-"
#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

bool tree_path_ok(const char *path, size_t n)
{
	const char *p = path, *end = path + n, *slash;
	size_t len;

	if (n == 0 || memchr(path, '\0', n) != NULL)
		return false;
	for (; p <= end; p += len + 1) {
		slash = p < end ? memchr(p, '/', (size_t)(end - p)) : NULL;
		len = (size_t)((slash ? slash : end) - p);
		if (len == 0 || len > NAME_MAX || (len == 1 && p[0] == '.') ||
		    (len == 2 && p[0] == '.' && p[1] == '.'))
			return false;
	}
	return true;
}

/*
 * Make the directory NAME in AT: whole, or not at all.  A run that was killed before it had mode
 * and
 * owner leaves it under a name that the next one takes up.
 */
static int make(int at, const char *name)
{
	unsigned try;
	int fd;

	for (try = 0; try < MAKE_TRIES; try++) {
		if (mkdirat(at, UNFINISHED, 0700) < 0 && errno != EEXIST)
			return -1;
		fd = openat(at, UNFINISHED, DIR_FLAGS);
		if (fd < 0 && errno != ENOENT)
			return -1;
		if (fd < 0)
			continue;
		tree_like(at, fd);
		if (renameat2(at, UNFINISHED, at, name, RENAME_NOREPLACE) == 0)
			return fd;
		close(fd);
		/* Somebody else was faster: made NAME, or took what was unfinished for another. */
		if (errno == EEXIST) {
			unlinkat(at, UNFINISHED, AT_REMOVEDIR);
			return openat(at, name, DIR_FLAGS);
		}
		if (errno != ENOENT)
			return -1;
	}
	errno = EBUSY;
	return -1;
}

static int step(int at, const char *name, bool mkdir)
{
	int fd = openat(at, name, DIR_FLAGS);

	return fd >= 0 || errno != ENOENT || !mkdir ? fd : make(at, name);
}

int tree_parent(int base, const char *path, bool mkdir, const char **name)
{
	char part[NAME_MAX + 1];
	int at = dup(base), next;
	const char *slash;

	while (at >= 0 && (slash = strchr(path, '/')) != NULL) {
		if ((size_t)(slash - path) > NAME_MAX) {
			close(at);
			errno = ENAMETOOLONG;
			return -1;
		}
		memcpy(part, path, (size_t)(slash - path));
		part[slash - path] = '\0';
		next = step(at, part, mkdir);
		close(at);
		at = next;
		path = slash + 1;
	}
	*name = path;
	return at;
}

int tree_open(int base, const char *path, bool mkdir)
{
	const char *name;
	int at = tree_parent(base, path, mkdir, &name), fd;

	if (at < 0)
		return -1;
	fd = step(at, name, mkdir);
	close(at);
	return fd;
}

int tree_top(const char *data, const char *root, bool mkdir, int *fd, struct err *e)
{
	int base = open(data, O_RDONLY | O_DIRECTORY | O_CLOEXEC), why;
	char path[64];

	*fd = -1;
	if (base < 0)
		return err_sys(e, errno == EACCES ? EXIT_PERMISSION : EXIT_NOINPUT,
		    "cannot open %s", data);
	snprintf(path, sizeof(path), "files/%s", root);
	*fd = tree_open(base, path, mkdir);
	why = errno;
	close(base);
	if (*fd >= 0)
		return 1;
	if (why == ENOENT && !mkdir)
		return 0;
	if (why == ELOOP || why == ENOTDIR)
		return err_set(e, EXIT_CONFIG, "%s/%s is a symbolic link or not a directory, or the"
		    " one above is; a link is not followed there: mount the directory in its place"
		    " (mount --bind)", data, path);
	errno = why;
	return tree_fail(e, "cannot make or open in P8's data directory", path);
}

bool tree_gone(int error)
{
	return error == ENOENT || error == ELOOP || error == ENOTDIR;
}

void tree_like(int dir, int fd)
{
	struct stat st, now;

	if (fstat(dir, &st) < 0 || fstat(fd, &now) < 0)
		return;
	if (fchown(fd, geteuid() == 0 ? st.st_uid : (uid_t)-1, st.st_gid) < 0 &&
	    errno != EPERM)
		return;		/* a file system without owners has no modes either */
	fchmod(fd, st.st_mode & (S_ISDIR(now.st_mode) ? 02777 : 0666));
}

static int64_t copy_here(int in, int out, int64_t max)
{
	char *block = malloc(COPY_BLOCK);
	int64_t total = 0;
	ssize_t r = 0, w = 0, at;

	if (block == NULL)
		return -1;
	while (w >= 0 && total < max) {
		r = read(in, block, max - total < (int64_t)COPY_BLOCK ? (size_t)(max - total) :
		    COPY_BLOCK);
		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0)
			break;
		for (at = 0; w >= 0 && at < r; at += w > 0 ? w : 0) {
			w = write(out, block + at, (size_t)(r - at));
			if (w < 0 && errno == EINTR)
				w = 0;
		}
		total += r;
	}
	free(block);
	return r < 0 || w < 0 ? -1 : total;
}

int64_t tree_copy(int in, int out, int64_t max)
{
	int64_t total = 0;
	struct stat st;
	ssize_t n = 1;

	if (ioctl(out, FICLONE, in) == 0)
		return fstat(out, &st) < 0 ? -1 : st.st_size;
	while (total < max && n > 0) {
		n = copy_file_range(in, NULL, out, NULL, max - total < (int64_t)1 << 30 ?
		    (size_t)(max - total) : (size_t)1 << 30, 0);
		if (n > 0)
			total += n;
		else if (n < 0 && errno == EINTR)
			n = 1;
	}
	if (n < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EIO))
		return -1;
	if (total == max || (n == 0 && total > 0))
		return total;
	/* Some file systems cannot do it, others say that there is nothing. */
	if (lseek(in, 0, SEEK_SET) != 0 || lseek(out, 0, SEEK_SET) != 0)
		return -1;
	return copy_here(in, out, max);
}

/*
 * A tree is removed with two descriptors, however deep it is: a directory that is not empty is
 * moved up to the TOP of what is removed, and emptied there in its turn.
 */
struct removal {
	int top;
	unsigned n;		/* for the next name there */
	bool more;		/* something was moved there */
	const char *shown;	/* for messages */
	struct err *e;
};

static int open_entries(int at, const char *name, DIR **dir)
{
	int fd = openat(at, name, DIR_FLAGS);

	*dir = fd < 0 ? NULL : fdopendir(fd);
	if (*dir == NULL && fd >= 0)
		close(fd);
	return *dir == NULL ? -1 : 0;
}

/* 1: NAME in the directory AT is gone; 0: it is a directory that is not empty; -1. */
static int remove_one(const struct removal *r, int at, const char *name)
{
	if (unlinkat(at, name, 0) == 0 || errno == ENOENT)
		return 1;
	if (errno != EISDIR && errno != EPERM)
		return tree_fail(r->e, "cannot remove", r->shown);
	if (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 1;
	return errno == ENOTEMPTY || errno == EEXIST ? 0 :
	    tree_fail(r->e, "cannot remove", r->shown);
}

static int move_up(struct removal *r, int at, const char *name)
{
	char to[40];

	do {
		snprintf(to, sizeof(to), MOVED_UP "%u", r->n++);
		if (renameat2(at, name, r->top, to, RENAME_NOREPLACE) == 0) {
			r->more = true;
			return 0;
		}
	} while (errno == EEXIST);
	return errno == ENOENT ? 0 : tree_fail(r->e, "cannot remove", r->shown);
}

/* What DEEPER does with NAME in the directory AT, which is a directory that is not empty. */
typedef int deeper(struct removal *r, int at, const char *name);

static int empty(struct removal *r, DIR *dir, deeper *how)
{
	const struct dirent *d;
	int rc = 0;

	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		rc = remove_one(r, dirfd(dir), d->d_name);
		rc = rc == 0 ? how(r, dirfd(dir), d->d_name) : rc < 0 ? -1 : 0;
	}
	if (rc == 0 && errno != 0)
		rc = tree_fail(r->e, "cannot read", r->shown);
	return rc;
}

static int flatten(struct removal *r, int at, const char *name)
{
	DIR *dir;
	int rc;

	if (open_entries(at, name, &dir) < 0)
		return errno == ENOENT ? 0 : tree_fail(r->e, "cannot open", r->shown);
	rc = empty(r, dir, move_up);
	closedir(dir);
	if (rc == 0 && unlinkat(at, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		rc = tree_fail(r->e, "cannot remove", r->shown);
	return rc;
}

int tree_remove(int dir, const char *name, struct err *e)
{
	struct removal r = { .shown = name, .e = e };
	DIR *all;
	int rc = remove_one(&r, dir, name);

	if (rc != 0)
		return rc < 0 ? -1 : 0;
	if (open_entries(dir, name, &all) < 0)
		return tree_fail(e, "cannot open", name);
	r.top = dirfd(all);
	do {
		r.more = false;
		rewinddir(all);
		rc = empty(&r, all, flatten);
	} while (rc == 0 && r.more);
	closedir(all);
	if (rc == 0 && unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT)
		rc = tree_fail(e, "cannot remove", name);
	return rc;
}

struct move {
	tree_conflict *conflict;
	void *arg;
	char path[2 * PATH_MAX];	/* below the top */
	struct err *e;
};

static int move_entries(struct move *m, int from, int to);

/* NAME is a directory in FROM, and something in TO. */
static int move_dir(struct move *m, int from, const char *name, int to, const char *as)
{
	int a = openat(from, name, DIR_FLAGS), b, rc;

	if (a < 0)
		return tree_fail(m->e, "cannot open", name);
	b = openat(to, as, DIR_FLAGS);
	if (b < 0 && !tree_gone(errno))
		rc = tree_fail(m->e, "cannot open", as);
	else
		rc = b < 0 ? m->conflict(m->arg, m->path, m->e) : move_entries(m, a, b);
	close(a);
	if (b >= 0)
		close(b);
	/* What stayed, because P8 has it, goes. */
	return rc < 0 ? -1 : tree_remove(from, name, m->e);
}

static int move_entry(struct move *m, int from, int to, const char *name)
{
	struct stat st;

	if (renameat2(from, name, to, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST)
		return tree_fail(m->e, "cannot move", m->path);
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return move_dir(m, from, name, to, name);
	return m->conflict(m->arg, m->path, m->e);
}

static int move_entries(struct move *m, int from, int to)
{
	size_t len = strlen(m->path);
	struct dirent *d;
	int fd = fcntl(from, F_DUPFD_CLOEXEC, 0), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL) {
		if (fd >= 0)
			close(fd);
		return tree_fail(m->e, "cannot read", m->path);
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		snprintf(m->path + len, sizeof(m->path) - len, "%s%s", len ? "/" : "", d->d_name);
		rc = move_entry(m, from, to, d->d_name);
		m->path[len] = '\0';
	}
	if (rc == 0 && errno != 0)
		rc = tree_fail(m->e, "cannot read", m->path);
	closedir(dir);
	return rc;
}

int tree_move(int dir, const char *from, const char *to, tree_conflict *conflict, void *arg,
    struct err *e)
{
	struct move m = { .conflict = conflict, .arg = arg, .e = e };

	if (renameat2(dir, from, dir, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST)
		return tree_fail(e, "cannot rename", from);
	return move_dir(&m, dir, from, dir, to);
}

int tree_fail(struct err *e, const char *what, const char *path)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return err_sys(
		    e, EXIT_TEMPORARY, "%s %s (make room and run again, it resumes)", what, path);
	return err_sys(e, errno == EACCES || errno == EPERM || errno == EROFS ? EXIT_PERMISSION :
	    EXIT_IO, "%s %s", what, path);
}
