#include <libxml/parser.h>
#include <stdio.h>
#include <string.h>

#include "kinds/outside.h"
#include "program.h"
#include "io.h"
#include "source/required.h"
#include "shown.h"

static int fail(const struct err *e)
{
	shown_fprintf(stderr, "p7-extract: %s\n", e->msg);
	return (int)e->status;
}

static int write_records(struct run *r, struct err *e)
{
	if (output_header(r, e) < 0 || output_unknown(r, e) < 0 || required_write(r, e) < 0)
		return -1;
	return globals_write(r, e) < 0 || leftout_write(r, e) < 0 ? -1 : users_write(r, e);
}

static int write_stream(struct run *r, struct err *e)
{
	if (output_open(r, e) < 0)
		return -1;
	return report_end_stream(&r->rep, write_records(r, e), e);
}

static int extract(const struct opts *o)
{
	struct err e = { .msg = "" };
	char last_word[4600];
	struct run r;
	int rc;

	rc = run_open(&r, o, &e);
	if (rc == 0)
		rc = o->check ? check_print(&r, &e) :
		    o->list_users ? list_print(&r, &e) : write_stream(&r, &e);
	run_close(&r);
	if (rc < 0)
		return fail(&e);
	report_last_word(&r.rep, o->rejects, o->out, last_word, sizeof(last_word));
	fputs(last_word, stderr);
	return r.rep.rejects > 0 ? EXIT_REJECTS : EXIT_BALANCED;
}

int main(int argc, char **argv)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct err e = { .msg = "" };
	struct opts o;
	int rc, status;

	io_std_open();
	rc = opts_parse(&o, argc, argv, &text, &e);
	if (rc == 1) {
		fputs(text.data, stdout);
		rc = io_std_flush(&e) < 0 ? -1 : 1;
	}
	status = rc < 0 ? fail(&e) : rc == 1 ? EXIT_BALANCED : extract(&o);
	buf_free(&text);
	opts_free(&o);
	xmlCleanupParser();
	return status;
}
