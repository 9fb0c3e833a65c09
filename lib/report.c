#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "report.h"

int report_open(struct report *r, const char *stage, const char *path, struct err *e)
{
	struct stat st;

	memset(r, 0, sizeof(*r));
	buf_init(&r->line, BUF_RECORD_MAX);
	r->piped = fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode);
	r->stage = stage;
	if (path != NULL && io_out_open(&r->file, path, false, e) < 0)
		return -1;
	r->has_file = path != NULL;
	return 0;
}

static void optional(struct jsonw *w, const char *key, const char *s)
{
	if (s != NULL)
		jw_kv_str(w, key, s);
}

int report_add(struct report *r, const struct report_item *i, struct err *e)
{
	const char *kind = i->reject ? "REJECT" : "WARN";
	char key[33];
	struct jsonw w;

	buf_reset(&r->line);
	jw_begin(&w, &r->line);
	jw_object(&w);
	jw_kv_str(&w, "kind", kind);
	jw_kv_str(&w, "stage", r->stage);
	jw_kv_str(&w, "code", i->code);
	optional(&w, "user", i->user);
	optional(&w, "table", i->table);
	if (i->id >= 0)
		jw_kv_int(&w, "id", i->id);
	optional(&w, "field", i->field);
	optional(&w, "reason", i->reason);
	optional(&w, i->reject ? "remedy" : "done", i->action);
	if (i->count > 0)
		jw_kv_int(&w, "count", (int64_t)i->count);
	if (i->record != NULL) {
		jw_key(&w, "record");
		jw_raw(&w, i->record, i->record_len);
	}
	/* It stays with the record when that is corrected. */
	if (i->reject && !r->line.failed) {
		md5_hex(r->line.data, r->line.len, key);
		jw_kv_str(&w, "key", key);
	}
	jw_object_end(&w);
	if (r->line.failed)
		return err_set(e, EXIT_DATA, "a %s record is too large", kind);
	if (i->reject)
		r->rejects++;
	else
		r->warnings++;
	if (r->to != NULL && so_copy(r->to, kind, r->line.data, r->line.len, e) < 0)
		return -1;
	return report_copy(r, r->line.data, r->line.len, e);
}

int report_copy(struct report *r, const char *line, size_t n, struct err *e)
{
	if (!r->has_file)
		return 0;
	if (io_out_write(&r->file, line, n, e) < 0 || io_out_write(&r->file, "\n", 1, e) < 0)
		return -1;
	return io_out_flush(&r->file, e);
}

int report_close(struct report *r, struct err *e)
{
	bool file = r->has_file;

	buf_free(&r->line);
	r->has_file = false;
	return file ? io_out_close(&r->file, e) : 0;
}

void report_abort(struct report *r)
{
	buf_free(&r->line);
	if (r->has_file)
		io_out_abort(&r->file);
	r->has_file = false;
}

int report_end(struct report *r, int rc, struct err *e)
{
	if (rc == 0)
		return report_close(r, e);
	report_abort(r);
	return rc;
}

int report_end_stream(struct report *r, int rc, struct err *e)
{
	if (rc == 0 && r->has_file)
		rc = io_out_finish(&r->file, e);
	if (rc == 0)
		rc = so_close(r->to, e);
	else
		so_abort(r->to);
	return report_end(r, rc, e);
}

void report_last_word(const struct report *r, const char *path, const char *to, char *out,
    size_t size)
{
	out[0] = '\0';
	if (r->rejects == 0 || (to == NULL && r->piped))
		return;
	snprintf(out, size, "%s: %" PRIu64 " rejected; the REJECT records in %s say why and what "
	    "to do\n", r->stage, r->rejects, path != NULL ? path : to != NULL ? to : "the stream");
}
