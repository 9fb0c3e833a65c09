#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "digest.h"
#include "files.h"
#include "itemize.h"
#include "load.h"
#include "note.h"
#include "place.h"
#include "tree.h"

#define FILE_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

static int reject(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct report_item item = { .reject = true, .code = code, .reason = reason, .id = -1,
	    .action = remedy, .record = f->record, .record_len = f->record_len };

	f->bad = true;
	return note_item(l, item, e);
}

static void close_fds(struct stage_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->dir >= 0)
		close(f->dir);
	f->fd = f->dir = -1;
}

/* Members of the FILE record into the struct; false: they cannot be. */
static bool take_members(struct load *l, struct stage_file *f)
{
	const struct jdoc *d = &l->si.doc;
	const struct jval *path = jr_get(d, NULL, "path");
	const char *p, *sha = jr_str(d, NULL, "sha256", "");
	size_t n;

	buf_reset(&l->spare);
	if (path == NULL || jr_bytes(d, path, &l->spare, &p, &n) < 0 || n >= sizeof(f->path) ||
	    !tree_path_ok(p, n) || (sha[0] != '\0' && strlen(sha) != 64))
		return false;
	memcpy(f->path, p, n);
	f->path[n] = '\0';
	f->path_len = n;
	snprintf(f->root, sizeof(f->root), "%s", jr_str(d, NULL, "root", "private"));
	strcpy(f->sha, sha);
	f->size = jr_int(d, NULL, "size", 0);
	f->mtime = jr_int(d, NULL, "mtime", 0);
	f->mtime_ns = jr_int(d, NULL, "mtime_ns", 0);
	f->mode = (mode_t)jr_int(d, NULL, "mode", 0644) & 0777;
	f->got = 0;
	return f->size >= 0 && f->mtime_ns >= 0 && f->mtime_ns < 1000000000;
}

