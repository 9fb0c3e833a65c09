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

#include "kinds/global.h"
#include "run/load.h"
#include "run/note.h"
#include "disk/place.h"
#include "disk/tree.h"
#include "uuid.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

#define STAGE_NAME (UUID_LEN + sizeof(PLACE_TEMPORARY))

/* data/files/ROOT, as tree_top has it. */
static int open_root(struct load *l, const char *root, bool mkdir, int *fd, struct err *e)
{
	if (l->t->data != NULL)
		return tree_top(l->t->data, root, mkdir, fd, e);
	*fd = -1;
	return err_set(e, EXIT_CONFIG, "the stream has files, but where P8 keeps them is not "
	    "known; name it with --p8 DIR or --data DIR, or use --without files");
}

static int root_dir(struct load *l, const char *root, struct err *e)
{
	int fd;

	open_root(l, root, true, &fd, e);
	return fd;
}

static void stage_name(const struct load *l, char out[STAGE_NAME])
{
	snprintf(out, STAGE_NAME, PLACE_TEMPORARY "%s", l->user.uuid);
}

static int lock_stage(struct load *l, int fd, const char *tmp, struct err *e)
{
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
		return 0;
	return err_set(e, EXIT_TEMPORARY, "another p8-load is writing files of %s still"
	    " (%s/files/private/%s); wait until it has ended, then run again", l->user.email,
	    l->t->data, tmp);
}

/* What an interrupted load left in the staging directory goes, and the directory with it. */
static int clear_stage(struct load *l, int root, const char *tmp, struct err *e)
{
	int fd = openat(root, tmp, DIR_FLAGS), rc;

	rc = fd >= 0 ? lock_stage(l, fd, tmp, e) : 0;
	if (rc == 0)
		rc = tree_remove(root, tmp, e);
	if (fd >= 0)
		close(fd);
	return rc;
}

static int make_stage(struct load *l, int root, struct err *e)
{
	struct stage *s = &l->user.stage;
	char tmp[STAGE_NAME];

	stage_name(l, tmp);
	if (clear_stage(l, root, tmp, e) < 0)
		return -1;
	if (mkdirat(root, tmp, 0700) < 0 || (s->lock = openat(root, tmp, DIR_FLAGS)) < 0)
		return tree_fail(e, "cannot create", tmp);
	if (lock_stage(l, s->lock, tmp, e) < 0) {
		close(s->lock);
		return -1;
	}
	tree_like(root, s->lock);
	s->used = true;
	buf_init(&s->dirs, FILES_DIRS_MAX);
	return 0;
}

