#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kinds/file.h"
#include "kinds/added.h"
#include "disk/readfiles.h"
#include "disk/stage.h"
#include "disk/tree.h"
#include "ledger/sums.h"
#include "shown.h"
#include "target/sql.h"
#include "target/tx.h"

/* Those of a user, or of the installation; *FD is -1 when they are not there. */
static int open_base(const struct readback *r, int *fd, struct err *e)
{
	*fd = -1;
	if (r->t->data == NULL)
		return 0;
	if (r->user->row != 0)
		return readfiles_user(r->t->data, r->user->uuid, fd, e);
	return tree_top(r->t->data, "corporate", false, fd, e) < 0 ? -1 : 0;
}

static void differs(struct readback *r, enum readfiles_is is, const struct readfiles_want *w,
    const struct stat *st)
{
	if (++r->differing > READBACK_LINES)
		return;
	shown_put(&r->lines, w->path, strlen(w->path));
	buf_adds(&r->lines, ": ");
	readfiles_why(&r->lines, is, w, st);
	buf_addc(&r->lines, '\n');
}

/* The row at hand. */
static int read_file(struct readback *r, struct readback_kind *k, const struct dbq *q, int base,
    struct err *e)
{
	struct readfiles_want w = { dbq_str(q, 1), dbq_int(q, 2) != 0, dbq_int(q, 3),
	    dbq_int(q, 5), r->deep ? dbq_str(q, 4) : "" };
	uint64_t hash = rowhash_file(dbq_str(q, 0), w.path, q->col[1].n, w.size);
	struct stat st = { 0 };
	int is = r->t->data == NULL ? READFILES_SAME : readfiles_below(base, &w, &st, e);

	if (is < 0)
		return -1;
	if (r->user->row == 0) {	/* the ledger has no sum of them */
		k->want.things++;
		k->want.hash += hash;
	}
	if (is != READFILES_SAME) {
		differs(r, is, &w, &st);
		return 0;
	}
	r->by_time += r->deep && !w.directory && w.sha[0] == '\0';
	readback_add(k, 0, hash);
	return 0;
}

int files_read(struct readback *r, struct err *e)
{
	struct readback_kind *k = NULL;
	struct dbq *q;
	int base = -1, rc;

	r->differing = 0;
	buf_reset(&r->lines);
	if (r->without_singles)
		return 0;
	q = readback_run(r, RB_FILES, "SELECT root, path, directory, size, sha256, mtime FROM"
	    " {p7m_files} WHERE user_id=?", &DB_INT(r->user->row), 1, e);
	rc = q != NULL ? 0 : -1;
	while (rc >= 0 && (rc = dbq_next(q, e)) == 1) {
		if (k == NULL && ((k = readback_kind(r, "FILE", e)) == NULL ||
		    open_base(r, &base, e) < 0))
			rc = -1;
		else
			rc = read_file(r, k, q, base, e);
	}
	if (base >= 0)
		close(base);
	return rc < 0 ? -1 : buf_check(&r->lines, e);
}

static int64_t files_seen;	/* nftw has no argument for its caller */

static int count_file(const char *path, const struct stat *st, int type, struct FTW *f)
{
	(void)path;
	(void)st;
	(void)f;
	files_seen += type != FTW_D && type != FTW_DP;
	return 0;
}

int files_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
	struct dbval v = DB_INT(r->user->row);
	int64_t n = 0;
	char *path;

	(void)entity;
	if (r->t->data == NULL)
		return 0;
	if (sql_int(r->t, "SELECT COUNT(*) FROM {p7m_files} WHERE user_id=? AND directory=0", &v, 1,
	    &n, e) < 0)
		return -1;
	if (asprintf(&path, "%s/files/private/%s", r->t->data, r->user->uuid) < 0)
		return err_memory(e);
	files_seen = 0;
	if (access(path, F_OK) == 0)
		nftw(path, count_file, 16, FTW_PHYS);
	free(path);
	if (files_seen > n)
		changes_add(out, r->user, "FILE", files_seen - n, "added in P8");
	return 0;
}

/* It is removed when it is as it was loaded; 1: it is kept. */
static int remove_file(int dir, const char *name, const struct readfiles_want *w, struct err *e)
{
	struct stat st;
	int is = readfiles_at(dir, name, w, &st, e);

	if (is < 0)
		return -1;
	if (is != READFILES_SAME)
		return is != READFILES_GONE;
	return unlinkat(dir, name, 0) < 0 ? tree_fail(e, "cannot remove", w->path) : 0;
}

