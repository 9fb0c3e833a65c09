#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"

void io_std_open(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY :
		    O_RDONLY) != fd)
			abort();	/* nowhere to say why */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
#ifndef __SANITIZE_ADDRESS__	/* it looks at the process from outside */
	prctl(PR_SET_DUMPABLE, 0);
#endif
}

int io_std_flush(struct err *e)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return 0;
	return err_sys(e, EXIT_IO, "cannot write standard output");
}

static int not_opened(const char *path, struct err *e)
{
	if (errno == EACCES)
		return err_set(e, EXIT_PERMISSION, "cannot open %s: Permission denied; run this as"
		    " its owner or as root", path);
	return err_sys(e, EXIT_NOINPUT, "cannot open %s", path);
}

int io_open_secret(const char *path, struct err *e)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return not_opened(path, e);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (st.st_mode & S_IROTH)) {
		close(fd);
		return err_set(e, EXIT_PERMISSION,
		    "%s contains passwords and every user can read it; run: chmod o-rwx '%s'", path,
		    path);
	}
	return fd;
}

static ssize_t read_all(int fd, void *p, size_t n)
{
	ssize_t r;

	do
		r = read(fd, p, n);
	while (r < 0 && errno == EINTR);
	return r;
}

static int write_all(int fd, const void *buf, size_t n)
{
	const char *p = buf;
	ssize_t w;

	while (n > 0) {
		w = write(fd, p, n);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return -1;
		p += w;
		n -= (size_t)w;
	}
	return 0;
}

int io_read_file(const char *path, bool secret, size_t max, struct buf *out, struct err *e)
{
	char block[8192];
	ssize_t r;
	int fd;

	buf_reset(out);
	fd = secret ? io_open_secret(path, e) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return secret ? -1 : not_opened(path, e);
	while ((r = read_all(fd, block, sizeof(block))) > 0 && out->len <= max)
		buf_add(out, block, (size_t)r);
	if (r < 0)
		err_sys(e, EXIT_IO, "cannot read %s", path);
	else if (out->len > max || out->failed)
		r = err_set(e, EXIT_DATA, "%s is larger than %zu bytes", path, max);
	buf_add(out, "", 0);
	close(fd);
	return r < 0 ? -1 : 0;
}

static int sync_directory(const char *path)
{
	char *dir = newfile_directory(path);
	int fd = dir != NULL ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	int rc = fd < 0 ? -1 : fsync(fd);

	if (fd >= 0)
		close(fd);
	free(dir);
	return rc;
}

/* All that can go wrong before the file is in its place. */
static int fill_like(int fd, const void *p, size_t n, const struct stat *like, const char *path,
    struct err *e)
{
	struct stat now;

	if (fstat(fd, &now) != 0)
		return err_sys(e, EXIT_IO, "cannot write %s", path);
	if ((now.st_uid != like->st_uid || now.st_gid != like->st_gid) &&
	    fchown(fd, like->st_uid, like->st_gid) != 0)
		return err_sys(e, EXIT_PERMISSION, "%s cannot be written as its owner, user %u "
		    "group %u; run this as that user or as root", path, like->st_uid,
		    like->st_gid);
	if (write_all(fd, p, n) != 0 || fchmod(fd, like->st_mode & 07777) != 0 || fsync(fd) != 0)
		return err_sys(e, EXIT_IO, "cannot write %s", path);
	return 0;
}

int io_replace_file(const char *path, const void *p, size_t n, const struct stat *like,
    struct err *e)
{
	char *real = realpath(path, NULL);
	const char *place = real != NULL ? real : path;
	struct newfile f;
	struct stat st;
	int rc;

	if (real == NULL && errno != ENOENT)
		return err_sys(e, EXIT_CANTCREATE, "cannot write %s", path);
	if (real == NULL && lstat(path, &st) == 0)
		return err_set(e, EXIT_CANTCREATE, "cannot write %s: it is a symbolic link to "
		    "nothing; correct or remove it", path);
	rc = newfile_open(&f, place, 0600, e) < 0 ? -1 :
	    fill_like(f.fd, p, n, like, place, e);
	if (rc == 0)
		rc = newfile_place(&f, e);
	else
		newfile_drop(&f);
	if (rc == 0 && sync_directory(place) != 0)
		rc = err_sys(e, EXIT_IO, "cannot write %s", place);
	free(real);
	return rc;
}

bool io_in_is_terminal(const char *path)
{
	return (path == NULL || strcmp(path, "-") == 0) && isatty(STDIN_FILENO);
}

