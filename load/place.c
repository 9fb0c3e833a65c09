#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "global.h"
#include "load.h"
#include "note.h"
#include "place.h"
#include "tree.h"
#include "uuid.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* data/files/ROOT, made when it is missing. */
static int root_dir(struct load *l, const char *root, struct err *e)
{
	char path[64];
	const char *name;
	int data, files, fd;

	if (l->t->data == NULL)
		return err_set(e, EXIT_CONFIG,
		    "the stream has files, but where P8 keeps them is not "
		    "known; say --p8 DIR, --data DIR or --without files");
	snprintf(path, sizeof(path), "files/%s/.", root);
	data = open(l->t->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (data < 0)
		return err_sys(e, EXIT_NOINPUT, "cannot open %s", l->t->data);
	files = tree_parent(data, path, true, &name);
	if (files < 0) {
		close(data);
		snprintf(path, sizeof(path), "files/%s", root);
		return tree_fail(e, "cannot make or open P8's data directory", path);
	}
	fd = files;
	close(data);
	return fd;
}

static int stage_names(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	const char *uuid = l->user.uuid;

	if (s->tmp != NULL || l->t->data == NULL)
		return 0;
	if (asprintf(&s->tmp, "%s/files/private/" PLACE_TEMPORARY "%s", l->t->data, uuid) < 0)
		s->tmp = NULL;
	if (asprintf(&s->final, "%s/files/private/%s", l->t->data, uuid) < 0)
		s->final = NULL;
	return s->tmp == NULL || s->final == NULL ? err_set(e, EXIT_TEMPORARY, "out of memory") : 0;
}

static int lock_stage(struct load *l, int fd, struct err *e)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	return err_set(e, EXIT_TEMPORARY, "another p8-load is writing files of %s still (%s); wait"
	    " until it has ended, then run again", l->user.email, l->user.stage.tmp);
}

