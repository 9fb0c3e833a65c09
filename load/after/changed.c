#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "after/changed.h"
#include "count.h"

static int end(struct load *l, struct io_out *out, struct err *e)
{
	struct buf words = BUF_INIT(4096), line = BUF_INIT(8192);
	int rc;

	rc = l->user.mode == UM_THERE ? parts_changed(l, &words, e) : 0;
	if (rc == 1) {
		l->counts.changed++;
		buf_addf(&line, "%s\t%s\n", l->user.email, words.data);
		rc = line.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
		    io_out_write(out, line.data, line.len, e);
	}
	buf_free(&words);
	buf_free(&line);
	l->user.open = false;
	return rc;
}

static int one_record(struct load *l, struct io_out *out, struct err *e)
{
	if (strcmp(l->si.kind, "USER_BEGIN") == 0)
		return user_begin(l, e);
	if (strcmp(l->si.kind, "USER_END") == 0)
		return end(l, out, e);
	return l->user.open && l->user.mode == UM_THERE ? parts_source(l, e) : 0;
}

static int all(struct load *l, const char *path, struct err *e)
{
	struct io_out out;
	int rc;

	if (io_out_open(&out, path, false, e) < 0)
		return -1;
	while ((rc = si_next(&l->si, e)) == 1)
		if (one_record(l, &out, e) < 0) {
			rc = -1;
			break;
		}
	if (rc == 0)
		return io_out_close(&out, e);
	io_out_abort(&out);
	return -1;
}

int changed_run(struct target *t, const struct load_opts *o, const char *path, struct err *e)
{
	struct load_opts lo = { .input = o->input, .edited = o->edited, .dry_run = true,
	    .compare = true, .quiet = true, .transaction_rows = LOAD_ROWS,
	    .progress = o->progress };
	struct load *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	rc = ledger_exists(t, e);
	if (rc == 0)
		rc = err_set(e, EXIT_CONFIG, "database %s has no ledger of p8-load: nothing was "
		    "loaded with it", t->db.name);
	else if (rc == 1) {
		rc = load_open(l, t, &lo, e);
		if (rc == 0)
			rc = all(l, path, e);
		if (rc == 0 && !o->quiet)
			fprintf(stderr, "p8-load: %s changed in P7 since\n",
			    COUNT(l->counts.changed, "user"));
		/* Nobody is to take them for unchanged. */
		if (rc == 0 && l->left.uncompared > 0)
			fprintf(stderr, "p8-load: not compared with P7: %s, loaded by an earlier"
			    " release or from an altered stream\n",
			    COUNT(l->left.uncompared, "user"));
		load_close(l);
	}
	free(l);
	return rc;
}
