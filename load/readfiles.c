#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "readback.h"
#include "readfiles.h"
#include "tree.h"

#define READ_BLOCK ((size_t)256 << 10)

/* 1, 0; -1: it cannot be read. */
static int content_is(int dir, const char *name, const char *sha)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	uint8_t *block = malloc(READ_BLOCK);
	struct sha256_ctx ctx;
	struct stat st;
	char is[65] = "";
	ssize_t n = -1;

	sha256_init(&ctx);
	if (fd >= 0 && block != NULL && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		n = 0;
	else
		while (fd >= 0 && block != NULL && (n = read(fd, block, READ_BLOCK)) > 0)
			sha256_update(&ctx, (size_t)n, block);
	if (n == 0)
		sha256_end_hex(&ctx, is);
	if (fd >= 0)
		close(fd);
	free(block);
	return n < 0 ? -1 : strcmp(is, sha) == 0;
}

static int64_t unreadable(const char *path, struct err *e)
{
	tree_fail(e, "cannot read in P8's files", path);
	return -2;
}

int64_t readfiles_size(int base, const char *path, const char *sha, struct err *e)
{
	struct stat st;
	const char *name;
	int64_t size = -1;
	int dir = base < 0 ? -1 : tree_parent(base, path, false, &name), same;

	if (dir < 0)
		return base < 0 || tree_gone(errno) ? -1 : unreadable(path, e);
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		size = S_ISDIR(st.st_mode) ? 0 : S_ISREG(st.st_mode) ? st.st_size : -1;
	else if (!tree_gone(errno))
		size = unreadable(path, e);
	if (size >= 0 && sha[0] != '\0') {
		same = content_is(dir, name, sha);
		if (same == 0 || (same < 0 && tree_gone(errno)))
			size = -1;
		else if (same < 0)
			size = unreadable(path, e);
	}
	close(dir);
	return size;
}

int readfiles_user(const char *data, const char *uuid, int *fd, struct err *e)
{
	int top, rc = tree_top(data, "private", false, &top, e), why;

	*fd = -1;
	errno = ENOENT;
	if (rc <= 0)
		return rc;
	*fd = openat(top, uuid, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	why = errno;
	close(top);
	errno = why;
	return *fd < 0 && !tree_gone(why) ? tree_fail(e, "cannot open the files of", uuid) : 0;
}

/* Those of a user, or of the installation; *FD is -1 when they are not there. */
static int open_base(struct readback *r, int64_t user, const char *uuid, int *fd, struct err *e)
{
	*fd = -1;
	if (r->t->data == NULL)
		return 0;
	if (user != 0)
		return readfiles_user(r->t->data, uuid, fd, e);
	return tree_top(r->t->data, "corporate", false, fd, e) < 0 ? -1 : 0;
}

int readfiles(struct readback *r, int64_t user, const char *uuid, struct err *e)
{
	struct dbval v = DB_INT(user);
	struct dbq *q = &r->files;
	struct readback_kind *k = NULL;
	int64_t size;
	int base = -1, rc;

	if (dbq_run(q, &v, 1, e) < 0)
		return -1;
	while ((rc = dbq_next(q, e)) == 1) {
		if (k == NULL) {
			k = readback_kind(r, "FILE");
			if (k == NULL)
				return err_set(e, EXIT_DATA, "the ledger has too many kinds");
			if (open_base(r, user, uuid, &base, e) < 0)
				return -1;
		}
		size = r->t->data == NULL ? dbq_int(q, 3) :
		    readfiles_size(base, dbq_str(q, 1), r->deep ? dbq_str(q, 4) : "", e);
		if (size == -2) {
			rc = -1;
			break;
		}
		if (user == 0) {
			k->want.things++;
			k->want.hash += rowhash_file(dbq_str(q, 0), dbq_str(q, 1), q->col[1].n,
			    dbq_int(q, 3));
		}
		if (size < 0)
			continue;
		k->got.things++;
		k->got.hash += rowhash_file(dbq_str(q, 0), dbq_str(q, 1), q->col[1].n, size);
	}
	if (base >= 0)
		close(base);
	return rc;
}
