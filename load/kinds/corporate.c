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

#include "kinds/corporate.h"
#include "kinds/note.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

/* P8's id of P7's tenant ID; where P8 has one tenant, or the tenant is not there, P8's own. */
static int tenant_of(struct context *x, const char *id, int64_t *tenant, struct err *e)
{
	char name[40], uuid[UUID_LEN + 1];
	uint8_t ns[16];
	int n, rc;

	*tenant = x->s->t->tenant;
	n = snprintf(name, sizeof(name), "tenant:%.*s", (int)strspn(id, "0123456789"), id);
	if (!x->s->t->multi_tenant || x->in->source[0] == '\0' || n >= (int)sizeof(name))
		return 0;
	uuid_raw(x->in->source, ns);
	uuid_v5(ns, name, (size_t)n, uuid);
	rc = global_id(x->globals, x->s, uuid, tenant, e);
	if (rc < 0)
		return err_prefix(e, "P8's tenant for P7's %s", name);
	if (rc == 0 || *tenant == 0)
		*tenant = x->s->t->tenant;
	return 0;
}

int corporate_map_tenant(struct context *x, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	char path[STAGE_PATH_MAX];
	const char *p = f->path;
	int64_t tenant;
	int n;

	while (isdigit((unsigned char)*p))
		p++;
	if (p == f->path || (*p != '/' && *p != '\0'))
		return 1;
	if (tenant_of(x, f->path, &tenant, e) < 0)
		return -1;
	n = snprintf(path, sizeof(path), "%" PRId64 "%s", tenant, p);
	if (n < 0 || (size_t)n >= sizeof(path))
		return CORPORATE_TOO_LONG;
	strcpy(f->path, path);
	f->path_len = (size_t)n;
	return 1;
}

int corporate_forget(struct context *x, struct err *e)
{
	const struct stage_file *f = &x->user->stage.f;
	struct dbval v[] = { DB_STR(f->root), DB_BYTES(f->path, f->path_len) };

	return sql_do(x->s->t, "DELETE FROM {p7m_files} WHERE user_id=0 AND"
	    " root=? AND path=?", v, 2, e);
}

int corporate_exists(struct context *x, const char *path, struct err *e)
{
	char reason[STAGE_PATH_MAX + 80];

	snprintf(reason, sizeof(reason), "P8 has a file of that name: %.*s", STAGE_PATH_MAX, path);
	return note_item(x, (struct report_item){ .code = "file-exists", .id = -1,
	    .reason = reason, .action = "P8's file was kept, P7's was left out" }, e);
}

static bool same_file(const struct stage_file *f, const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == f->size && st->st_mtim.tv_sec == f->mtime;
}

int corporate_taken(struct context *x, bool directory, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	int root, dir, there = -1, rc;
	struct stat st;
	const char *name;

	if (x->s->t->data == NULL)
		return 0;
	rc = tree_top(x->s->t->data, "corporate", false, &root, e);
	if (rc <= 0)
		return rc;
	dir = tree_parent(root, f->path, false, &name);
	if (dir >= 0)
		there = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
	if (there < 0 && !tree_gone(errno) && !stage_refuses(errno))
		tree_fail(e, "cannot look at", f->path);
	close(root);
	if (dir >= 0)
		close(dir);
	if (there < 0)
		return e->msg[0] != '\0' ? -1 : 0;
	if (directory ? S_ISDIR(st.st_mode) : same_file(f, &st))
		return 1;
	return corporate_exists(x, f->path, e) < 0 ? -1 : 1;
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

	if (strncmp(name, STAGE_TEMPORARY, strlen(STAGE_TEMPORARY)) != 0 ||
	    !uuid_parse(name + strlen(STAGE_TEMPORARY), UUID_LEN, uuid) ||
	    name[strlen(STAGE_TEMPORARY) + UUID_LEN] != '\0')
		return;
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0 && still_named(fd, dir, name))
		unlinkat(dir, name, 0);
	close(fd);
}

bool corporate_lock(struct context *x)
{
	const struct stage_file *f = &x->user->stage.f;

	/* A file system without locks says so to all loaders: none of them removes anything. */
	flock(f->fd, LOCK_EX);
	return still_named(f->fd, f->dir, f->name);
}

void corporate_sweep(struct context *x)
{
	struct stage *s = &x->user->stage;
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

int corporate_place(struct context *x, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
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
	return same ? 0 : corporate_forget(x, e) < 0 ? -1 : corporate_exists(x, f->path, e);
}
