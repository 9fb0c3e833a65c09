#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"

#define NAMES_MAX ((size_t)256 << 20)

/* The names in one directory: texts behind each other, and where each begins, sorted. */
struct names {
	struct buf text;
	uint32_t *at;
	size_t n;
};

static int walk(struct filetree *t, int dir, unsigned depth, struct err *e);

int filetree_report(struct filetree *t, bool reject, const char *code, const char *reason,
    const char *action, struct err *e)
{
	struct buf record = BUF_INIT(1 << 20);
	struct jsonw w;
	struct report_item item = {
		.reject = reject, .code = code, .user = t->user, .id = -1, .reason = reason,
		.action = action,
	};
	int rc;

	jw_begin(&w, &record);
	jw_object(&w);
	jw_kv_str(&w, "root", t->root);
	if (t->owner[0] != '\0')
		jw_kv_str(&w, "owner", t->owner);
	jw_key(&w, "path");
	jw_str_n(&w, t->f->path.data, t->f->path.len);
	jw_object_end(&w);
	item.record = record.data;
	item.record_len = record.len;
	rc = report_add(&t->f->r->rep, &item, e);
	buf_free(&record);
	return rc;
}

int filetree_again(struct filetree *t, const char *code, const char *reason, const char *before,
    struct err *e)
{
	char remedy[400];

	snprintf(remedy, sizeof(remedy), "%s%s", before,
	    t->user != NULL ? BRING_AGAIN : BRING_CORPORATE_AGAIN);
	return filetree_report(t, true, code, reason, remedy, e);
}

/* Not there any more, or something else by now. */
static bool went(int why)
{
	return why == ENOENT || why == ENOTDIR || why == ELOOP || why == ENXIO;
}

int filetree_unreadable(struct filetree *t, const char *code, struct err *e)
{
	int why = errno;

	if (went(why))
		return filetree_again(t, code, strerror(why), "look what became of it and ", e);
	return err_sys(e, why == EACCES || why == EPERM ? EXIT_PERMISSION :
	    why == EMFILE || why == ENFILE || why == ENOMEM ? EXIT_TEMPORARY : EXIT_IO,
	    "cannot read %s/files/%s/%s%s%s; make it readable and run again",
	    t->f->r->site.files, t->root, t->owner, t->owner[0] != '\0' ? "/" : "",
	    t->f->path.data);
}

static int compare(const void *a, const void *b, void *text)
{
	return strcmp((const char *)text + *(const uint32_t *)a,
	    (const char *)text + *(const uint32_t *)b);
}

static int add_name(struct names *n, size_t *size, const char *name)
{
	uint32_t *p;

	if (n->n == *size) {
		*size = *size ? 2 * *size : 64;
		p = realloc(n->at, *size * sizeof(*p));
		if (p == NULL)
			return -1;
		n->at = p;
	}
	n->at[n->n++] = (uint32_t)n->text.len;
	buf_add(&n->text, name, strlen(name) + 1);
	return n->text.failed ? -1 : 0;
}

/* Read the names in the directory FD, which is taken over and closed. */
static int read_names(struct names *n, int fd, struct err *e)
{
	struct dirent *d;
	size_t size = 0;
	DIR *dir = fdopendir(fd);
	int rc = 0;

	*n = (struct names){ .text = BUF_INIT(NAMES_MAX) };
	if (dir == NULL) {
		close(fd);
		return err_sys(e, EXIT_IO, "cannot read a directory of files");
	}
	while (rc == 0 && (errno = 0, d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			rc = add_name(n, &size, d->d_name);
	if (rc < 0)
		err_set(e, EXIT_TEMPORARY, "out of memory");
	else if (errno != 0)
		rc = err_sys(e, EXIT_IO, "cannot read a directory of files");
	closedir(dir);
	if (n->n > 0)
		qsort_r(n->at, n->n, sizeof(*n->at), compare, n->text.data);
	return rc;
}

static void free_names(struct names *n)
{
	buf_free(&n->text);
	free(n->at);
}

/* Is there something at this path in a tree of the user that was sent before? */
static bool in_earlier(const struct filetree *t, struct stat *st)
{
	unsigned i;

	for (i = 0; i < t->nearlier; i++)
		if (fstatat(t->earlier[i], t->f->path.data, st, AT_SYMLINK_NOFOLLOW) == 0)
			return true;
	return false;
}

static int write_directory(struct filetree *t, int dir, const char *name, const struct stat *st,
    bool known, unsigned depth, struct err *e)
{
	struct jsonw *w;
	int fd;

	if (depth >= FILES_DEPTH)
		return filetree_again(t, "directory-too-deep",
		    "more directories below each other than can be read",
		    "move it up in P7's file tree and ", e);
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return filetree_unreadable(t, "directory-unreadable", e);
	if (!known) {
		w = file_begin(t, st);
		jw_kv_bool(w, "directory", true);
		if (so_put(&t->f->r->so, "FILE", e) < 0) {
			close(fd);
			return -1;
		}
	}
	return walk(t, fd, depth + 1, e);
}

static int write_entry(struct filetree *t, int dir, const char *name, unsigned depth,
    struct err *e)
{
	struct stat st, other = { .st_mode = 0 };
	bool known;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT ? 0 : filetree_unreadable(t, "file-unreadable", e);
	known = in_earlier(t, &other);
	if (S_ISLNK(st.st_mode))
		return filetree_report(t, false, "symbolic-link",
		    "P7 does not make symbolic links, and they are not followed", "left out", e);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return filetree_report(t, false, "special-file",
		    "it is neither a file nor a directory", "left out", e);
	if (known && !(S_ISDIR(st.st_mode) && S_ISDIR(other.st_mode)))
		return filetree_again(t, "file-name-taken",
		    "another directory of the same user, with an e-mail that differs by letter"
		    " case only, has a file of this name",
		    "rename one of the two in P7 and ", e);
	if (S_ISDIR(st.st_mode))
		return write_directory(t, dir, name, &st, known, depth, e);
	return file_write(t, dir, name, &st, e);
}

/* Everything in the directory DIR, which is taken over and closed. */
static int walk(struct filetree *t, int dir, unsigned depth, struct err *e)
{
	struct buf *path = &t->f->path;
	struct names n;
	size_t i, len = path->len;
	int rc, copy = fcntl(dir, F_DUPFD_CLOEXEC, 0);

	if (copy < 0) {
		close(dir);
		return err_sys(e, EXIT_IO, "cannot read a directory of files");
	}
	rc = read_names(&n, copy, e);
	for (i = 0; i < n.n && rc == 0; i++) {
		if (len > 0)
			buf_addc(path, '/');
		buf_adds(path, n.text.data + n.at[i]);
		rc = write_entry(t, dir, n.text.data + n.at[i], depth, e);
		path->len = len;
		path->data[len] = '\0';
	}
	free_names(&n);
	close(dir);
	return rc;
}

int filetree_write(struct filetree *t, struct err *e)
{
	int top = fcntl(t->fd, F_DUPFD_CLOEXEC, 0);

	buf_reset(&t->f->path);
	buf_add(&t->f->path, "", 0);
	if (top < 0)
		return err_sys(e, EXIT_IO, "cannot read files");
	return walk(t, top, 0, e);
}
