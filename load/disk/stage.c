#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "disk/stage.h"
#include "uuid.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define STAGE_NAME (UUID_LEN + sizeof(STAGE_TEMPORARY))

int stage_root(const char *data, const char *root, bool mkdir, int *fd, struct err *e)
{
	if (data != NULL)
		return tree_top(data, root, mkdir, fd, e);
	*fd = -1;
	return err_set(e, EXIT_CONFIG, "the stream has files, but where P8 keeps them is not "
	    "known; name it with --p8 DIR or --data DIR, or use --without files");
}

static void stage_name(const struct stage_owner *o, char out[STAGE_NAME])
{
	snprintf(out, STAGE_NAME, STAGE_TEMPORARY "%s", o->uuid);
}

static int lock_stage(const struct stage_owner *o, int fd, const char *tmp, struct err *e)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	return err_set(e, EXIT_TEMPORARY, "another p8-load is writing files of %s still"
	    " (%s/files/private/%s); wait until it has ended, then run again", o->email,
	    o->data, tmp);
}

/* What an interrupted load left in the staging directory goes, and the directory with it. */
static int clear_stage(const struct stage_owner *o, int root, const char *tmp, struct err *e)
{
	int fd = openat(root, tmp, DIR_FLAGS), rc;

	rc = fd >= 0 ? lock_stage(o, fd, tmp, e) : 0;
	if (rc == 0)
		rc = tree_remove(root, tmp, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int make_stage(struct stage *s, const struct stage_owner *o, int root, struct err *e)
{
	char tmp[STAGE_NAME];

	stage_name(o, tmp);
	if (clear_stage(o, root, tmp, e) < 0)
		return -1;
	if (mkdirat(root, tmp, 0700) < 0 || (s->lock = openat(root, tmp, DIR_FLAGS)) < 0)
		return tree_fail(e, "cannot create", tmp);
	if (lock_stage(o, s->lock, tmp, e) < 0) {
		close(s->lock);
		return -1;
	}
	tree_like(root, s->lock);
	s->used = true;
	buf_init(&s->dirs, STAGE_DIRS_MAX);
	return 0;
}

int stage_base(struct stage *s, const struct stage_owner *o, struct err *e)
{
	int root, fd;

	if (!s->used) {
		if (stage_root(o->data, "private", true, &root, e) < 0)
			return -1;
		fd = make_stage(s, o, root, e);
		close(root);
		if (fd < 0)
			return -1;
	}
	fd = fcntl(s->lock, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? tree_fail(e, "cannot open the staged files of", o->email) : fd;
}

int stage_remember_dir(struct stage *s, const struct stage_owner *o, struct err *e)
{
	int64_t numbers[] = { s->f.mtime, s->f.mtime_ns };

	buf_add(&s->dirs, s->f.path, s->f.path_len + 1);
	buf_add(&s->dirs, numbers, sizeof(numbers));
	if (s->dirs.failed)
		return err_set(e, EXIT_TEMPORARY, "%s has too many directories", o->email);
	return 0;
}

bool stage_refuses(int error)
{
	return error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG || error == EILSEQ ||
	    error == EINVAL;
}

/* Times of the directories, the deepest (latest) first. */
static int set_dirs(struct stage *s, struct err *e)
{
	const char *p = s->dirs.data, *end = p + s->dirs.len;
	int64_t v[2];
	int fd;

	for (; p != NULL && p < end; p += strlen(p) + 1 + sizeof(v)) {
		memcpy(v, p + strlen(p) + 1, sizeof(v));
		struct timespec t[2] = { { v[0], v[1] }, { v[0], v[1] } };

		fd = tree_open(s->lock, p, false);
		if (fd < 0)
			return tree_fail(e, "cannot open", p);
		futimens(fd, t);
		if (s->n < STAGE_FSYNC_MAX)
			fsync(fd);
		close(fd);
	}
	return 0;
}

int stage_sync(struct stage *s, const struct stage_owner *o, struct err *e)
{
	int rc;

	if (!s->used)
		return 0;
	rc = set_dirs(s, e);
	if (rc == 0 && (s->n < STAGE_FSYNC_MAX ? fsync(s->lock) : syncfs(s->lock)) < 0)
		rc = tree_fail(e, "cannot sync the files of", o->email);
	return rc;
}

int stage_place(const struct stage_owner *o, tree_conflict *conflict, void *arg, struct err *e)
{
	char tmp[STAGE_NAME];
	struct stat st;
	int root, rc;

	if (o->data == NULL)
		return 0;
	rc = stage_root(o->data, "private", false, &root, e);
	if (rc <= 0)
		return rc;
	stage_name(o, tmp);
	rc = fstatat(root, tmp, &st, AT_SYMLINK_NOFOLLOW);
	if (rc < 0)
		rc = errno == ENOENT ? 0 : tree_fail(e, "cannot look at", tmp);
	else if (!S_ISDIR(st.st_mode))
		rc = tree_remove(root, tmp, e);
	else if (tree_move(root, tmp, o->uuid, conflict, arg, e) < 0)
		rc = -1;
	else if (fsync(root) < 0)
		rc = tree_fail(e, "cannot sync the files of", o->email);
	close(root);
	return rc;
}

void stage_discard(struct stage *s, const struct stage_owner *o)
{
	struct err ignored = { .msg = "" };
	char tmp[STAGE_NAME];
	int root;

	if (s->used && stage_root(o->data, "private", false, &root, &ignored) == 1) {
		stage_name(o, tmp);
		tree_remove(root, tmp, &ignored);
		close(root);
	}
	stage_free(s);
}

void stage_close_file(struct stage_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->dir >= 0)
		close(f->dir);
	f->fd = f->dir = -1;
}

void stage_init(struct stage *s)
{
	memset(s, 0, sizeof(*s));
	s->f.fd = s->f.dir = -1;
}

void stage_free(struct stage *s)
{
	/* A run that ends in the middle of a file leaves no part of it. */
	if (s->f.open && s->f.dir >= 0)
		unlinkat(s->f.dir, s->f.name, 0);
	stage_close_file(&s->f);
	if (s->used)
		close(s->lock);
	free(s->f.record);
	buf_free(&s->dirs);
	stage_init(s);
}
