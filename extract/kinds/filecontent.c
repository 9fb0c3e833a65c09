#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "kinds/files.h"

#define TRIES 3

static ssize_t read_full(int fd, char *p, size_t n)
{
	size_t done = 0;
	ssize_t r;

	while (done < n) {
		r = read(fd, p + done, n - done);
		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0)
			return -1;
		if (r == 0)
			break;
		done += (size_t)r;
	}
	return (ssize_t)done;
}

struct jsonw *file_begin(struct filetree *t, const struct stat *st)
{
	struct jsonw *w = so_begin(&t->f->r->so, "FILE");
	struct buf *path = &t->f->path, *chunk = &t->f->chunk;
	size_t len = chunk->len;

	jw_kv_str(w, "root", t->root);
	jw_key(w, "path");
	jw_str_n(w, path->data, path->len);
	/* The chunk buffer has room for a path behind what it holds. */
	buf_addf(chunk, "files/%s/%s%s", t->root, t->owner, t->owner[0] != '\0' ? "/" : "");
	buf_add(chunk, path->data, path->len);
	jw_key(w, "from");
	jw_str_n(w, chunk->data + len, chunk->len - len);
	chunk->len = len;
	jw_kv_int(w, "size", S_ISDIR(st->st_mode) ? 0 : st->st_size);
	jw_kv_int(w, "mtime", st->st_mtim.tv_sec);
	jw_kv_int(w, "mtime_ns", st->st_mtim.tv_nsec);
	jw_kv_int(w, "mode", st->st_mode & 07777);
	return w;
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/*
 * The hash of the whole file.  A file of one chunk is in f->chunk then.  1: done; 0: it changed
 * meanwhile; -1: it cannot be read (errno).
 */
static int hash_file(struct files *f, int fd, struct stat *st, char hex[65])
{
	struct sha256_ctx c;
	struct stat after;
	off_t total = 0;
	ssize_t n;

	if (fstat(fd, st) != 0 || lseek(fd, 0, SEEK_SET) != 0)
		return -1;
	sha256_init(&c);
	do {
		n = read_full(fd, f->chunk.data, FILES_CHUNK);
		if (n < 0)
			return -1;
		sha256_update(&c, (size_t)n, (const uint8_t *)f->chunk.data);
		total += n;
	} while ((size_t)n == FILES_CHUNK);
	f->chunk.len = (size_t)(total <= (off_t)FILES_CHUNK ? total : 0);
	sha256_end_hex(&c, hex);
	if (fstat(fd, &after) != 0)
		return -1;
	return same(st, &after) && total == st->st_size;
}

static int put_chunk(struct filetree *t, off_t offset, size_t n, struct err *e)
{
	struct jsonw *w = so_begin(&t->f->r->so, "FILE_CHUNK");

	jw_key(w, "path");
	jw_str_n(w, t->f->path.data, t->f->path.len);
	jw_kv_int(w, "offset", offset);
	jw_key(w, "data");
	jw_bytes(w, t->f->chunk.data, n);
	return so_put(&t->f->r->so, "FILE_CHUNK", e);
}

/* The content once more; it has to be what the hash says. */
static int put_content(struct filetree *t, int fd, const struct stat *st, const char *hex,
    struct err *e)
{
	struct sha256_ctx c;
	char now[65] = "";
	off_t offset = 0;
	ssize_t n = 0;

	if (st->st_size <= (off_t)FILES_CHUNK)
		return st->st_size > 0 ? put_chunk(t, 0, (size_t)st->st_size, e) : 0;
	sha256_init(&c);
	if (lseek(fd, 0, SEEK_SET) != 0)
		n = -1;
	while (n >= 0 && offset < st->st_size) {
		n = read_full(fd, t->f->chunk.data, FILES_CHUNK);
		if (n <= 0)
			break;
		if (n > st->st_size - offset)
			n = st->st_size - offset;
		sha256_update(&c, (size_t)n, (const uint8_t *)t->f->chunk.data);
		if (put_chunk(t, offset, (size_t)n, e) < 0)
			return -1;
		offset += n;
	}
	sha256_end_hex(&c, now);
	if (strcmp(now, hex) == 0)
		return 0;
	return filetree_again(t, "file-changed", "the file changed while it was read",
	    "when P7 is not in use, ", e);
}

static int put_open_file(struct filetree *t, int fd, struct err *e)
{
	struct stat st;
	struct jsonw *w;
	char hex[65];
	int i, rc = 0;

	for (i = 0; i < TRIES && rc == 0; i++)
		rc = hash_file(t->f, fd, &st, hex);
	if (rc < 0)
		return filetree_unreadable(t, "file-unreadable", e);
	if (rc == 0)
		return filetree_again(t, "file-changed", "the file changes all the time",
		    "when P7 is not in use, ", e);
	w = file_begin(t, &st);
	jw_kv_str(w, "sha256", hex);
	if (so_put(&t->f->r->so, "FILE", e) < 0)
		return -1;
	return put_content(t, fd, &st, hex, e);
}

int file_write(struct filetree *t, int dir, const char *name, const struct stat *st,
    struct err *e)
{
	struct stat now;
	int fd, rc;

	if (t->f->r->o->by_reference) {
		file_begin(t, st);
		return so_put(&t->f->r->so, "FILE", e);
	}
	/* It could have become something else meanwhile: do not wait for a FIFO. */
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return filetree_unreadable(t, "file-unreadable", e);
	if (fstat(fd, &now) == 0 && !S_ISREG(now.st_mode))
		rc = filetree_report(t, false, "special-file", "it is not a file any more",
		    "left out", e);
	else
		rc = put_open_file(t, fd, e);
	close(fd);
	return rc;
}
