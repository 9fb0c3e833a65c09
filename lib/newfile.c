#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newfile.h"

#define TRIES 100
#define SUFFIX 10		/* bytes of ".xxxxxxxx" and NUL */
#define FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

bool newfile_is_device(const char *path)
{
	struct stat st;

	if (strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0)
		return true;
	if (strncmp(path, "/proc/", 6) == 0)
		return true;
	return stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
}

char *newfile_directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
}

/* In a sticky directory only its owner, the file's and root may replace a file. */
static int check_owner(const char *path, const struct stat *st, struct err *e)
{
	char *dir = newfile_directory(path);
	struct stat in;
	bool others;

	if (dir == NULL)
		return err_memory(e);
	others = stat(dir, &in) == 0 && (in.st_mode & S_ISVTX) &&
	    (in.st_mode & (S_IWGRP | S_IWOTH)) && st->st_uid != geteuid() && st->st_uid != 0;
	free(dir);
	if (!others)
		return 0;
	return err_set(e, EXIT_CANTCREATE, "cannot write %s: it belongs to another user (%u), in "
	    "a directory that everybody can write to; name a file in a directory of your own", path,
	    st->st_uid);
}

int newfile_check(const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return err_set(e, EXIT_CANTCREATE, "cannot write %s: it is a directory; name a"
		    " file in it", path);
	return lstat(path, &st) == 0 ? check_owner(path, &st, e) : 0;
}

/* A name that nothing else has: another one is chosen as long as MAKE finds it taken. */
static int name_it(struct newfile *f, int (*make)(struct newfile *, unsigned), unsigned mode)
{
	size_t n = strlen(f->path);
	int i, rc = -1;

	f->tmp = malloc(n + SUFFIX);
	if (f->tmp == NULL) {
		errno = ENOMEM;
		return -1;
	}
	memcpy(f->tmp, f->path, n);
	for (i = 0; i < TRIES; i++) {
		snprintf(f->tmp + n, SUFFIX, ".%08x", arc4random());
		rc = make(f, mode);
		if (rc >= 0 || errno != EEXIST)
			break;
	}
	if (rc < 0) {
		free(f->tmp);
		f->tmp = NULL;
	}
	return rc;
}

static int make_named(struct newfile *f, unsigned mode)
{
	f->fd = open(f->tmp, FLAGS, mode);
	return f->fd;
}

/* The path by which a file without a name is linked to one. */
static void own_link(const struct newfile *f, char out[32])
{
	snprintf(out, 32, "/proc/self/fd/%d", f->fd);
}

static int make_link(struct newfile *f, unsigned mode)
{
	char is[32];

	(void)mode;
	own_link(f, is);
	return linkat(AT_FDCWD, is, AT_FDCWD, f->tmp, AT_SYMLINK_FOLLOW);
}

/* A file without a name; -1 where there can be none, or it could not get one later. */
static int open_nameless(const char *path, unsigned mode)
{
	char *dir = newfile_directory(path), is[32];
	struct newfile f = { .fd = -1 };
	struct stat st, same;

	if (dir != NULL)
		f.fd = open(dir, O_TMPFILE | O_WRONLY | O_CLOEXEC, mode);
	free(dir);
	if (f.fd < 0)
		return -1;
	own_link(&f, is);
	if (fstat(f.fd, &st) == 0 && stat(is, &same) == 0 && st.st_ino == same.st_ino &&
	    st.st_dev == same.st_dev)
		return f.fd;
	close(f.fd);
	return -1;
}

int newfile_open(struct newfile *f, const char *path, unsigned mode, struct err *e)
{
	*f = (struct newfile){ .fd = -1, .path = path };
	if (newfile_check(path, e) < 0)
		return -1;
	f->fd = open_nameless(path, mode);
	if (f->fd < 0 && name_it(f, make_named, mode) < 0)
		return err_sys(e, EXIT_CANTCREATE, "cannot create %s", path);
	return 0;
}

static int not_written(const struct newfile *f, struct err *e)
{
	return err_sys(e, EXIT_IO, "cannot write %s", f->path);
}

int newfile_sync(struct newfile *f, struct err *e)
{
	return fsync(f->fd) != 0 ? not_written(f, e) : 0;
}

int newfile_place(struct newfile *f, struct err *e)
{
	int rc = 0;

	if (f->tmp == NULL && name_it(f, make_link, 0) < 0)
		rc = not_written(f, e);
	if (close(f->fd) != 0 && rc == 0)
		rc = not_written(f, e);
	f->fd = -1;
	if (rc == 0 && rename(f->tmp, f->path) != 0)
		rc = err_sys(e, EXIT_CANTCREATE, "cannot replace %s",
		    f->path);
	if (rc == 0) {
		free(f->tmp);
		f->tmp = NULL;
	}
	newfile_drop(f);
	return rc;
}

void newfile_drop(struct newfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->tmp != NULL)
		unlink(f->tmp);
	free(f->tmp);
	*f = (struct newfile){ .fd = -1 };
}