static int keep_record(struct load *l, struct stage_file *f, struct err *e)
{
	free(f->record);
	f->record = malloc(l->si.len + 1);
	if (f->record == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	memcpy(f->record, l->si.line, l->si.len);
	f->record_len = l->si.len;
	return 0;
}

/* Bytes that were written: counted, hashed when a hash was announced. */
static int take_bytes(struct load *l, const void *p, size_t n, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	const char *at = p;
	ssize_t w;

	if (f->sha[0] != '\0')
		sha256_update(&f->ctx, n, p);
	f->got += (int64_t)n;
	for (; n > 0; at += w, n -= (size_t)w) {
		w = write(f->fd, at, n);
		if (w < 0 && errno == EINTR)
			w = 0;
		if (w < 0)
			return tree_fail(e, "cannot write", f->path);
	}
	return 0;
}

static bool outside(int err)
{
	return err == ENOENT || err == ELOOP || err == ENOTDIR || err == EACCES;
}

/* --files-from: the content is in P7's data directory. */
static int copy_from(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	const struct jval *v = jr_get(&l->si.doc, NULL, "from");
	const char *from, *name;
	int base, dir, in = -1;
	int64_t got = -1;
	size_t n;

	buf_reset(&l->spare);
	if (v == NULL || jr_bytes(&l->si.doc, v, &l->spare, &from, &n) < 0 ||
	    !tree_path_ok(from, n))
		return reject(l, "file-without-source", "the record does not say where P7 has it",
		    "feed a stream of this release", e);
	base = open(l->o->files_from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return err_sys(e, EXIT_NOINPUT, "cannot open %s", l->o->files_from);
	dir = tree_parent(base, from, false, &name);
	if (dir >= 0)
		in = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (in >= 0)
		got = tree_copy(in, f->fd);
	else if (outside(errno))
		got = -2;
	close(base);
	if (dir >= 0)
		close(dir);
	if (in >= 0)
		close(in);
	if (got == -2)
		return reject(l, "file-missing", "P7's data directory does not have it (any more)",
		    "look whether --files-from is P7's data directory; else extract again", e);
	if (got < 0)
		return tree_fail(e, "cannot copy", f->path);
	f->got = got;
	f->sha[0] = '\0';
	return 0;
}

/* The name to write under: final inside a user's stage, temporary where P8's files are. */
static int make_file(struct load *l, int base, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	const char *name;

	f->dir = tree_parent(base, f->path, true, &name);
	if (f->dir < 0) {
		if (errno == ENOSPC || errno == EDQUOT)
			return tree_fail(e, "cannot create", f->path);
		return reject(l, "file-name", "its directory cannot be made in P8's",
		    "look at the names in P8's data/files, then run again", e);
	}
	snprintf(f->final, sizeof(f->final), "%s", name);
	if (l->user.open)
		snprintf(f->name, sizeof(f->name), "%s", name);
	else
		snprintf(f->name, sizeof(f->name), PLACE_TEMPORARY "%s", l->run);
	if (!l->user.open && unlinkat(f->dir, f->name, 0) < 0 && errno != ENOENT)
		return tree_fail(e, "cannot remove", f->name);
	f->fd = openat(f->dir, f->name, FILE_FLAGS, 0600);
	if (f->fd < 0 && errno == EEXIST)
		return reject(l, "file-twice", "a path stands in the stream twice",
		    "remove one of them", e);
	if (f->fd < 0)
		return tree_fail(e, "cannot create", f->path);
	tree_own(base, f->fd);
	if (!l->user.open)
		place_temporary(l);
	return 0;
}

static int file_begin(struct load *l, int base, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;

	f->open = true;
	sha256_init(&f->ctx);
	if (make_file(l, base, e) < 0)
		return -1;
	if (f->bad || l->o->files_from == NULL)
		return 0;
	return copy_from(l, e);
}

int files_check_source(const char *dir, struct err *e)
{
	int fd = dir != NULL ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct stat st;
	int rc = 0;

	if (dir == NULL)
		return 0;
	if (fd < 0)
		return err_sys(e, EXIT_NOINPUT, "cannot open %s, which --files-from names", dir);
	if (fstatat(fd, "files", &st, 0) != 0 && fstatat(fd, "data/files", &st, 0) == 0)
		rc = err_set(e, EXIT_NOINPUT, "%s is the directory of P7; --files-from wants its "
		    "data directory: %s/data", dir, dir);
	close(fd);
	return rc;
}

int files_record(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	bool directory;
	int base, rc;

	if (files_close_one(l, e) < 0)
		return -1;
	if (l->o->without_files)
		return 0;
	f->bad = false;
	f->fd = f->dir = -1;
	if (keep_record(l, f, e) < 0)
		return -1;
	if (!take_members(l, f))
		return reject(l, "file-path", "path, size or time are missing or not allowed",
		    "correct the record and feed it again", e);
	if (!place_known(l))
		return reject(l, "file-root", "files of this kind have no place in P8",
		    "copy them by hand", e);
	directory = jr_bool(&l->si.doc, NULL, "directory", false);
	rc = place_taken(l, directory, e);
	f->bad = rc != 0;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	itemize_file(l, f->path, f->path_len);
	if (l->o->dry_run)
		return 0;
	base = place_base(l, e);
	if (base < 0)
		return -1;
	if (directory)
		rc = place_directory(l, base, e);
	else
		rc = file_begin(l, base, e);
	close(base);
	return rc;
}

int files_chunk(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	const struct jval *v = jr_get(&l->si.doc, NULL, "data");
	const char *p;
	size_t n;

	if (l->o->without_files || l->o->dry_run || f->bad || l->o->files_from != NULL)
		return 0;
	buf_reset(&l->spare);
	if (!f->open || v == NULL || jr_bytes(&l->si.doc, v, &l->spare, &p, &n) < 0)
		return reject(l, "file-chunk", "a FILE_CHUNK without its FILE, or without data",
		    "feed the whole stream", e);
	if (jr_int(&l->si.doc, NULL, "offset", f->got) != f->got)
		return reject(
		    l, "file-chunk", "a FILE_CHUNK is missing", "feed the whole stream", e);
	return take_bytes(l, p, n, e);
}

/* Times and mode; closed, because only then all errors are known. */
static int seal(struct load *l, struct stage_file *f, struct err *e)
{
	struct timespec t[2] = { { f->mtime, f->mtime_ns }, { f->mtime, f->mtime_ns } };
	int rc = 0;

	if (fchmod(f->fd, f->mode) < 0 || futimens(f->fd, t) < 0)
		rc = -1;
	if (rc == 0 && (!l->user.open || l->user.stage.n < FILES_FSYNC_MAX))
		rc = fsync(f->fd);
	if (close(f->fd) < 0)
		rc = -1;
	f->fd = -1;
	return rc < 0 ? tree_fail(e, "cannot write", f->path) : 0;
}

static int check(struct load *l, struct stage_file *f, struct err *e)
{
	char sha[65];

	if (f->got != f->size && l->o->files_from != NULL)
		return note_item(l, (struct report_item){ .code = "file-changed", .id = -1,
		    .reason = "P7 changed the file after it was extracted",
		    .action = "it was copied as it is now", .record = f->record,
		    .record_len = f->record_len }, e);
	if (f->got == 0 && f->size > 0)
		return reject(l, "file-without-content", "the stream does not carry the content",
		    "say --files-from with P7's data directory, or extract without "
		    "--files-by-reference", e);
	if (f->sha[0] != '\0')
		sha256_end_hex(&f->ctx, sha);
	if (f->got != f->size || (f->sha[0] != '\0' && strcmp(sha, f->sha) != 0))
		return reject(l, "file-damaged", "the content does not have the announced size and "
		    "sha256", "extract again", e);
	return 0;
}

int files_close_one(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct unit_file row = { f->root, f->path, f->sha[0] ? f->sha : NULL, f->path_len, false, 0,
	    f->mtime };
	int rc = 0;

	if (!f->open)
		return 0;
	f->open = false;
	if (!f->bad)
		rc = check(l, f, e);
	row.sha = f->sha[0] ? f->sha : NULL;
	row.bytes = f->got;
	if (rc == 0 && f->bad && f->fd >= 0)
		unlinkat(f->dir, f->name, 0);
	else if (rc == 0 && !f->bad)
		rc = seal(l, f, e);
	if (rc == 0 && !f->bad && !l->user.open)
		rc = place_corporate(l, e);
	if (rc == 0 && !f->bad) {
		rc = unit_file(&l->unit, &row, e);
		l->user.stage.n++;
		l->user.stage.bytes += (uint64_t)f->got;
		l->counts.files++;
		l->counts.bytes += (uint64_t)f->got;
	}
	if (rc < 0 && !l->user.open)
		unlinkat(f->dir, f->name, 0);
	close_fds(f);
	return rc;
}

void files_free(struct stage *s)
{
	/* A run that ends in the middle of a file leaves no part of it. */
	if (s->f.open && s->f.dir >= 0)
		unlinkat(s->f.dir, s->f.name, 0);
	close_fds(&s->f);
	if (s->used)
		close(s->lock);
	free(s->tmp);
	free(s->final);
	free(s->f.record);
	buf_free(&s->dirs);
	memset(s, 0, sizeof(*s));
	s->f.fd = s->f.dir = -1;
}