static int private_base(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int root, fd;

	if (!s->used) {
		root = root_dir(l, "private", e);
		fd = root < 0 ? -1 : make_stage(l, root, e);
		if (root >= 0)
			close(root);
		if (fd < 0)
			return -1;
	}
	fd = fcntl(s->lock, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? tree_fail(e, "cannot open the staged files of", l->user.email) : fd;
}

/* P8's id of P7's tenant ID; where P8 has one tenant, or the tenant is not there, P8's own. */
static int tenant_of(struct load *l, const char *id, int64_t *tenant, struct err *e)
{
	char name[40], uuid[UUID_LEN + 1];
	uint8_t ns[16];
	int n, rc;

	*tenant = l->t->tenant;
	n = snprintf(name, sizeof(name), "tenant:%.*s", (int)strspn(id, "0123456789"), id);
	if (!l->t->multi_tenant || l->source[0] == '\0' || n >= (int)sizeof(name))
		return 0;
	uuid_raw(l->source, ns);
	uuid_v5(ns, name, (size_t)n, uuid);
	rc = global_id(l, uuid, tenant, e);
	if (rc < 0)
		return err_prefix(e, "P8's tenant for P7's %s", name);
	if (rc == 0 || *tenant == 0)
		*tenant = l->t->tenant;
	return 0;
}

/* P7's corporate files stand below the id of P7's tenant: 1, PLACE_TOO_LONG, -1. */
static int map_tenant(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	char path[FILES_PATH_MAX];
	const char *p = f->path;
	int64_t tenant;
	int n;

	while (isdigit((unsigned char)*p))
		p++;
	if (p == f->path || (*p != '/' && *p != '\0'))
		return 1;
	if (tenant_of(l, f->path, &tenant, e) < 0)
		return -1;
	n = snprintf(path, sizeof(path), "%" PRId64 "%s", tenant, p);
	if (n < 0 || (size_t)n >= sizeof(path))
		return PLACE_TOO_LONG;
	strcpy(f->path, path);
	f->path_len = (size_t)n;
	return 1;
}

int place_known(struct load *l, struct err *e)
{
	const char *root = l->user.stage.f.root;

	if (l->user.open)
		return strcmp(root, "private") == 0;
	return strcmp(root, "corporate") == 0 ? map_tenant(l, e) : 0;
}

int place_base(struct load *l, struct err *e)
{
	return l->user.open ? private_base(l, e) : root_dir(l, "corporate", e);
}

/* Its time is set when everything in it was written. */
static int remember_dir(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int64_t numbers[] = { s->f.mtime, s->f.mtime_ns };

	buf_add(&s->dirs, s->f.path, s->f.path_len + 1);
	buf_add(&s->dirs, numbers, sizeof(numbers));
	if (s->dirs.failed)
		return err_set(e, EXIT_TEMPORARY, "%s has too many directories", l->user.email);
	return 0;
}

bool place_refuses(int error)
{
	return error == ENOTDIR || error == ELOOP || error == ENAMETOOLONG || error == EILSEQ ||
	    error == EINVAL;
}

int place_ledger(struct load *l, const struct unit_file *row, struct err *e)
{
	if (unit_file(&l->unit, row, e) < 0)
		return -1;
	return l->user.open ? 0 : global_flush(l, e);
}

/* The corporate file or directory at hand did not come after all. */
static int forget(struct load *l, struct err *e)
{
	const struct stage_file *f = &l->user.stage.f;
	struct dbval v[] = { DB_STR(f->root), DB_BYTES(f->path, f->path_len) };

	return l->user.open ? 0 : sql_do(l->t, "DELETE FROM {p7m_files} WHERE user_id=0 AND"
	    " root=? AND path=?", v, 2, e);
}

int place_directory(struct load *l, int base, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct unit_file row = { f->root, f->path, NULL, f->path_len, true, 0, f->mtime };
	int fd, error;

	if (!l->user.open && place_ledger(l, &row, e) < 0)
		return -1;
	fd = tree_open(base, f->path, true);
	error = errno;
	if (fd < 0 && place_refuses(error))
		return forget(l, e) < 0 ? -1 : files_reject_again(l, "file-name", "the directory "
		    "cannot be made in P8's", "look at the names in P8's data/files and ", e);
	if (fd < 0) {
		errno = error;
		return tree_fail(e, "cannot create", f->path);
	}
	close(fd);
	if (!l->user.open) {
		kinds_add(&l->counts.kinds, "FILE", 1);
		return 0;
	}
	return remember_dir(l, e) < 0 ? -1 : unit_file(&l->unit, &row, e);
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
	int root, dir, there = -1, rc;
	struct stat st;
	const char *name;

	if (l->user.open || l->t->data == NULL)
		return 0;
	rc = open_root(l, "corporate", false, &root, e);
	if (rc <= 0)
		return rc;
	dir = tree_parent(root, f->path, false, &name);
	if (dir >= 0)
		there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	if (there < 0 && !tree_gone(errno) && !place_refuses(errno))
		tree_fail(e, "cannot look at", f->path);
	close(root);
	if (dir >= 0)
		close(dir);
	if (there < 0)
		return e->msg[0] != '\0' ? -1 : 0;
	if (directory ? S_ISDIR(st.st_mode) : same_file(f, &st))
		return 1;
	return exists_note(l, f->path, e) < 0 ? -1 : 1;
}

/* Is the open file FD still what NAME names? */
static bool still_named(int fd, int dir, const char *name)
{
	struct stat is, named;

	return fstat(fd, &is) == 0 && fstatat(dir, name, &named, AT_SYMLINK_NOFOLLOW) == 0 &&
	    is.st_dev == named.st_dev && is.st_ino == named.st_ino;
}

/*
 * NAME goes when it was the temporary one of a run that was killed: nobody has it locked.  Who has
 * just made it waits for our lock, and sees that it is gone.
 */
static void remove_left_over(int dir, const char *name)
{
	char uuid[UUID_LEN + 1];
	int fd;

	if (strncmp(name, PLACE_TEMPORARY, strlen(PLACE_TEMPORARY)) != 0 ||
	    !uuid_parse(name + strlen(PLACE_TEMPORARY), UUID_LEN, uuid) ||
	    name[strlen(PLACE_TEMPORARY) + UUID_LEN] != '\0')
		return;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && still_named(fd, dir, name))
		unlinkat(dir, name, 0);
	close(fd);
}

