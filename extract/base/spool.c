#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/spool.h"

#define BLOCK ((size_t)64 << 10)

struct head {
	int64_t key, key2;
	uint64_t n;
};

void spool_init(struct spool *s)
{
	memset(s, 0, sizeof(*s));
	s->fd = -1;
	buf_init(&s->out, BUF_RECORD_MAX);
	buf_init(&s->in, BUF_RECORD_MAX);
}

int spool_file(struct err *e)
{
	const char *dir = getenv("TMPDIR");
	char path[4096];
	int fd;

	if (dir == NULL || dir[0] == '\0')
		dir = "/tmp";
	if (snprintf(path, sizeof(path), "%s/p7-extract.XXXXXX", dir) >= (int)sizeof(path))
		return err_set(e, EXIT_CANTCREATE, "TMPDIR is too long");
	fd = mkostemp(path, O_CLOEXEC);
	if (fd < 0)
		return err_sys(e, EXIT_CANTCREATE, "cannot create a temporary file in %s (TMPDIR)",
		    dir);
	unlink(path);
	return fd;
}

static int write_out(struct spool *s, const char *p, size_t n, struct err *e)
{
	ssize_t w;

	for (; n > 0; p += w, n -= (size_t)w, s->written += w) {
		w = pwrite(s->fd, p, n, s->written);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0)
			return err_sys(e, EXIT_IO, "writing a temporary file (TMPDIR)");
	}
	return 0;
}

static int flush(struct spool *s, struct err *e)
{
	if ((s->fd < 0 && (s->fd = spool_file(e)) < 0) ||
	    write_out(s, s->out.data, s->out.len, e) < 0)
		return -1;
	buf_reset(&s->out);
	return 0;
}

int spool_add(struct spool *s, int64_t key, int64_t key2, const void *p, size_t n, struct err *e)
{
	struct head h = { key, key2, n };

	buf_add(&s->out, &h, sizeof(h));
	if (n < BLOCK)
		buf_add(&s->out, p, n);
	if (s->out.failed)
		return err_memory(e);
	/* A large row is in memory once already. */
	if (n >= BLOCK)
		return flush(s, e) < 0 ? -1 : write_out(s, p, n, e);
	return s->out.len >= BLOCK ? flush(s, e) : 0;
}

void spool_rewind(struct spool *s)
{
	s->taken = 0;
	s->readpos = 0;
	buf_reset(&s->in);
}

/* The buffer that rows are taken from: the file's, then what was never written to it. */
static struct buf *source(struct spool *s)
{
	return s->readpos < s->written || s->in.len > 0 ? &s->in : &s->out;
}

/* At least N bytes behind taken; 1: they are there, 0: the end, -1: error. */
static int want(struct spool *s, size_t n, struct err *e)
{
	struct buf *b = source(s);
	size_t most;
	ssize_t r;

	if (b == &s->in && s->taken == s->in.len && s->readpos == s->written) {
		buf_reset(&s->in);
		s->taken = 0;
		b = &s->out;
	}
	if (b->len - s->taken >= n)
		return 1;
	if (b == &s->out)
		return 0;
	if (b->len > 0)
		memmove(b->data, b->data + s->taken, b->len - s->taken);
	b->len -= s->taken;
	s->taken = 0;
	while (b->len < n) {
		if (!buf_room(b, n > BLOCK ? n : BLOCK))
			return err_memory(e);
		/* Behind written the file may hold rows of an earlier lot. */
		most = b->size - b->len - 1;
		if ((off_t)most > s->written - s->readpos)
			most = (size_t)(s->written - s->readpos);
		r = pread(s->fd, b->data + b->len, most, s->readpos);
		if (r < 0 && errno == EINTR)
			continue;
		if (r == 0)
			return err_set(e, EXIT_IO, "a temporary file (TMPDIR) is shorter than what"
			    " was written to it; look at its disk, then run again");
		if (r < 0)
			return err_sys(e, EXIT_IO, "reading a temporary file (TMPDIR)");
		b->len += (size_t)r;
		s->readpos += r;
	}
	return 1;
}

int spool_peek(struct spool *s, struct srow *row, struct err *e)
{
	struct head h;
	int rc = want(s, sizeof(h), e);

	if (rc <= 0)
		return rc;
	memcpy(&h, source(s)->data + s->taken, sizeof(h));
	if (want(s, sizeof(h) + h.n, e) <= 0)
		return -1;
	*row = (struct srow){ h.key, h.key2, h.n, source(s)->data + s->taken + sizeof(h) };
	return 1;
}

void spool_skip(struct spool *s, const struct srow *row)
{
	s->taken += sizeof(struct head) + row->n;
}

int spool_next(struct spool *s, struct srow *row, struct err *e)
{
	int rc = spool_peek(s, row, e);

	if (rc > 0)
		spool_skip(s, row);
	return rc;
}

int spool_seek(struct spool *s, int64_t key, int64_t key2, struct srow *row, struct err *e)
{
	int rc;

	while ((rc = spool_peek(s, row, e)) > 0) {
		if (row->key > key || (row->key == key && row->key2 >= key2))
			return 1;
		spool_skip(s, row);
	}
	return rc;
}

int spool_of(struct spool *s, int64_t key, int64_t key2, struct srow *row, struct err *e)
{
	int rc = spool_seek(s, key, key2, row, e);

	if (rc <= 0)
		return rc;
	if (row->key != key || (key2 != SPOOL_ANY && row->key2 != key2))
		return 0;
	spool_skip(s, row);
	return 1;
}

/* A buffer that one huge row made large is given back. */
static void shrink(struct buf *b)
{
	if (b->size > 16 * BLOCK)
		buf_free(b);
	buf_reset(b);
}

void spool_clear(struct spool *s)
{
	shrink(&s->in);
	shrink(&s->out);
	s->taken = 0;
	s->written = s->readpos = 0;
}

void spool_free(struct spool *s)
{
	if (s->fd >= 0)
		close(s->fd);
	buf_free(&s->in);
	buf_free(&s->out);
	s->fd = -1;
}
