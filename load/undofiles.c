#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place.h"
#include "sql.h"
#include "tree.h"
#include "undofiles.h"

/* One path; 1: it is kept. */
static int remove_path(int base, const struct dbq *q, struct err *e)
{
	const char *path = dbq_str(q, 0), *name;
	struct stat st;
	int dir = tree_parent(base, path, false, &name), rc = 0;

	if (dir < 0)
		return errno == ENOENT ? 0 : tree_fail(e, "cannot open the directory of", path);
	if (dbq_int(q, 1)) {
		if (unlinkat(dir, name, AT_REMOVEDIR) < 0 && errno != ENOENT &&
		    errno != ENOTEMPTY && errno != EEXIST && errno != ENOTDIR)
			rc = tree_fail(e, "cannot remove", path);
	} else if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(st.st_mode) || st.st_size != dbq_int(q, 2) ||
		    st.st_mtim.tv_sec != dbq_int(q, 3))
			rc = 1;
		else if (unlinkat(dir, name, 0) < 0)
			rc = tree_fail(e, "cannot remove", path);
	}
	close(dir);
	return rc;
}

static int remove_listed(struct target *t, int64_t user, int base, uint64_t *kept, struct err *e)
{
	struct dbval v = DB_INT(user);
	struct dbq q;
	int rc, one;

	if (sql_prepare(t, &q,
		"SELECT path, directory, size, mtime FROM {p7m_files} WHERE user_id=?"
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

/* Directories first appear before what is in them, but a parent need not have a record. */
static void remove_empty(const char *path)
{
	if (rmdir(path) < 0 && errno != ENOTEMPTY && errno != EEXIST)
		return;		/* it is in use, or gone: both are well */
}

static int remove_tree(struct target *t, int64_t user, const char *uuid, uint64_t *kept,
    struct err *e)
{
	char *path, *tmp = NULL;
	int base, rc = -1;

	if (asprintf(&path, "%s/files/%s%s", t->data, user ? "private/" : "corporate",
	    user ? uuid : "") < 0)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (asprintf(&tmp, "%s/files/private/" PLACE_TEMPORARY "%s", t->data, uuid) < 0) {
		free(path);
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	}
	base = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (base < 0 && errno != ENOENT)
		tree_fail(e, "cannot open", path);
	else
		rc = base < 0 ? 0 : remove_listed(t, user, base, kept, e);
	if (base >= 0)
		close(base);
	if (rc == 0 && user != 0) {
		rc = tree_remove(tmp, e);
		remove_empty(path);
	}
	free(path);
	free(tmp);
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
		    e, EXIT_CONFIG, "files were loaded, too; say --p8 DIR or --data DIR");
	if (t->data != NULL && remove_tree(t, user, uuid, kept, e) < 0)
		return -1;
	return sql_do(t, "DELETE FROM {p7m_files} WHERE user_id=?", &v, 1, e);
}