/* What an interrupted load left in the staging directory goes, and the directory with it. */
static int clear_stage(struct load *l, struct err *e)
{
	const char *tmp = l->user.stage.tmp;
	int fd = open(tmp, DIR_FLAGS), rc;

	rc = fd >= 0 ? lock_stage(l, fd, e) : 0;
	if (rc == 0)
		rc = tree_remove(tmp, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int make_stage(struct load *l, int root, struct err *e)
{
	struct stage *s = &l->user.stage;

	if (clear_stage(l, e) < 0)
		return -1;
	if (mkdir(s->tmp, 0755) < 0 || (s->lock = open(s->tmp, DIR_FLAGS)) < 0)
		return tree_fail(e, "cannot create", s->tmp);
	if (lock_stage(l, s->lock, e) < 0) {
		close(s->lock);
		return -1;
	}
	tree_own(root, s->lock);
	s->used = true;
	buf_init(&s->dirs, FILES_DIRS_MAX);
	return 0;
}

static int private_base(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int root, fd;

	if (stage_names(l, e) < 0)
		return -1;
	if (!s->used) {
		root = root_dir(l, "private", e);
		fd = root < 0 ? -1 : make_stage(l, root, e);
		if (root >= 0)
			close(root);
		if (fd < 0)
			return -1;
	}
	fd = fcntl(s->lock, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? tree_fail(e, "cannot open", s->tmp) : fd;
}

/* P8's id of P7's tenant ID; where P8 has one tenant, or the tenant is not there, P8's own. */
static int64_t tenant_of(struct load *l, const char *id)
{
	struct err ignored = { .msg = "" };
	char name[40], uuid[UUID_LEN + 1];
	int64_t tenant = 0;
	uint8_t ns[16];
	int n;

	n = snprintf(name, sizeof(name), "tenant:%.*s", (int)strspn(id, "0123456789"), id);
	if (!l->t->multi_tenant || l->source[0] == '\0' || n >= (int)sizeof(name))
		return l->t->tenant;
	uuid_raw(l->source, ns);
	uuid_v5(ns, name, (size_t)n, uuid);
	if (global_id(l, uuid, &tenant, &ignored) != 1 || tenant == 0)
		return l->t->tenant;
	return tenant;
}

/* P7's corporate files stand below the id of P7's tenant. */
static int map_tenant(struct load *l)
{
	struct stage_file *f = &l->user.stage.f;
	char path[FILES_PATH_MAX];
	const char *p = f->path;
	int n;

	while (isdigit((unsigned char)*p))
		p++;
	if (p == f->path || (*p != '/' && *p != '\0'))
		return 0;
	n = snprintf(path, sizeof(path), "%" PRId64 "%s", tenant_of(l, f->path), p);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	strcpy(f->path, path);
	f->path_len = (size_t)n;
	return 0;
}

bool place_known(struct load *l)
{
	const char *root = l->user.stage.f.root;

	if (l->user.open)
		return strcmp(root, "private") == 0;
	return strcmp(root, "corporate") == 0 && map_tenant(l) == 0;
}

int place_base(struct load *l, struct err *e)
{
	return l->user.open ? private_base(l, e) : root_dir(l, "corporate", e);
}

/* Its time is set when everything in it was written. */
static int remember_dir(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int64_t numbers[] = { (int64_t)s->f.mode, s->f.mtime, s->f.mtime_ns };

	buf_add(&s->dirs, s->f.path, s->f.path_len + 1);
	buf_add(&s->dirs, numbers, sizeof(numbers));
	if (s->dirs.failed)
		return err_set(e, EXIT_TEMPORARY, "%s has too many directories", l->user.email);
	return 0;
}

int place_directory(struct load *l, int base, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct unit_file row = { f->root, f->path, NULL, f->path_len, true, 0, f->mtime };
	char inside[FILES_PATH_MAX + 3];
	const char *name;
	int fd;

	snprintf(inside, sizeof(inside), "%s/.", f->path);
	fd = tree_parent(base, inside, true, &name);
	if (fd < 0)
		return tree_fail(e, "cannot create", f->path);
	close(fd);
	if (l->user.open && remember_dir(l, e) < 0)
		return -1;
	return unit_file(&l->unit, &row, e);
}

static int exists_note(struct load *l, const char *path, struct err *e)
{
	char reason[FILES_PATH_MAX + 80];

	snprintf(reason, sizeof(reason), "P8 has a file of that name: %.*s", FILES_PATH_MAX, path);
	return note_item(l, (struct report_item){ .code = "file-exists", .id = -1,
	    .reason = reason, .action = "P8's file was kept, P7's was left out" }, e);
}

static bool same_file(const struct stage_file *f, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == f->size && st->st_mtim.tv_sec == f->mtime;
}

int place_taken(struct load *l, bool directory, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct stat st;
	char *path;
	int rc;

	if (l->user.open || l->t->data == NULL)
		return 0;
	if (asprintf(&path, "%s/files/%s/%s", l->t->data, f->root, f->path) < 0)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = lstat(path, &st) == 0;
	free(path);
	if (rc == 0 || (directory ? S_ISDIR(st.st_mode) : same_file(f, &st)))
		return rc;
	return exists_note(l, f->path, e) < 0 ? -1 : 1;
}

/* NAME was the temporary one of a run that was killed: nobody has it locked. */
static bool left_over(int dir, const char *name)
{
	char uuid[UUID_LEN + 1];
	bool left = false;
	int fd;

	if (strncmp(name, PLACE_TEMPORARY, strlen(PLACE_TEMPORARY)) != 0 ||
	    !uuid_parse(name + strlen(PLACE_TEMPORARY), UUID_LEN, uuid) ||
	    name[strlen(PLACE_TEMPORARY) + UUID_LEN] != '\0')
		return false;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		left = flock(fd, LOCK_EX | LOCK_NB) == 0;
		close(fd);
	}
	return left;
}

void place_temporary(struct load *l)
{
	struct stage *s = &l->user.stage;
	const struct dirent *d;
	struct stat st;
	DIR *all;
	int fd;

	flock(s->f.fd, LOCK_EX | LOCK_NB);
	if (fstat(s->f.dir, &st) < 0 || (st.st_dev == s->swept_dev && st.st_ino == s->swept_ino))
		return;
	fd = openat(s->f.dir, ".", DIR_FLAGS);
	all = fd < 0 ? NULL : fdopendir(fd);
	if (all == NULL) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((d = readdir(all)) != NULL)
		if (left_over(s->f.dir, d->d_name))
			unlinkat(s->f.dir, d->d_name, 0);
	closedir(all);
	s->swept_dev = st.st_dev;
	s->swept_ino = st.st_ino;
}

int place_corporate(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct stat st;
	bool same;

	if (renameat2(f->dir, f->name, f->dir, f->final, RENAME_NOREPLACE) == 0)
		return fsync(f->dir) < 0 ? tree_fail(e, "cannot sync the directory of", f->path)
					 : 0;
	if (errno != EEXIST)
		return tree_fail(e, "cannot rename", f->path);
	same = fstatat(f->dir, f->final, &st, AT_SYMLINK_NOFOLLOW) == 0 && same_file(f, &st);
	unlinkat(f->dir, f->name, 0);
	f->bad = true;
	return same ? 0 : exists_note(l, f->path, e);
}

/* Modes and times of the directories, the deepest (latest) first. */
static int set_dirs(struct stage *s, int base, struct err *e)
{
	const char *p = s->dirs.data, *end = p + s->dirs.len;
	int64_t v[3];
	int fd;

	for (; p != NULL && p < end; p += strlen(p) + 1 + sizeof(v)) {
		memcpy(v, p + strlen(p) + 1, sizeof(v));
		struct timespec t[2] = { { v[1], v[2] }, { v[1], v[2] } };
		char inside[FILES_PATH_MAX + 3];
		const char *name;

		snprintf(inside, sizeof(inside), "%s/.", p);
		fd = tree_parent(base, inside, false, &name);
		if (fd < 0)
			return tree_fail(e, "cannot open", p);
		/* Without our own access the tree could not be moved. */
		fchmod(fd, (mode_t)v[0] | 0700);
		futimens(fd, t);
		if (s->n < FILES_FSYNC_MAX)
			fsync(fd);
		close(fd);
	}
	return 0;
}

int files_sync(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int fd, rc;

	if (files_close_one(l, e) < 0)
		return -1;
	if (!s->used)
		return 0;
	fd = open(s->tmp, DIR_FLAGS);
	if (fd < 0)
		return tree_fail(e, "cannot open", s->tmp);
	rc = set_dirs(s, fd, e);
	if (rc == 0 && (s->n < FILES_FSYNC_MAX ? fsync(fd) : syncfs(fd)) < 0)
		rc = tree_fail(e, "cannot sync", s->tmp);
	close(fd);
	return rc;
}

static int conflict(void *arg, const char *path, struct err *e)
{
	return exists_note(arg, path, e);
}

int files_place(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int fd, rc;

	if (stage_names(l, e) < 0)
		return -1;
	if (s->tmp == NULL || access(s->tmp, F_OK) < 0)
		return 0;
	if (tree_move(s->tmp, s->final, conflict, l, e) < 0)
		return -1;
	fd = root_dir(l, "private", e);
	if (fd < 0)
		return -1;
	rc = fsync(fd) < 0 ? tree_fail(e, "cannot sync", s->final) : 0;
	close(fd);
	return rc;
}

void files_discard(struct load *l)
{
	struct err ignored = { .msg = "" };

	if (l->user.stage.used)
		tree_remove(l->user.stage.tmp, &ignored);
	files_free(&l->user.stage);
}