bool place_lock(struct load *l)
{
	const struct stage_file *f = &l->user.stage.f;

	/* A file system without locks says so to all loaders: none of them removes anything. */
	flock(f->fd, LOCK_EX);
	return still_named(f->fd, f->dir, f->name);
}

void place_temporary(struct load *l)
{
	struct stage *s = &l->user.stage;
	const struct dirent *d;
	struct stat st;
	DIR *all;
	int fd;

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
		remove_left_over(s->f.dir, d->d_name);
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
	if (errno == ENOENT)
		return err_set(e, EXIT_TEMPORARY, "the temporary file of %s was removed while it"
		    " was written; run again", f->path);
	if (errno != EEXIST)
		return tree_fail(e, "cannot rename", f->path);
	same = fstatat(f->dir, f->final, &st, AT_SYMLINK_NOFOLLOW) == 0 && same_file(f, &st);
	unlinkat(f->dir, f->name, 0);
	f->bad = true;
	/* The same file came from another run, and so did its row. */
	return same ? 0 : forget(l, e) < 0 ? -1 : exists_note(l, f->path, e);
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
		if (s->n < FILES_FSYNC_MAX)
			fsync(fd);
		close(fd);
	}
	return 0;
}

int files_sync(struct load *l, struct err *e)
{
	struct stage *s = &l->user.stage;
	int rc;

	if (files_close_one(l, e) < 0)
		return -1;
	if (!s->used)
		return 0;
	rc = set_dirs(s, e);
	if (rc == 0 && (s->n < FILES_FSYNC_MAX ? fsync(s->lock) : syncfs(s->lock)) < 0)
		rc = tree_fail(e, "cannot sync the files of", l->user.email);
	return rc;
}

static int conflict(void *arg, const char *path, struct err *e)
{
	struct load *l = arg;
	char reason[UUID_LEN + 120];

	if (path[0] != '\0')
		return exists_note(l, path, e);
	snprintf(reason, sizeof(reason), "P8's data/files/private/%s is not a directory: the files"
	    " of the user have no place", l->user.uuid);
	return note_item(l, (struct report_item){ .reject = true, .code = "files-no-directory",
	    .id = -1, .reason = reason, .action = "find out what made a link or a file of"
	    " it, remove it, and " BRING_AGAIN }, e);
}

int files_place(struct load *l, struct err *e)
{
	char tmp[STAGE_NAME];
	struct stat st;
	int root, rc;

	if (l->t->data == NULL)
		return 0;
	rc = open_root(l, "private", false, &root, e);
	if (rc <= 0)
		return rc;
	stage_name(l, tmp);
	rc = fstatat(root, tmp, &st, AT_SYMLINK_NOFOLLOW);
	if (rc < 0)
		rc = errno == ENOENT ? 0 : tree_fail(e, "cannot look at", tmp);
	else if (!S_ISDIR(st.st_mode))
		rc = tree_remove(root, tmp, e);
	else if (tree_move(root, tmp, l->user.uuid, conflict, l, e) < 0)
		rc = -1;
	else if (fsync(root) < 0)
		rc = tree_fail(e, "cannot sync the files of", l->user.email);
	close(root);
	return rc;
}

void files_discard(struct load *l)
{
	struct err ignored = { .msg = "" };
	char tmp[STAGE_NAME];
	int root;

	if (l->user.stage.used && open_root(l, "private", false, &root, &ignored) == 1) {
		stage_name(l, tmp);
		tree_remove(root, tmp, &ignored);
		close(root);
	}
	files_free(&l->user.stage);
}
