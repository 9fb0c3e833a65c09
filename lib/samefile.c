#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "samefile.h"

/* A file that is there, or the place where it will be. */
struct place {
	dev_t dev;
	ino_t ino;
	const char *name;	/* in the directory of that inode, NULL: the inode is the file */
};

static bool of_directory(const char *path, struct place *p)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
	struct stat st;
	bool there = dir != NULL && stat(dir, &st) == 0;

	free(dir);
	if (there)
		*p = (struct place){ st.st_dev, st.st_ino, slash == NULL ? path : slash + 1 };
	return there;
}

/* False: it is none of a file's. */
static bool find(const struct file_use *u, struct place *p)
{
	struct stat st;
	int rc;

	if (u->path == NULL || u->path[0] == '\0')
		return false;
	if (strcmp(u->path, "-") == 0)
		rc = fstat(u->how == FILE_READ ? STDIN_FILENO : STDOUT_FILENO, &st);
	else
		rc = stat(u->path, &st);
	if (rc == 0 && S_ISREG(st.st_mode)) {
		*p = (struct place){ st.st_dev, st.st_ino, NULL };
		return true;
	}
	return rc != 0 && strcmp(u->path, "-") != 0 && of_directory(u->path, p);
}

static bool same_place(const struct place *a, const struct place *b)
{
	return a->dev == b->dev && a->ino == b->ino && (a->name == NULL) == (b->name == NULL) &&
	    (a->name == NULL || strcmp(a->name, b->name) == 0);
}

/* Is the file that A writes there already, in the directory of B or below? */
static bool is_within(const struct file_use *a, const struct file_use *b)
{
	const char *path = strcmp(a->path, "-") == 0 ? "/dev/stdout" : a->path;
	char *file = realpath(path, NULL), *dir = realpath(b->path, NULL);
	size_t n = dir != NULL ? strlen(dir) : 0;
	struct stat st;
	bool within = file != NULL && n > 1 && strncmp(file, dir, n) == 0 && file[n] == '/' &&
	    stat(file, &st) == 0 && S_ISREG(st.st_mode);

	free(file);
	free(dir);
	return within;
}

static bool same_use(const struct file_use *a, const struct file_use *b)
{
	struct place p, q;

	return find(a, &p) && find(b, &q) && same_place(&p, &q);
}

bool same_file(const char *a, const char *b)
{
	const struct file_use x = { "", a, FILE_READ }, y = { "", b, FILE_READ };

	return same_use(&x, &y);
}

/* Two may read one file, and two may append to it. */
static bool clash(const struct file_use *a, const struct file_use *b)
{
	if (a->path == NULL || b->path == NULL || a->path[0] == '\0' || b->path[0] == '\0')
		return false;
	if (a->how == FILE_TREE)
		return (b->how == FILE_WRITE || b->how == FILE_APPEND) && is_within(b, a);
	if (b->how == FILE_TREE)
		return a->how != FILE_READ && is_within(a, b);
	return (a->how != b->how || a->how == FILE_WRITE) && same_use(a, b);
}

static int refuse(const struct file_use *a, const struct file_use *b, const char *prog,
    struct err *e)
{
	const char *path = strcmp(a->path, "-") != 0 ? a->path : b->path;

	if (a->how == FILE_TREE || b->how == FILE_TREE)
		return err_set(e, EXIT_USAGE, "%s is a file of %s, which is only read, and would be"
		    " lost; name another file; see %s --help",
		    a->how == FILE_TREE ? b->what : a->what,
		    a->how == FILE_TREE ? a->what : b->what, prog);
	return err_set(e, EXIT_USAGE, "%s and %s name the same file%s%s, whose content would be "
	    "lost; name another one; see %s --help", a->what, b->what,
	    strcmp(path, "-") != 0 ? ", " : "", strcmp(path, "-") != 0 ? path : "", prog);
}

int same_file_check(const struct file_use *v, size_t n, const char *prog, struct err *e)
{
	const struct file_use out = { "standard output", "-", FILE_APPEND };
	size_t i, k;

	for (i = 0; i < n; i++) {
		if (v[i].how != FILE_READ && v[i].path != NULL && strcmp(v[i].path, "-") == 0)
			continue;
		for (k = i + 1; k < n; k++)
			if (clash(&v[i], &v[k]))
				return refuse(&v[i], &v[k], prog, e);
		if (clash(&v[i], &out))
			return refuse(&v[i], &out, prog, e);
	}
	return 0;
}