int io_in_open(struct io_in *in, const char *path, struct err *e)
{
	memset(in, 0, sizeof(*in));
	buf_init(&in->text, BUF_RECORD_MAX + IO_BLOCK);
	in->block = malloc(IO_BLOCK);
	if (in->block == NULL)
		return err_memory(e);
	in->fd = STDIN_FILENO;
	in->name = "standard input";
	if (path != NULL && strcmp(path, "-") != 0) {
		in->name = path;
		in->fd = io_open_secret(path, e);
		if (in->fd < 0) {
			free(in->block);
			return -1;
		}
	}
	fcntl(in->fd, F_SETPIPE_SZ, 1 << 20);
	return 0;
}

/* Inflate what is in block, member after member. */
static int inflate_block(struct io_in *in, size_t got, struct err *e)
{
	int rc = Z_OK;

	if (in->member_ended)
		inflateReset(&in->z);
	in->z.next_in = in->block;
	in->z.avail_in = (unsigned)got;
	do {
		if (!buf_room(&in->text, IO_BLOCK))
			return err_set(e, EXIT_DATA, "%s: a line is longer than %zu bytes",
			    in->name, BUF_RECORD_MAX);
		in->z.next_out = (unsigned char *)in->text.data + in->text.len;
		in->z.avail_out = IO_BLOCK;
		rc = inflate(&in->z, Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return err_set(e, EXIT_DATA, "%s: damaged gzip data", in->name);
		in->text.len += IO_BLOCK - in->z.avail_out;
		in->member_ended = rc == Z_STREAM_END;
		if (in->member_ended && in->z.avail_in > 0)
			inflateReset(&in->z);
	} while (in->z.avail_in > 0 || in->z.avail_out == 0);
	return 0;
}

static int fill(struct io_in *in, struct err *e)
{
	bool first = in->text.data == NULL;
	ssize_t r;

	if (in->gz) {
		r = read_all(in->fd, in->block, IO_BLOCK);
		if (r > 0)
			return inflate_block(in, (size_t)r, e);
	} else {
		if (!buf_room(&in->text, IO_BLOCK))
			return err_set(e, EXIT_DATA, "%s: a line is longer than %zu bytes",
			    in->name, BUF_RECORD_MAX);
		r = read_all(in->fd, in->text.data + in->text.len, IO_BLOCK);
		if (r > 0 && first && (unsigned char)in->text.data[0] == 0x1f &&
		    (r == 1 || (unsigned char)in->text.data[1] == 0x8b)) {
			in->gz = true;
			if (inflateInit2(&in->z, 15 + 16) != Z_OK)
				return err_memory(e);
			memcpy(in->block, in->text.data, (size_t)r);
			return inflate_block(in, (size_t)r, e);
		}
		if (r > 0)
			in->text.len += (size_t)r;
	}
	if (r < 0)
		return err_sys(e, EXIT_IO, "cannot read %s", in->name);
	in->eof = r == 0;
	if (in->eof && in->gz && !in->member_ended)
		return err_set(e, EXIT_DATA, "%s: the gzip data is cut off", in->name);
	return 0;
}

int io_in_line(struct io_in *in, char **line, size_t *n, bool *whole, struct err *e)
{
	size_t seen = 0;
	char *nl;

	for (;;) {
		nl = in->text.len > in->taken + seen
		    ? memchr(in->text.data + in->taken + seen, '\n',
			  in->text.len - in->taken - seen)
		    : NULL;
		if (nl != NULL || in->eof)
			break;
		seen = in->text.len - in->taken;
		if (in->taken > 0) {
			memmove(in->text.data, in->text.data + in->taken, seen);
			in->text.len = seen;
			in->taken = 0;
		}
		if (fill(in, e) < 0)
			return -1;
	}
	*whole = nl != NULL;
	if (nl == NULL && in->text.len == in->taken)
		return 0;
	if (nl == NULL)
		nl = in->text.data + in->text.len;
	*line = in->text.data + in->taken;
	*n = (size_t)(nl - *line);
	*nl = '\0';
	in->taken += *n + *whole;
	return 1;
}

void io_in_close(struct io_in *in)
{
	if (in->gz)
		inflateEnd(&in->z);
	if (in->fd > STDIN_FILENO)
		close(in->fd);
	free(in->block);
	buf_free(&in->text);
}

static int open_path(struct io_out *out, const char *path, unsigned mode, struct err *e)
{
	out->name = path;
	if (!newfile_is_device(path)) {
		if (newfile_open(&out->file, path, mode, e) < 0)
			return -1;
		out->fd = out->file.fd;
		return 0;
	}
	if (newfile_check(path, e) < 0)
		return -1;
	out->fd = open(path, O_WRONLY | O_CLOEXEC);
	return out->fd >= 0 ? 0 : err_sys(e, EXIT_CANTCREATE, "cannot open %s", path);
}

int io_out_no_terminal(const struct io_out *out, const char *why, struct err *e)
{
	return !isatty(out->fd) ? 0 : err_set(e, EXIT_USAGE, "%s is a terminal, and %s; give it a"
	    " file (-o FILE) or a pipe", out->name, why);
}

static int out_open(struct io_out *out, const char *path, bool gz, unsigned mode, struct err *e)
{
	memset(out, 0, sizeof(*out));
	buf_init(&out->text, 2 * IO_BLOCK);
	out->fd = STDOUT_FILENO;
	out->file.fd = -1;
	out->name = "standard output";
	out->gz = gz;
	if (path != NULL && strcmp(path, "-") != 0 && open_path(out, path, mode, e) < 0)
		return -1;
	if (gz && io_out_no_terminal(out, "compressed data cannot be read there", e) < 0) {
		io_out_abort(out);
		return -1;
	}
	fcntl(out->fd, F_SETPIPE_SZ, 1 << 20);
	if (gz) {
		out->block = malloc(IO_BLOCK);
		if (out->block == NULL ||
		    deflateInit2(&out->z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
			return err_memory(e);
	}
	return 0;
}

int io_out_open(struct io_out *out, const char *path, bool gz, struct err *e)
{
	return out_open(out, path, gz, 0600, e);
}

static int not_written(const struct io_out *out, struct err *e)
{
	if (errno == EPIPE)
		return err_set(e, EXIT_IO, "cannot write %s: its reader has ended; the reader's own"
		    " message says why", out->name);
	return err_sys(e, EXIT_IO, "cannot write %s", out->name);
}

static int put(struct io_out *out, const void *p, size_t n, int flush, struct err *e)
{
	if (!out->gz)
		return write_all(out->fd, p, n) == 0 ? 0 : not_written(out, e);
	out->z.next_in = (unsigned char *)(uintptr_t)p;	/* zlib only reads it */
	out->z.avail_in = (unsigned)n;
	do {
		out->z.next_out = out->block;
		out->z.avail_out = IO_BLOCK;
		deflate(&out->z, flush);
		if (write_all(out->fd, out->block, IO_BLOCK - out->z.avail_out) < 0)
			return not_written(out, e);
	} while (out->z.avail_out == 0);
	return 0;
}

static int put_text(struct io_out *out, int flush, struct err *e)
{
	int rc = 0;

	if (out->text.len > 0 || flush != Z_NO_FLUSH)
		rc = put(out, out->text.data, out->text.len, flush, e);
	out->text.len = 0;
	return rc;
}

int io_out_write(struct io_out *out, const void *p, size_t n, struct err *e)
{
	size_t part;

	if (out->text.len + n >= IO_BLOCK && put_text(out, Z_NO_FLUSH, e) < 0)
		return -1;
	for (; n >= IO_BLOCK; p = (const char *)p + part, n -= part) {
		part = n > (size_t)1 << 30 ? (size_t)1 << 30 : n;
		if (put(out, p, part, Z_NO_FLUSH, e) < 0)
			return -1;
	}
	buf_add(&out->text, p, n);
	return buf_check(&out->text, e);
}

int io_out_flush(struct io_out *out, struct err *e)
{
	return put_text(out, out->gz ? Z_SYNC_FLUSH : Z_NO_FLUSH, e);
}

static void out_free(struct io_out *out)
{
	if (out->gz)
		deflateEnd(&out->z);
	free(out->block);
	buf_free(&out->text);
	memset(out, 0, sizeof(*out));
	out->file.fd = -1;
}

int io_out_finish(struct io_out *out, struct err *e)
{
	int rc;

	if (out->finished)
		return 0;
	rc = put_text(out, out->gz ? Z_FINISH : Z_NO_FLUSH, e);
	if (rc == 0 && out->file.fd >= 0)
		rc = newfile_sync(&out->file, e);
	out->finished = rc == 0;
	return rc;
}

int io_out_close(struct io_out *out, struct err *e)
{
	int rc = io_out_finish(out, e);

	if (rc < 0) {
		io_out_abort(out);
		return -1;
	}
	if (out->file.fd >= 0)
		rc = newfile_place(&out->file, e);
	else if (close(out->fd) != 0)
		rc = err_sys(e, EXIT_IO, "cannot write %s", out->name);
	out_free(out);
	return rc;
}

void io_out_abort(struct io_out *out)
{
	if (out->file.fd >= 0)
		newfile_drop(&out->file);
	else if (out->fd > STDERR_FILENO)
		close(out->fd);
	out_free(out);
}

int io_write_file(const char *path, const void *p, size_t n, unsigned mode, struct err *e)
{
	struct io_out out;

	if (out_open(&out, path, false, mode, e) < 0)
		return -1;
	if (io_out_write(&out, p, n, e) == 0)
		return io_out_close(&out, e);
	io_out_abort(&out);
	return -1;
}