/* One path; 1: it is kept.  What became of a directory may be anything; links are not followed. */
static int remove_path(int base, const struct dbq *q, struct err *e)
{
	struct readfiles_want w = { dbq_str(q, 0), dbq_int(q, 1) != 0, dbq_int(q, 2),
	    dbq_int(q, 3), dbq_str(q, 4) };
	const char *name;
	int dir = tree_parent(base, w.path, false, &name), rc = 0;

	if (dir < 0 && tree_gone(errno))
		return errno != ENOENT && !w.directory;
	if (dir < 0)
		return tree_fail(e, "cannot open the directory of", w.path);
	if (!w.directory)
		rc = remove_file(dir, name, &w, e);
	else if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT && errno != ENOTEMPTY &&
	    errno != EEXIST && errno != ENOTDIR && errno != EBUSY)
		rc = tree_fail(e, "cannot remove", w.path);
	close(dir);
	return rc;
}

static int remove_listed(struct target *t, int64_t user, int base, uint64_t *kept, struct err *e)
{
	struct dbval v = DB_INT(user);
	struct dbq q;
	int rc, one;

	if (sql_prepare(t, &q,
		"SELECT path, directory, size, mtime, sha256 FROM {p7m_files} WHERE user_id=?"
		" ORDER BY id DESC",
		e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		one = remove_path(base, &q, e);
		if (one < 0)
			rc = -1;
		else
			*kept += (uint64_t)one;
	}
	dbq_close(&q);
	return rc;
}

/* P8 has something else in the place of the directory: what is behind it is not ours. */
static int keep_all(struct target *t, int64_t user, uint64_t *kept, struct err *e)
{
	struct dbval v = DB_INT(user);
	int64_t n = 0;

	if (sql_int(t, "SELECT COUNT(*) FROM {p7m_files} WHERE user_id=? AND directory=0", &v, 1,
	    &n, e) < 0)
		return -1;
	*kept += (uint64_t)n;
	return 0;
}

static int remove_user(struct target *t, int64_t user, const char *uuid, int top, uint64_t *kept,
    struct err *e)
{
	int base = openat(top, uuid, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc = 0;
	char tmp[64];

	if (base < 0 && !tree_gone(errno))
		return tree_fail(e, "cannot open the files of", uuid);
	if (base < 0 && errno != ENOENT)
		rc = keep_all(t, user, kept, e);
	else if (base >= 0)
		rc = remove_listed(t, user, base, kept, e);
	if (base >= 0)
		close(base);
	snprintf(tmp, sizeof(tmp), STAGE_TEMPORARY "%s", uuid);
	if (rc < 0 || tree_remove(top, tmp, e) < 0)
		return -1;
	/*
	 * Directories first appear before what is in them, but a parent need not have a record.
	 * When it is in use, or gone, both are well.
	 */
	if (base >= 0)
		unlinkat(top, uuid, AT_REMOVEDIR);
	return 0;
}

static int remove_tree(struct target *t, int64_t user, const char *uuid, uint64_t *kept,
    struct err *e)
{
	int top, rc = tree_top(t->data, user ? "private" : "corporate", false, &top, e);

	if (rc <= 0)
		return rc;
	rc = user ? remove_user(t, user, uuid, top, kept, e) :
	    remove_listed(t, user, top, kept, e);
	close(top);
	return rc;
}

int files_remove(struct target *t, int64_t user, const char *uuid, uint64_t *kept, struct err *e)
{
	struct dbval v = DB_INT(user);
	int64_t n = 0;

	if (sql_int(t, "SELECT COUNT(*) FROM {p7m_files} WHERE user_id=?", &v, 1, &n, e) < 0)
		return -1;
	if (n > 0 && t->data == NULL)
		return err_set(
		    e, EXIT_CONFIG, "files were loaded, too; use --p8 DIR or --data DIR");
	if (t->data != NULL && remove_tree(t, user, uuid, kept, e) < 0)
		return -1;
	return sql_do(t, "DELETE FROM {p7m_files} WHERE user_id=?", &v, 1, e);
}

struct disowned {
	struct target *t;
	int64_t user;
	const char *path;
};

static int disown(void *arg, struct err *e)
{
	const struct disowned *f = arg;
	struct dbval v[] = { DB_INT(f->user), DB_STR(f->path) };
	struct kind_sum less = { 0 };
	struct dbq q;
	int rc;

	if (sql_prepare(f->t, &q, "SELECT root, size FROM {p7m_files} WHERE user_id=? AND path=?"
	    " FOR UPDATE", e) < 0)
		return -1;
	rc = dbq_run(&q, v, 2, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1) {
		less.things--;
		less.hash -= rowhash_file(dbq_str(&q, 0), f->path, strlen(f->path),
		    dbq_int(&q, 1));
	}
	dbq_close(&q);
	if (rc < 0 || less.things == 0)
		return rc;
	return sql_do(f->t, "DELETE FROM {p7m_files} WHERE user_id=? AND path=?", v, 2, e) < 0 ?
	    -1 : sums_add(f->t, f->user, "FILE", &less, e);
}

int files_disown(struct target *t, int64_t user, const char *path, struct err *e)
{
	struct disowned f = { t, user, path };
	const struct tx tx = { .t = t, .run = disown, .arg = &f };

	return tx_retry(&tx, e) < 0 ? -1 : 0;
}
