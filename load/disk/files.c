#include <dirent.h>
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
#include "disk/files.h"
#include "run/itemize.h"
#include "run/load.h"
#include "run/note.h"
#include "disk/place.h"
#include "disk/tree.h"

#define COPY_TRIES 3
#define STREAM_AS_MADE "give p8-load the stream as p7-transform made it and "
#define FILE_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* The file at hand is left out, and reported with its record. */
static int reject(struct load *l, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	struct report_item item = { .reject = true, .code = code, .reason = reason, .id = -1,
	    .action = remedy, .record = f->record, .record_len = f->record_len };

	f->bad = true;
	return note_item(l, item, e);
}

int files_reject_again(struct load *l, const char *code, const char *reason, const char *before,
    struct err *e)
{
	char remedy[400];

	snprintf(remedy, sizeof(remedy), "%s%s", before,
	    l->user.open ? BRING_AGAIN : BRING_CORPORATE_AGAIN);
	return reject(l, code, reason, remedy, e);
}

static void close_fds(struct stage_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	if (f->dir >= 0)
		close(f->dir);
	f->fd = f->dir = -1;
}

static const char path_too_long[] = "its path is too long for P8 (4096 bytes or more)";

/* Members of the FILE record into the struct; NULL, or why they cannot be. */
static const char *take_members(struct load *l, struct stage_file *f)
{
	static const char bad[] = "path, size or time are missing or not allowed";
	const struct jdoc *d = &l->si.doc;
	const struct jval *path = jr_get(d, NULL, "path");
	const char *p, *sha = jr_str(d, NULL, "sha256", "");
	size_t n;

	buf_reset(&l->spare);
	if (path == NULL || jr_bytes(d, path, &l->spare, &p, &n) < 0 || !tree_path_ok(p, n) ||
	    (sha[0] != '\0' && strlen(sha) != 64))
		return bad;
	if (n >= sizeof(f->path))
		return path_too_long;
	memcpy(f->path, p, n);
	f->path[n] = '\0';
	f->path_len = n;
	snprintf(f->root, sizeof(f->root), "%s", jr_str(d, NULL, "root", "private"));
	strcpy(f->sha, sha);
	f->size = jr_int(d, NULL, "size", 0);
	f->mtime = jr_int(d, NULL, "mtime", 0);
	f->mtime_ns = jr_int(d, NULL, "mtime_ns", 0);
	f->got = 0;
	f->changed = false;
	return f->size >= 0 && f->mtime_ns >= 0 && f->mtime_ns < 1000000000 ? NULL : bad;
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

/* P7's file cannot be read: it may well be there. */
static int unreadable(struct load *l, const char *from, struct err *e)
{
	int why = errno;

	if (why == EACCES || why == EPERM)
		return err_sys(e, EXIT_PERMISSION, "cannot read %s/%s; run this as a user who may "
		    "read P7's files, it goes on there (or --without files, and bring them "
		    "later)", l->o->files_from, from);
	return err_sys(e, why == EMFILE || why == ENFILE || why == ENOMEM ? EXIT_TEMPORARY :
	    EXIT_IO, "cannot copy %s/%s; look at the disks of P7 and P8, then run again, it goes "
	    "on there (or --without files, and bring them later)", l->o->files_from, from);
}

static bool same(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The content of IN as it was at one moment; 1, 0: it changes all the time, -1. */
static int copy_whole(struct stage_file *f, int in)
{
	struct stat before, after;
	int try;

	for (try = 0; try < COPY_TRIES; try++) {
		if (fstat(in, &before) < 0 || ftruncate(f->fd, 0) < 0 ||
		    lseek(in, 0, SEEK_SET) < 0 || lseek(f->fd, 0, SEEK_SET) < 0)
			return -1;
		f->got = tree_copy(in, f->fd, before.st_size);
		if (f->got < 0 || fstat(in, &after) < 0)
			return -1;
		if (!same(&before, &after) || f->got != after.st_size)
			continue;
		f->changed = f->got != f->size || after.st_mtim.tv_sec != f->mtime;
		if (f->changed) {
			f->mtime = after.st_mtim.tv_sec;
			f->mtime_ns = after.st_mtim.tv_nsec;
		}
		return 1;
	}
	return 0;
}

static int copy_open(struct load *l, int in, const char *from, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	int rc = copy_whole(f, in);

	if (rc < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
		return tree_fail(e, "cannot write", f->path);
	if (rc < 0)
		return unreadable(l, from, e);
	if (rc == 0)
		return files_reject_again(l, "file-busy", "P7 changes the file all the time",
		    "when P7 is not in use, ", e);
	f->sha[0] = '\0';
	return 0;
}

static int special(struct load *l, struct err *e)
{
	return reject(l, "file-special", "it is not a file in P7 any more: a link, a pipe, a "
	    "device or a directory", "look what became of it; copy it by hand if it is needed", e);
}

/* Is nothing in the directory FD, which is taken over and closed? */
static bool is_empty(int fd)
{
	struct dirent *d;
	DIR *dir = fdopendir(fd);
	bool empty = dir != NULL;

	if (dir == NULL)
		close(fd);
	while (empty && (d = readdir(dir)) != NULL)
		empty = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
	if (dir != NULL)
		closedir(dir);
	return empty;
}

/*
 * FROM is not there; when all of the kind are not there, P7's disk is not: of its mount point there
 * may be an empty directory.
 */
static int missing(struct load *l, int base, const char *from, struct err *e)
{
	const char *second = strchr(from, '/');
	const char *end = second != NULL ? strchr(second + 1, '/') : NULL;
	char top[80];
	int fd;

	if (end != NULL && end - from < (int)sizeof(top)) {
		snprintf(top, sizeof(top), "%.*s", (int)(end - from), from);
		fd = tree_open(base, top, false);
		if (fd < 0)
			return err_sys(e, errno == EACCES ? EXIT_PERMISSION :
			    EXIT_NOINPUT, "%s/%s, where all of P7's files are, cannot"
			    " be opened: is its disk mounted, and --files-from P7's data "
			    "directory?",
			    l->o->files_from, top);
		if (is_empty(fd))
			return err_set(e, EXIT_NOINPUT, "%s/%s, where all of P7's files are, is"
			    " empty: is its disk mounted, and --files-from P7's data directory?"
			    " (--without files brings what is in the database)",
			    l->o->files_from, top);
	}
	return files_reject_again(l, "file-missing",
	    "P7's data directory does not have it (any more)",
	    "if it is needed, restore it in P7's data directory (which p8-load"
	    " --files-from names) and ", e);
}

/* What it is is asked before it is opened, too: opening a device can do things. */
static int copy_named(struct load *l, int base, const char *from, struct err *e)
{
	const char *name;
	struct stat st;
	int dir = tree_parent(base, from, false, &name), in = -1, rc;

	if (dir >= 0 && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(st.st_mode)) {
			close(dir);
			return special(l, e);
		}
		in = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	}
	if (in < 0)
		rc = errno == ENOENT || errno == ENOTDIR ? missing(l, base, from, e) :
		    errno == ELOOP || errno == ENXIO ? special(l, e) : unreadable(l, from, e);
	else if (fstat(in, &st) == 0 && !S_ISREG(st.st_mode))
		rc = special(l, e);
	else
		rc = copy_open(l, in, from, e);
	if (dir >= 0)
		close(dir);
	if (in >= 0)
		close(in);
	return rc;
}

/* --files-from: the content is in P7's data directory. */
static int copy_from(struct load *l, struct err *e)
{
	const struct jval *v = jr_get(&l->si.doc, NULL, "from");
	const char *from;
	int base, rc;
	size_t n;

	buf_reset(&l->spare);
	if (v == NULL || jr_bytes(&l->si.doc, v, &l->spare, &from, &n) < 0 ||
	    !tree_path_ok(from, n))
		return files_reject_again(l, "file-without-source", "the record does not say where "
		    "P7 has it", "use p7-extract and p7-transform of this release and ", e);
	base = open(l->o->files_from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (base < 0)
		return err_sys(e, errno == EACCES ? EXIT_PERMISSION : EXIT_NOINPUT, "cannot open "
		    "%s", l->o->files_from);
	rc = copy_named(l, base, from, e);
	close(base);
	return rc;
}

/* The name to write under: final inside a user's stage, temporary where P8's files are. */
static int make_file(struct load *l, int base, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	const char *name;

	f->dir = tree_parent(base, f->path, true, &name);
	if (f->dir < 0 && place_refuses(errno))
		return files_reject_again(l, "file-name", "its directory cannot be made in P8's",
		    "look at the names in P8's data/files and ", e);
	if (f->dir < 0)
		return tree_fail(e, "cannot create", f->path);
	snprintf(f->final, sizeof(f->final), "%s", name);
	if (l->user.open)
		snprintf(f->name, sizeof(f->name), "%s", name);
	else
		snprintf(f->name, sizeof(f->name), PLACE_TEMPORARY "%s", l->run);
	if (!l->user.open && unlinkat(f->dir, f->name, 0) < 0 && errno != ENOENT)
		return tree_fail(e, "cannot remove", f->name);
	f->fd = openat(f->dir, f->name, FILE_FLAGS, 0600);
	while (f->fd >= 0 && !l->user.open && !place_lock(l)) {
		close(f->fd);
		f->fd = openat(f->dir, f->name, FILE_FLAGS, 0600);
	}
	if (f->fd < 0 && errno == EEXIST)
		return files_reject_again(l, "file-twice", "a path stands in the stream twice",
		    "rename or remove one of them in P7 and ", e);
	if (f->fd < 0 && place_refuses(errno))
		return files_reject_again(l, "file-name", "P8's file system does not take its name",
		    "rename it in P7 and ", e);
	if (f->fd < 0)
		return tree_fail(e, "cannot create", f->path);
	tree_like(f->dir, f->fd);
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
		return err_sys(e, errno == EACCES ? EXIT_PERMISSION : EXIT_NOINPUT,
		    "cannot open %s, which --files-from names", dir);
	if (fstatat(fd, "files", &st, 0) != 0 && fstatat(fd, "data/files", &st, 0) == 0)
		rc = err_set(e, EXIT_NOINPUT, "%s is the directory of P7; --files-from needs its "
		    "data directory: %s/data", dir, dir);
	close(fd);
	return rc;
}

int files_record(struct load *l, struct err *e)
{
	struct stage_file *f = &l->user.stage.f;
	const char *why;
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
	why = take_members(l, f);
	rc = why == NULL ? place_known(l, e) : 0;
	if (rc < 0)
		return -1;
	if (rc == PLACE_TOO_LONG)
		why = path_too_long;
	if (why != NULL)
		return files_reject_again(l, "file-path", why, why == path_too_long ?
		    "shorten the names of its directories in P7 and " :
		    "correct it in P7 or in the stream and ", e);
	if (rc == 0)
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
		return files_reject_again(l, "file-chunk", "a FILE_CHUNK without its FILE, or "
		    "without data", STREAM_AS_MADE, e);
	if (jr_int(&l->si.doc, NULL, "offset", f->got) != f->got)
		return files_reject_again(l, "file-chunk", "a FILE_CHUNK is missing",
		    STREAM_AS_MADE, e);
	return take_bytes(l, p, n, e);
}

/* Its time, as the file system takes it; closed, because only then all errors are known. */
static int seal(struct load *l, struct stage_file *f, struct err *e)
{
	struct timespec t[2] = { { f->mtime, f->mtime_ns }, { f->mtime, f->mtime_ns } };
	struct stat st;
	int rc = 0;

	if (futimens(f->fd, t) < 0 || fstat(f->fd, &st) < 0)
		rc = -1;
	else
		f->mtime = st.st_mtim.tv_sec;
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

	if (f->changed)
		return note_item(l, (struct report_item){ .code = "file-changed", .id = -1,
		    .reason = "P7 changed the file after it was extracted",
		    .action = "it was copied as it is now", .record = f->record,
		    .record_len = f->record_len }, e);
	if (f->got == 0 && f->size > 0)
		return files_reject_again(l, "file-without-content", "the stream does not carry "
		    "the content", "use p8-load --files-from with P7's data directory, or "
		    "p7-extract without --files-by-reference, and ", e);
	if (f->sha[0] != '\0')
		sha256_end_hex(&f->ctx, sha);
	if (f->got != f->size || (f->sha[0] != '\0' && strcmp(sha, f->sha) != 0))
		return files_reject_again(l, "file-damaged", "the content does not have the "
		    "announced size and sha256", "", e);
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
	row.mtime = f->mtime;
	if (rc == 0 && !f->bad)
		rc = place_ledger(l, &row, e);
	if (rc == 0 && !f->bad && !l->user.open)
		rc = place_corporate(l, e);
	if (rc == 0 && !f->bad && !l->user.open)
		kinds_add(&l->counts.kinds, "FILE", 1);
	if (rc == 0 && !f->bad) {
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
	free(s->f.record);
	buf_free(&s->dirs);
	memset(s, 0, sizeof(*s));
	s->f.fd = s->f.dir = -1;
}
