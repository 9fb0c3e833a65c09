#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "disk/place.h"
#include "disk/readfiles.h"
#include "target/sql.h"
#include "disk/tree.h"
#include "kinds/file.h"

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
	snprintf(tmp, sizeof(tmp), PLACE_TEMPORARY "%s", uuid);
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

int undofiles(struct target *t, int64_t user, const char *uuid, uint64_t *kept, struct err *e)
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
