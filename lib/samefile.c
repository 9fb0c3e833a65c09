#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "newfile.h"
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
	char *dir = newfile_directory(path);
	struct stat st;
	bool there = dir != NULL && stat(dir, &st) == 0;

	free(dir);
	if (there)
		*p = (struct place){ st.st_dev, st.st_ino, slash == NULL ? path : slash + 1 };
	return there;
}

/* False: it is not the place of a file. */
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

static bool is_below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return n > 1 && strncmp(path, dir, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

/* The directory that PATH names a file in, without links; to be freed, or NULL. */
static char *parent(const char *path)
{
	char *dir = newfile_directory(path);
	char *real = dir != NULL ? realpath(dir, NULL) : NULL;

	free(dir);
	return real;
}

/*
 * Is the place of the file that A writes in the directory of B or below, or what a link there leads
 * to?  Whether the file is there already makes no difference, or the next run would end otherwise.
 */
static bool is_within(const struct file_use *a, const struct file_use *b)
{
	bool std = strcmp(a->path, "-") == 0, within = false;
	char *file = realpath(std ? "/dev/stdout" : a->path, NULL);
	char *place = std ? NULL : parent(a->path), *dir = realpath(b->path, NULL);
	struct stat st;

	if (dir != NULL && file != NULL && stat(file, &st) == 0)
		within = S_ISREG(st.st_mode) && (is_below(file, dir) ||
		    (place != NULL && is_below(place, dir)));
	else if (dir != NULL && place != NULL)
		within = is_below(place, dir);
	free(file);
	free(place);
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

static int refuse_tree(const struct file_use *out, const struct file_use *tree, const char *prog,
    struct err *e)
{
	bool std = strcmp(out->path, "-") == 0;

	return err_set(e, EXIT_USAGE, "%s%s%s is in %s, %s, whose files must not change; "
	    "name another file, outside it; see %s --help", out->what, std ? "" : " ",
	    std ? "" : out->path, tree->what, tree->path, prog);
}

static int refuse(const struct file_use *a, const struct file_use *b, const char *prog,
    struct err *e)
{
	const char *path = strcmp(a->path, "-") != 0 ? a->path : b->path;

	if (a->how == FILE_TREE || b->how == FILE_TREE)
		return a->how == FILE_TREE ? refuse_tree(b, a, prog, e) :
		    refuse_tree(a, b, prog, e);
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
