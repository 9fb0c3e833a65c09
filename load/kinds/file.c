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
#include "kinds/corporate.h"
#include "kinds/file.h"
#include "kinds/filecopy.h"
#include "kinds/itemize.h"
#include "kinds/note.h"
#include "kinds/source.h"

#define STREAM_AS_MADE "give p8-load the stream as p7-transform made it and "
#define FILE_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC)

/* The file at hand is left out, and reported with its record. */
int file_reject(struct context *x, const char *code, const char *reason, const char *remedy,
    struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	struct report_item item = { .reject = true, .code = code, .reason = reason, .id = -1,
	    .action = remedy, .record = f->record, .record_len = f->record_len };

	f->bad = true;
	return note_item(x, item, e);
}

int file_reject_again(struct context *x, const char *code, const char *reason, const char *before,
    struct err *e)
{
	char remedy[400];

	snprintf(remedy, sizeof(remedy), "%s%s", before,
	    x->user->open ? BRING_AGAIN : BRING_CORPORATE_AGAIN);
	return file_reject(x, code, reason, remedy, e);
}

static const char path_too_long[] = "its path is too long for P8 (4096 bytes or more)";

/* Members of the FILE record into the struct; NULL, or why they cannot be. */
static const char *take_members(struct context *x, struct stage_file *f)
{
	static const char bad[] = "path, size or time are missing or not allowed";
	const struct jdoc *d = &x->in->si.doc;
	const struct jval *path = jr_get(d, NULL, "path");
	const char *p, *sha = jr_str(d, NULL, "sha256", "");
	size_t n;

	buf_reset(&x->in->spare);
	if (path == NULL || jr_bytes(d, path, &x->in->spare, &p, &n) < 0 || !tree_path_ok(p, n) ||
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

static int keep_record(struct context *x, struct stage_file *f, struct err *e)
{
	free(f->record);
	f->record = malloc(x->in->si.len + 1);
	if (f->record == NULL)
		return err_memory(e);
	memcpy(f->record, x->in->si.line, x->in->si.len);
	f->record_len = x->in->si.len;
	return 0;
}

/* Bytes that were written: counted, hashed when a hash was announced. */
static int take_bytes(struct context *x, const void *p, size_t n, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
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

/* The name to write under: final inside a user's stage, temporary where P8's files are. */
static int make_file(struct context *x, int base, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	const char *name;

	f->dir = tree_parent(base, f->path, true, &name);
	if (f->dir < 0 && stage_refuses(errno))
		return file_reject_again(x, "file-name", "its directory cannot be made in P8's",
		    "look at the names in P8's data/files and ", e);
	if (f->dir < 0)
		return tree_fail(e, "cannot create", f->path);
	snprintf(f->final, sizeof(f->final), "%s", name);
	if (x->user->open)
		snprintf(f->name, sizeof(f->name), "%s", name);
	else
		snprintf(f->name, sizeof(f->name), STAGE_TEMPORARY "%s", x->run);
	if (!x->user->open && unlinkat(f->dir, f->name, 0) < 0 && errno != ENOENT)
		return tree_fail(e, "cannot remove", f->name);
	f->fd = openat(f->dir, f->name, FILE_FLAGS, 0600);
	while (f->fd >= 0 && !x->user->open && !corporate_lock(x)) {
		close(f->fd);
		f->fd = openat(f->dir, f->name, FILE_FLAGS, 0600);
	}
	if (f->fd < 0 && errno == EEXIST)
		return file_reject_again(x, "file-twice", "the stream has the path twice",
		    "rename or remove one of them in P7 and ", e);
	if (f->fd < 0 && stage_refuses(errno))
		return file_reject_again(x, "file-name", "P8's file system does not take its name",
		    "rename it in P7 and ", e);
	if (f->fd < 0)
		return tree_fail(e, "cannot create", f->path);
	tree_like(f->dir, f->fd);
	if (!x->user->open)
		corporate_sweep(x);
	return 0;
}

static struct stage_owner owner(const struct context *x)
{
	return (struct stage_owner){ x->s->t->data, x->user->uuid, x->user->email };
}

/* P8 has a place for the current file: 1, 0, -1, CORPORATE_TOO_LONG. */
static int has_place(struct context *x, struct err *e)
{
	const char *root = x->user->stage.f.root;

	if (x->user->open)
		return strcmp(root, "private") == 0;
	return strcmp(root, "corporate") == 0 ? corporate_map_tenant(x, e) : 0;
}

/* The directory that it is written below: a descriptor that the caller closes, or -1. */
static int open_base(struct context *x, struct err *e)
{
	const struct stage_owner o = owner(x);
	int fd;

	if (x->user->open)
		return stage_base(&x->user->stage, &o, e);
	return stage_root(o.data, "corporate", true, &fd, e) < 0 ? -1 : fd;
}

/*
 * Into the ledger: with the user's other rows; of a corporate one at once and before it has its
 * name in P8, so that whatever ends the run, an undo finds what came.
 */
static int to_ledger(struct context *x, bool directory, struct err *e)
{
	const struct stage_file *f = &x->user->stage.f;
	bool sha = !directory && f->sha[0] != '\0';
	const char *path = arena_add(&x->unit->a, f->path, f->path_len);
	const struct rows_value v[FILE_COLUMNS] = { [FILE_ROOT] = ROW_TEXT(f->root),
	    [FILE_PATH] = ROW_KEPT(path, f->path_len), [FILE_DIRECTORY] = ROW_NUM(directory),
	    [FILE_SIZE] = ROW_NUM(directory ? 0 : f->got), [FILE_MTIME] = ROW_NUM(f->mtime),
	    [FILE_SHA256] = ROW_BYTES(sha ? f->sha : NULL, sha ? 64 : 0),
	    [FILE_PATH_SHA] = ROW_KEPT(path, f->path_len) };

	if (path == NULL)
		return err_memory(e);
	if (unit_add(x->unit, TABLE_FILES, 0, v, e) < 0)
		return -1;
	return x->user->open ? 0 : x->commit(x->driver, e);
}

static int make_directory(struct context *x, int base, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	const struct stage_owner o = owner(x);
	int fd, error;

	if (!x->user->open && to_ledger(x, true, e) < 0)
		return -1;
	fd = tree_open(base, f->path, true);
	error = errno;
	if (fd < 0 && stage_refuses(error))
		return !x->user->open && corporate_forget(x, e) < 0 ? -1 : file_reject_again(x,
		    "file-name", "the directory cannot be made in P8's",
		    "look at the names in P8's data/files and ", e);
	if (fd < 0) {
		errno = error;
		return tree_fail(e, "cannot create", f->path);
	}
	close(fd);
	if (!x->user->open) {
		kinds_add(&x->counts->kinds, "FILE", 1);
		return 0;
	}
	return stage_remember_dir(&x->user->stage, &o, e) < 0 ? -1 : to_ledger(x, true, e);
}

static int file_begin(struct context *x, int base, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;

	f->open = true;
	sha256_init(&f->ctx);
	if (make_file(x, base, e) < 0)
		return -1;
	if (f->bad || x->files_from == NULL)
		return 0;
	return file_copy(x, e);
}

static int file_take(struct context *x, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	const char *why;
	bool directory;
	int base, rc;

	if (files_close_one(x, e) < 0)
		return -1;
	if (x->without_files)
		return 0;
	f->bad = false;
	f->fd = f->dir = -1;
	if (keep_record(x, f, e) < 0)
		return -1;
	why = take_members(x, f);
	rc = why == NULL ? has_place(x, e) : 0;
	if (rc < 0)
		return -1;
	if (rc == CORPORATE_TOO_LONG)
		why = path_too_long;
	if (why != NULL)
		return file_reject_again(x, "file-path", why, why == path_too_long ?
		    "shorten the names of its directories in P7 and " :
		    "correct it in P7 or in the stream and ", e);
	if (rc == 0)
		return file_reject(x, "file-root", "files of this kind have no place in P8",
		    "copy them by hand", e);
	directory = jr_bool(&x->in->si.doc, NULL, "directory", false);
	rc = x->user->open ? 0 : corporate_taken(x, directory, e);
	f->bad = rc != 0;
	if (rc != 0)
		return rc < 0 ? -1 : 0;
	itemize_file(x, f->path, f->path_len);
	if (x->s->dry_run)
		return 0;
	base = open_base(x, e);
	if (base < 0)
		return -1;
	if (directory)
		rc = make_directory(x, base, e);
	else
		rc = file_begin(x, base, e);
	close(base);
	return rc;
}

static int chunk_take(struct context *x, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	const struct jval *v = jr_get(&x->in->si.doc, NULL, "data");
	const char *p;
	size_t n;

	if (x->without_files || x->s->dry_run || f->bad || x->files_from != NULL)
		return 0;
	buf_reset(&x->in->spare);
	if (!f->open || v == NULL || jr_bytes(&x->in->si.doc, v, &x->in->spare, &p, &n) < 0)
		return file_reject_again(x, "file-chunk", "a FILE_CHUNK without its FILE, or "
		    "without data", STREAM_AS_MADE, e);
	if (jr_int(&x->in->si.doc, NULL, "offset", f->got) != f->got)
		return file_reject_again(x, "file-chunk", "a FILE_CHUNK is missing",
		    STREAM_AS_MADE, e);
	return take_bytes(x, p, n, e);
}

/* Its time, as the file system takes it; closed, because only then all errors are known. */
static int seal(struct context *x, struct stage_file *f, struct err *e)
{
	struct timespec t[2] = { { f->mtime, f->mtime_ns }, { f->mtime, f->mtime_ns } };
	struct stat st;
	int rc = 0;

	if (futimens(f->fd, t) < 0 || fstat(f->fd, &st) < 0)
		rc = -1;
	else
		f->mtime = st.st_mtim.tv_sec;
	if (rc == 0 && (!x->user->open || x->user->stage.n < STAGE_FSYNC_MAX))
		rc = fsync(f->fd);
	if (close(f->fd) < 0)
		rc = -1;
	f->fd = -1;
	return rc < 0 ? tree_fail(e, "cannot write", f->path) : 0;
}

static int check(struct context *x, struct stage_file *f, struct err *e)
{
	char sha[65];

	if (f->changed)
		return note_item(x, (struct report_item){ .code = "file-changed", .id = -1,
		    .reason = "P7 changed the file after it was extracted",
		    .action = "it was copied as it is now", .record = f->record,
		    .record_len = f->record_len }, e);
	if (f->got == 0 && f->size > 0)
		return file_reject_again(x, "file-without-content", "the stream does not carry "
		    "the content", "use p8-load --files-from with P7's data directory, or "
		    "p7-extract without --files-by-reference, and ", e);
	if (f->sha[0] != '\0')
		sha256_end_hex(&f->ctx, sha);
	if (f->got != f->size || (f->sha[0] != '\0' && strcmp(sha, f->sha) != 0))
		return file_reject_again(x, "file-damaged", "the content does not have the "
		    "announced size and sha256", "", e);
	return 0;
}

int files_close_one(struct context *x, struct err *e)
{
	struct stage_file *f = &x->user->stage.f;
	int rc = 0;

	if (!f->open)
		return 0;
	f->open = false;
	if (!f->bad)
		rc = check(x, f, e);
	if (rc == 0 && f->bad && f->fd >= 0)
		unlinkat(f->dir, f->name, 0);
	else if (rc == 0 && !f->bad)
		rc = seal(x, f, e);
	if (rc == 0 && !f->bad)
		rc = to_ledger(x, false, e);
	if (rc == 0 && !f->bad && !x->user->open)
		rc = corporate_place(x, e);
	if (rc == 0 && !f->bad && !x->user->open)
		kinds_add(&x->counts->kinds, "FILE", 1);
	if (rc == 0 && !f->bad) {
		x->user->stage.n++;
		x->user->stage.bytes += (uint64_t)f->got;
		x->counts->files++;
		x->counts->bytes += (uint64_t)f->got;
	}
	if (rc < 0 && !x->user->open)
		unlinkat(f->dir, f->name, 0);
	stage_close_file(f);
	return rc;
}

int files_sync(struct context *x, struct err *e)
{
	const struct stage_owner o = owner(x);

	return files_close_one(x, e) < 0 ? -1 : stage_sync(&x->user->stage, &o, e);
}

static int conflict(void *arg, const char *path, struct err *e)
{
	struct context *x = arg;
	char reason[UUID_LEN + 120];

	if (path[0] != '\0')
		return corporate_exists(x, path, e) < 0 ? -1 :
		    files_disown(x->s->t, x->user->row, path, e);
	snprintf(reason, sizeof(reason), "P8's data/files/private/%s is not a directory: the files"
	    " of the user have no place", x->user->uuid);
	return note_item(x, (struct report_item){ .reject = true, .code = "files-no-directory",
	    .id = -1, .reason = reason, .action = "find out what made a link or a file of"
	    " it, remove it, and " BRING_AGAIN }, e);
}

int files_place(struct context *x, struct err *e)
{
	const struct stage_owner o = owner(x);

	return o.data == NULL ? 0 : stage_place(&o, conflict, x, e);
}

void files_discard(struct context *x)
{
	const struct stage_owner o = owner(x);

	stage_discard(&x->user->stage, &o);
}

static int files_write(struct context *x, const struct write_how *how, struct err *e)
{
	struct rows *r = &x->unit->r[TABLE_FILES];

	(void)how;
	rows_fill_num(r, FILE_USER, x->user->open ? x->user->row : 0);
	return rows_insert(r, TABLE_FILES, x->s, NULL, e);
}

static void files_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_FILES];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, "FILE") : NULL;
	size_t i;

	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->hash += rowhash_file(r->col[FILE_ROOT].p[i], r->col[FILE_PATH].p[i],
		    r->col[FILE_PATH].len[i], r->col[FILE_SIZE].num[i]);
	}
}

static uint64_t file_source(const struct input *in)
{
	static const char *const of_file[] = { "root", "path", "size", "mtime", NULL };
	static const char *const of_dir[] = { "root", "path", "directory", NULL };

	return source_members(in, jr_bool(&in->si.doc, NULL, "directory", false) ? of_dir :
	    of_file);
}

const struct kind_ops file_kind = {
	.kind = "FILE", .word = "files", .part = PART_FILES, .take = file_take,
	.write = files_write, .sum = files_sum, .source = file_source, .read = files_read,
	.added = files_added
};

const struct kind_ops chunk_kind = {
	.kind = "FILE_CHUNK", .word = "files", .part = PART_FILES, .take = chunk_take
};
