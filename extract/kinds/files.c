#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "kinds/files.h"

#define PATHS_MAX ((size_t)64 << 10)

int files_open(struct files *f, struct run *r, struct err *e)
{
	memset(f, 0, sizeof(*f));
	f->r = r;
	f->dirs.fd = f->dirs.names = -1;
	buf_init(&f->path, PATHS_MAX);
	buf_init(&f->chunk, FILES_CHUNK + 2 * PATHS_MAX);
	if (r->site.files[0] == '\0' || !(r->o->families & (F_FILES | F_CORPORATE)))
		return 0;
	if (!buf_room(&f->path, PATHS_MAX - 1) ||
	    !buf_room(&f->chunk, FILES_CHUNK + 2 * PATHS_MAX - 1))
		return err_memory(e);
	return r->o->families & F_FILES ? filedirs_open(&f->dirs, r->site.files, e) : 0;
}

void files_close(struct files *f)
{
	filedirs_close(&f->dirs);
	buf_free(&f->path);
	buf_free(&f->chunk);
}

static int warn_other_case(struct filetree *t, struct err *e)
{
	filetree_top(t);
	return filetree_report(t, false, "files-other-case",
	    "the directory's name differs from the user's e-mail by letter case",
	    "its files are carried with the user's other files", e);
}

static int write_tree(struct filetree *t, struct err *e)
{
	t->fd = openat(t->f->dirs.fd, t->owner, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (t->fd < 0) {
		filetree_top(t);
		return filetree_unreadable(t, "directory-unreadable", e);
	}
	if (strcmp(t->owner, t->user) != 0 && warn_other_case(t, e) < 0)
		return -1;
	return filetree_write(t, e);
}

int files_user(struct files *f, const char *email, struct err *e)
{
	struct filetree t = { .f = f, .root = "private", .user = email, .fd = -1 };
	char name[FILEDIRS_NAME];
	size_t at = 0;
	int rc;

	if (f->dirs.fd < 0)
		return 0;
	while ((rc = filedirs_next(&f->dirs, email, &at, name, e)) > 0) {
		t.owner = name;
		rc = write_tree(&t, e);
		if (rc < 0)
			break;
		if (t.fd >= 0 && t.nearlier < FILES_TREES)
			t.earlier[t.nearlier++] = t.fd;
		else if (t.fd >= 0)
			close(t.fd);
		t.fd = -1;
	}
	if (t.fd >= 0)
		close(t.fd);
	while (t.nearlier > 0)
		close(t.earlier[--t.nearlier]);
	return rc;
}

int files_stray(struct files *f, struct err *e)
{
	struct filetree t = { .f = f, .root = "private", .fd = -1 };
	char name[FILEDIRS_NAME];
	size_t at = 0;
	int rc;

	if (f->dirs.fd < 0 || !run_tells_all(f->r))
		return 0;
	while ((rc = filedirs_stray(&f->dirs, &at, name, e)) > 0) {
		t.owner = name;
		filetree_top(&t);
		if (filetree_report(&t, false, "files-without-user",
		    "no user has this e-mail", "left out", e) < 0)
			return -1;
	}
	return rc;
}

int files_corporate(struct files *f, struct err *e)
{
	struct filetree t = { .f = f, .root = "corporate", .owner = "" };
	char path[SITE_PATH + 32];
	int rc;

	if (f->r->site.files[0] == '\0' || !(f->r->o->families & F_CORPORATE) ||
	    !run_tells_all(f->r))
		return 0;
	snprintf(path, sizeof(path), "%s/files/corporate", f->r->site.files);
	t.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t.fd < 0 && errno == ENOENT)
		return 0;
	if (t.fd < 0)
		return filedirs_closed(path, e);
	rc = filetree_write(&t, e);
	close(t.fd);
	return rc;
}
