#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "digest.h"
#include "disk/readfiles.h"
#include "disk/tree.h"

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

static int unreadable(const char *path, struct err *e)
{
	return tree_fail(e, "cannot read in P8's files", path);
}

int readfiles_at(int dir, const char *name, const struct readfiles_want *w, struct stat *st,
    struct err *e)
{
	int same;

	if (fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) < 0)
		return tree_gone(errno) ? READFILES_GONE : unreadable(w->path, e);
	if (w->directory)
		return S_ISDIR(st->st_mode) ? READFILES_SAME : READFILES_OTHER;
	if (!S_ISREG(st->st_mode))
		return READFILES_OTHER;
	if (st->st_size != w->size)
		return READFILES_SIZE;
	if (st->st_mtim.tv_sec != w->mtime)
		return READFILES_TIME;
	if (w->sha[0] == '\0')
		return READFILES_SAME;
	same = content_is(dir, name, w->sha);
	if (same < 0)
		return tree_gone(errno) ? READFILES_GONE : unreadable(w->path, e);
	return same ? READFILES_SAME : READFILES_CONTENT;
}

int readfiles_below(int base, const struct readfiles_want *w, struct stat *st, struct err *e)
{
	const char *name;
	int dir = base < 0 ? -1 : tree_parent(base, w->path, false, &name), is;

	if (dir < 0)
		return base < 0 || tree_gone(errno) ? READFILES_GONE : unreadable(w->path, e);
	is = readfiles_at(dir, name, w, st, e);
	close(dir);
	return is;
}

static void put_time(struct buf *out, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char text[40];

	if (gmtime_r(&t, &tm) != NULL && strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &tm) > 0)
		buf_adds(out, text);
	else
		buf_addf(out, "%" PRId64, seconds);
}

void readfiles_why(struct buf *out, enum readfiles_is is, const struct readfiles_want *w,
    const struct stat *st)
{
	switch (is) {
	case READFILES_SAME:
		break;
	case READFILES_GONE:
		buf_adds(out, "not in P8 any more");
		break;
	case READFILES_OTHER:
		buf_addf(out, "not a %s in P8 any more", w->directory ? "directory" : "file");
		break;
	case READFILES_SIZE:
		buf_addf(out, "changed in P8: %" PRId64 " bytes instead of %" PRId64,
		    (int64_t)st->st_size, w->size);
		break;
	case READFILES_TIME:
		buf_adds(out, "changed in P8: its time of change is ");
		put_time(out, st->st_mtim.tv_sec);
		buf_adds(out, " UTC instead of ");
		put_time(out, w->mtime);
		break;
	case READFILES_CONTENT:
		buf_adds(out, "other content in P8, at the same size and time");
		break;
	}
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
