#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kinds/files.h"

static int walk(struct filetree *t, int dir, unsigned depth, struct err *e);

void filetree_top(struct filetree *t)
{
	buf_reset(&t->f->path);
	buf_add(&t->f->path, "", 0);
}

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
	int fd, rc = 0;

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
		rc = so_put(&t->f->r->so, "FILE", e);
	}
	if (rc == 0)
		rc = walk(t, fd, depth + 1, e);
	close(fd);
	return rc;
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

/* Everything in the directory DIR. */
static int walk(struct filetree *t, int dir, unsigned depth, struct err *e)
{
	struct buf *path = &t->f->path;
	struct dirent **names;
	size_t len = path->len;
	int i, n = filedirs_names(dir, &names), rc = 0;

	if (n < 0)
		return filetree_unreadable(t, "directory-unreadable", e);
	for (i = 0; i < n; i++) {
		if (len > 0)
			buf_addc(path, '/');
		buf_adds(path, names[i]->d_name);
		if (rc == 0)
			rc = write_entry(t, dir, names[i]->d_name, depth, e);
		path->len = len;
		path->data[len] = '\0';
		free(names[i]);
	}
	free(names);
	return rc;
}

int filetree_write(struct filetree *t, struct err *e)
{
	filetree_top(t);
	return walk(t, t->fd, 0, e);
}
