#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tree.h"

#define COPY_BLOCK ((size_t)1 << 20)
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

static int step(int at, const char *name, bool mkdir)
{
	int fd = openat(at, name, DIR_FLAGS);

	if (fd >= 0 || errno != ENOENT || !mkdir)
		return fd;
	if (mkdirat(at, name, 0755) < 0 && errno != EEXIST)
		return -1;
	fd = openat(at, name, DIR_FLAGS);
	if (fd >= 0)
		tree_own(at, fd);
	return fd;
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

void tree_own(int base, int fd)
{
	struct stat st;

	if (geteuid() != 0 || fstat(base, &st) < 0)
		return;
	if (fchown(fd, st.st_uid, st.st_gid) < 0)
		return;		/* a file system without owners */
}

static int64_t copy_here(int in, int out)
{
	char *block = malloc(COPY_BLOCK);
	int64_t total = 0;
	ssize_t r = -1, w, at;

	if (block == NULL)
		return -1;
	while ((r = read(in, block, COPY_BLOCK)) > 0) {
		for (at = 0; at < r; at += w) {
			w = write(out, block + at, (size_t)(r - at));
			if (w < 0) {
				free(block);
				return -1;
			}
		}
		total += r;
	}
	free(block);
	return r < 0 ? -1 : total;
}

int64_t tree_copy(int in, int out)
{
	int64_t total = 0;
	struct stat st;
	ssize_t n;

	if (ioctl(out, FICLONE, in) == 0)
		return fstat(out, &st) < 0 ? -1 : st.st_size;
	while ((n = copy_file_range(in, NULL, out, NULL, (size_t)1 << 30, 0)) > 0)
		total += n;
	if (n == 0 && total > 0)
		return total;
	if (n < 0 && (total > 0 || errno == ENOSPC || errno == EDQUOT || errno == EIO))
		return -1;
	return copy_here(in, out);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)st;
	(void)type;
	(void)f;
	return remove(path) < 0 && errno != ENOENT;
}

int tree_remove(const char *path, struct err *e)
{
	if (access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
		return tree_fail(e, "cannot remove", path);
	return 0;
}

struct move {
	tree_conflict *conflict;
	void *arg;
	char path[2 * PATH_MAX];	/* below the top */
	struct err *e;
};

static int move_entries(struct move *m, int from, int to);

/* A directory that exists on both sides. */
static int move_dir(struct move *m, int from, int to, const char *name)
{
	int a = openat(from, name, DIR_FLAGS), b = openat(to, name, DIR_FLAGS), rc = -1;

	if (a < 0 || b < 0)
		rc = m->conflict(m->arg, m->path, m->e);
	else
		rc = move_entries(m, a, b);
	if (a >= 0)
		close(a);
	if (b >= 0)
		close(b);
	if (rc == 0)
		unlinkat(from, name, AT_REMOVEDIR);
	return rc;
}

static int move_entry(struct move *m, int from, int to, const char *name)
{
	struct stat st;

	if (renameat2(from, name, to, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST)
		return tree_fail(m->e, "cannot move", m->path);
	if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode))
		return move_dir(m, from, to, name);
	return m->conflict(m->arg, m->path, m->e);
}

static int move_entries(struct move *m, int from, int to)
{
	size_t len = strlen(m->path);
	struct dirent *d;
	int fd = dup(from), rc = 0;
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (dir == NULL)
		return tree_fail(m->e, "cannot read", m->path);
	while (rc == 0 && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		snprintf(m->path + len, sizeof(m->path) - len, "%s%s", len ? "/" : "", d->d_name);
		rc = move_entry(m, from, to, d->d_name);
		m->path[len] = '\0';
	}
	closedir(dir);
	return rc;
}

int tree_move(const char *from, const char *to, tree_conflict *conflict, void *arg,
    struct err *e)
{
	struct move m = { .conflict = conflict, .arg = arg, .e = e };
	int a, b, rc;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EEXIST)
		return tree_fail(e, "cannot rename", from);
	a = open(from, DIR_FLAGS);
	b = open(to, DIR_FLAGS);
	rc = a < 0 || b < 0 ? tree_fail(e, "cannot open", to) : move_entries(&m, a, b);
	if (a >= 0)
		close(a);
	if (b >= 0)
		close(b);
	return rc < 0 ? -1 : tree_remove(from, e);
}

int tree_fail(struct err *e, const char *what, const char *path)
{
	if (errno == ENOSPC || errno == EDQUOT)
		return err_sys(
		    e, EXIT_TEMPORARY, "%s %s (make room and run again, it resumes)", what, path);
	return err_sys(e, errno == EACCES || errno == EPERM || errno == EROFS ? EXIT_PERMISSION :
	    EXIT_IO, "%s %s", what, path);
}
