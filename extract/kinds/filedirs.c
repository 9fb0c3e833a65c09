#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "kinds/filedirs.h"
#include "grow.h"

static uint64_t hash(const char *name)
{
	char text[FILEDIRS_NAME];
	size_t i;

	for (i = 0; i < sizeof(text) && name[i] != '\0'; i++)
		text[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
	return XXH3_64bits(text, i);
}

static int add(struct filedirs *f, const char *name, struct err *e)
{
	char text[FILEDIRS_NAME] = "";

	if (GROW(f->dir, f->n, f->size, e) < 0)
		return -1;
	snprintf(text, sizeof(text), "%s", name);
	if (pwrite(f->names, text, sizeof(text), (off_t)(f->n * sizeof(text))) !=
	    (ssize_t)sizeof(text))
		return err_sys(e, EXIT_IO, "writing a temporary file (TMPDIR)");
	f->dir[f->n] = (struct filedir){ hash(name), (uint32_t)f->n, false, false, false };
	f->n++;
	return 0;
}

static int name_of(struct filedirs *f, size_t i, char name[FILEDIRS_NAME], struct err *e)
{
	if (pread(f->names, name, FILEDIRS_NAME, (off_t)f->dir[i].number * FILEDIRS_NAME) !=
	    FILEDIRS_NAME)
		return err_sys(e, EXIT_IO, "reading a temporary file (TMPDIR)");
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct filedir *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash > y->hash ? 1 : -1;
	return (x->number > y->number) - (x->number < y->number);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_entry(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

int filedirs_names(int fd, struct dirent ***names)
{
	return scandirat(fd, ".", names, is_entry, by_name);
}

static int scan(struct filedirs *f, const char *path, struct err *e)
{
	struct dirent **names;
	int i, n = filedirs_names(f->fd, &names), rc = 0;

	if (n < 0)
		return err_sys(e, EXIT_NOINPUT, "cannot read the directory %s", path);
	for (i = 0; i < n; i++) {
		if (rc == 0)
			rc = add(f, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	if (f->n > 0)
		qsort(f->dir, f->n, sizeof(*f->dir), compare);
	return rc;
}

int filedirs_closed(const char *path, struct err *e)
{
	if (errno != EACCES && errno != EPERM)
		return err_sys(e, EXIT_NOINPUT, "cannot open %s", path);
	return err_set(e, EXIT_PERMISSION, "cannot open %s: %s; run this as P7's user or as root",
	    path, strerror(errno));
}

/* Can NAME in the directory DIR, which is PATH, be read, if it is a directory itself? */
static int look(int dir, const char *path, const char *name, struct err *e)
{
	char what[8500];
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? !S_ISDIR(st.st_mode) ||
	    faccessat(dir, name, R_OK | X_OK, AT_EACCESS) == 0 : errno == ENOENT)
		return 0;
	snprintf(what, sizeof(what), "%.4200s/%.255s", path, name);
	return filedirs_closed(what, e);
}

int filedirs_look(const char *path, struct err *e)
{
	struct dirent *d;
	DIR *dir = opendir(path);
	int rc = 0;

	if (dir == NULL)
		return errno == ENOENT ? 0 : filedirs_closed(path, e);
	do {
		errno = 0;
		d = readdir(dir);
		if (d != NULL && strcmp(d->d_name, "..") != 0)
			rc = look(dirfd(dir), path, d->d_name, e);
	} while (rc == 0 && d != NULL);
	if (rc == 0 && errno != 0)
		rc = err_sys(e, EXIT_IO, "cannot read the directory %s", path);
	closedir(dir);
	return rc;
}

int filedirs_look_owned(struct filedirs *f, const char *root, struct err *e)
{
	char path[4200], name[FILEDIRS_NAME];
	size_t i;

	snprintf(path, sizeof(path), "%.4000s/files/private", root);
	for (i = 0; i < f->n; i++)
		if (f->dir[i].matched &&
		    (name_of(f, i, name, e) < 0 || look(f->fd, path, name, e) < 0))
			return -1;
	return 0;
}

int filedirs_open(struct filedirs *f, const char *root, struct err *e)
{
	char path[4200];

	*f = (struct filedirs){ .fd = -1, .names = -1 };
	snprintf(path, sizeof(path), "%.4000s/files/private", root);
	f->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f->fd < 0 && errno == ENOENT)
		return 0;
	if (f->fd < 0)
		return filedirs_closed(path, e);
	f->names = spool_file(e);
	return f->names < 0 ? -1 : scan(f, path, e);
}

void filedirs_close(struct filedirs *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->names >= 0)
		close(f->names);
	free(f->dir);
	*f = (struct filedirs){ .fd = -1, .names = -1 };
}

/* The first entry with the hash of NAME, or f->n. */
static size_t find(const struct filedirs *f, uint64_t h)
{
	size_t lo = 0, hi = f->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (f->dir[mid].hash < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int filedirs_owner(struct filedirs *f, const char *email, struct err *e)
{
	char name[FILEDIRS_NAME];
	uint64_t h = hash(email);
	size_t i;

	for (i = find(f, h); i < f->n && f->dir[i].hash == h; i++) {
		if (name_of(f, i, name, e) < 0)
			return -1;
		if (strcasecmp(name, email) == 0)
			f->dir[i].matched = true;
		if (strcmp(name, email) == 0)
			f->dir[i].owned = true;
	}
	return 0;
}

int filedirs_next(struct filedirs *f, const char *email, size_t *at,
    char name[FILEDIRS_NAME], struct err *e)
{
	uint64_t h = hash(email);
	size_t i, first = find(f, h), last = first;
	bool exact;

	while (last < f->n && f->dir[last].hash == h)
		last++;
	/* Two rounds over the same few entries: the exact name, then the others. */
	for (; *at < 2 * (last - first); ++*at) {
		i = first + *at % (last - first);
		if (f->dir[i].taken)
			continue;
		if (name_of(f, i, name, e) < 0)
			return -1;
		exact = strcmp(name, email) == 0;
		if (exact != (*at < last - first) || (!exact && (f->dir[i].owned ||
		    strcasecmp(name, email) != 0)))
			continue;
		f->dir[i].taken = true;
		return 1;
	}
	return 0;
}

int filedirs_stray(struct filedirs *f, size_t *at, char name[FILEDIRS_NAME], struct err *e)
{
	for (; *at < f->n; ++*at)
		if (!f->dir[*at].matched)
			return name_of(f, (*at)++, name, e) < 0 ? -1 : 1;
	return 0;
}
