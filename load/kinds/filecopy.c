#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kinds/file.h"
#include "kinds/filecopy.h"

#define COPY_TRIES 3

int files_check_source(const char *dir, struct err *e)
{
	int fd = dir != NULL ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct stat st;
	int rc = 0;

	if (dir == NULL)
		return 0;
	if (fd < 0)
		return err_sys(e, errno == EACCES ? EXIT_PERMISSION : EXIT_NOINPUT,
		    "cannot open %s, which --files-from names", dir);
	if (fstatat(fd, "files", &st, 0) != 0 && fstatat(fd, "data/files", &st, 0) == 0)
		rc = err_set(e, EXIT_NOINPUT, "%s is the directory of P7; --files-from needs its "
		    "data directory: %s/data", dir, dir);
	close(fd);
	return rc;
}

/* P7's file cannot be read: it may well be there. */
static int unreadable(struct context *x, const char *from, struct err *e)
{
	int why = errno;

	if (why == EACCES || why == EPERM)
		return err_sys(e, EXIT_PERMISSION, "cannot read %s/%s; run this as a user who may "
		    "read P7's files, it goes on there (or --without files, and bring them "
		    "later)", x->files_from, from);
	return err_sys(e, why == EMFILE || why == ENFILE || why == ENOMEM ? EXIT_TEMPORARY :
	    EXIT_IO, "cannot copy %s/%s; look at the disks of P7 and P8, then run again, it goes "
	    "on there (or --without files, and bring them later)", x->files_from, from);
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The content of IN as it was at one moment; 1, 0: it changes all the time, -1. */
static int copy_whole(struct stage_file *f, int in)
{
	struct stat before, after;
	int try;

	for (try = 0; try < COPY_TRIES; try++) {
		if (fstat(in, &before) < 0 || ftruncate(f->fd, 0) < 0 ||
		    lseek(in, 0, SEEK_SET) < 0 || lseek(f->fd, 0, SEEK_SET) < 0)
			return -1;
		f->got = tree_copy(in, f->fd, before.st_size);
		if (f->got < 0 || fstat(in, &after) < 0)
			return -1;
		if (!same(&before, &after) || f->got != after.st_size)
			continue;
		f->changed = f->got != f->size || after.st_mtim.tv_sec != f->mtime;
		if (f->changed) {
			f->mtime = after.st_mtim.tv_sec;
			f->mtime_ns = after.st_mtim.tv_nsec;
		}
		return 1;
	}
	return 0;
}

static int copy_open(struct context *x, int in, const char *from, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	int rc = copy_whole(f, in);

	if (rc < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
		return tree_fail(e, "cannot write", f->path);
	if (rc < 0)
		return unreadable(x, from, e);
	if (rc == 0)
		return file_reject_again(x, "file-busy", "P7 changes the file all the time",
		    "when P7 is not in use, ", e);
	f->sha[0] = '\0';
	return 0;
}

static int special(struct context *x, struct err *e)
{
	return file_reject(x, "file-special", "it is not a file in P7 any more: a link, a pipe, a "
	    "device or a directory", "look what became of it; copy it by hand if it is needed", e);
}

/* Is nothing in the directory FD, which is taken over and closed? */
static bool is_empty(int fd)
{
	struct dirent *d;
	DIR *dir = fdopendir(fd);
	bool empty = dir != NULL;

	if (dir == NULL)
		close(fd);
	while (empty && (d = readdir(dir)) != NULL)
		empty = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
	if (dir != NULL)
		closedir(dir);
	return empty;
}

/*
 * FROM is not there; when all of the kind are not there, P7's disk is not: of its mount point there
 * may be an empty directory.
 */
static int missing(struct context *x, int base, const char *from, struct err *e)
{
	const char *second = strchr(from, '/');
	const char *end = second != NULL ? strchr(second + 1, '/') : NULL;
	char top[80];
	int fd;

	if (end != NULL && end - from < (int)sizeof(top)) {
		snprintf(top, sizeof(top), "%.*s", (int)(end - from), from);
		fd = tree_open(base, top, false);
		if (fd < 0)
			return err_sys(e, errno == EACCES ? EXIT_PERMISSION :
			    EXIT_NOINPUT, "%s/%s, where all of P7's files are, cannot"
			    " be opened: is its disk mounted, and --files-from P7's data "
			    "directory?",
			    x->files_from, top);
		if (is_empty(fd))
			return err_set(e, EXIT_NOINPUT, "%s/%s, where all of P7's files are, is"
			    " empty: is its disk mounted, and --files-from P7's data directory?"
			    " (--without files brings what is in the database)",
			    x->files_from, top);
	}
	return file_reject_again(x, "file-missing",
	    "P7's data directory does not have it (any more)",
	    "if it is needed, restore it in P7's data directory (which p8-load"
	    " --files-from names) and ", e);
}

/* What it is is asked before it is opened, too: opening a device can do things. */
static int copy_named(struct context *x, int base, const char *from, struct err *e)
{
	const char *name;
	struct stat st;
	int dir = tree_parent(base, from, false, &name), in = -1, rc;

	if (dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(st.st_mode)) {
			close(dir);
			return special(x, e);
		}
		in = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	}
	if (in < 0)
		rc = errno == ENOENT || errno == ENOTDIR ? missing(x, base, from, e) :
		    errno == ELOOP || errno == ENXIO ? special(x, e) : unreadable(x, from, e);
	else if (fstat(in, &st) == 0 && !S_ISREG(st.st_mode))
		rc = special(x, e);
	else
		rc = copy_open(x, in, from, e);
	if (dir >= 0)
		close(dir);
	if (in >= 0)
		close(in);
	return rc;
}

int file_copy(struct context *x, struct err *e)
{
	const struct jval *v = jr_get(&x->in->si.doc, NULL, "from");
	const char *from;
	int base, rc;
	size_t n;

	buf_reset(&x->in->spare);
	if (v == NULL || jr_bytes(&x->in->si.doc, v, &x->in->spare, &from, &n) < 0 ||
	    !tree_path_ok(from, n))
		return file_reject_again(x, "file-without-source", "the record does not say where "
		    "P7 has it", "use p7-extract and p7-transform of this release and ", e);
	base = open(x->files_from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return err_sys(e, errno == EACCES ? EXIT_PERMISSION : EXIT_NOINPUT, "cannot open "
		    "%s", x->files_from);
	rc = copy_named(x, base, from, e);
	close(base);
	return rc;
}
