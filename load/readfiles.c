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

static bool content_is(int dir, const char *name, const char *sha)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	uint8_t *block = malloc(READ_BLOCK);
	struct sha256_ctx ctx;
	char is[65] = "";
	ssize_t n = -1;

	sha256_init(&ctx);
	while (fd >= 0 && block != NULL && (n = read(fd, block, READ_BLOCK)) > 0)
		sha256_update(&ctx, (size_t)n, block);
	if (n == 0)
		sha256_end_hex(&ctx, is);
	if (fd >= 0)
		close(fd);
	free(block);
	return strcmp(is, sha) == 0;
}

int64_t readfiles_size(int base, const char *path, const char *sha)
{
	struct stat st;
	const char *name;
	int64_t size = -1;
	int dir = base < 0 ? -1 : tree_parent(base, path, false, &name);

	if (dir < 0)
		return -1;
	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		size = S_ISDIR(st.st_mode) ? 0 : S_ISREG(st.st_mode) ? st.st_size : -1;
	if (size >= 0 && sha[0] != '\0' && !content_is(dir, name, sha))
		size = -1;
	close(dir);
	return size;
}

/* data/files/private/UUID, or data/files/corporate; -1 when it is not there. */
static int open_base(struct readback *r, int64_t user, const char *uuid, struct err *e)
{
	char *path;
	int fd;

	if (asprintf(&path, "%s/files/%s%s", r->t->data, user ? "private/" : "corporate",
	    user ? uuid : "") < 0)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(path);
	return fd;
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
			base = r->t->data != NULL ? open_base(r, user, uuid, e) : -1;
		}
		if (k == NULL)
			return err_set(e, EXIT_DATA, "the ledger has too many kinds");
		size = r->t->data == NULL ? dbq_int(q, 3) :
		    readfiles_size(base, dbq_str(q, 1), r->deep ? dbq_str(q, 4) : "");
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
