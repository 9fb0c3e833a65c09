#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "extract.h"

static int fail(const struct err *e)
{
	fprintf(stderr, "p7-extract: %s\n", e->msg);
	return (int)e->status;
}

static int write_stream(struct run *r, struct err *e)
{
	if (run_unknown(r, e) < 0)
		return -1;
	if (r->o->dav)
		return dav_write(r, e);
	return globals_write(r, e) < 0 ? -1 : users_write(r, e);
}

static int stream(struct run *r, struct err *e)
{
	if (run_header(r, e) < 0)
		return -1;
	if (write_stream(r, e) < 0) {
		so_abort(&r->so);
		return -1;
	}
	return so_close(&r->so, e);
}

int main(int argc, char **argv)
{
	struct err e = { "", EXIT_BALANCED };
	struct opts o;
	struct run r;
	int rc;

	switch (opts_parse(&o, argc, argv, &e)) {
	case OPTS_HELP:
		fputs(opts_usage, stdout);
		return fflush(stdout) == 0 ? EXIT_BALANCED : EXIT_IO;
	case OPTS_VERSION:
		puts("p7-extract " VERSION);
		return fflush(stdout) == 0 ? EXIT_BALANCED : EXIT_IO;
	case OPTS_WRONG:
		return fail(&e);
	case OPTS_RUN:
		break;
	}
	signal(SIGPIPE, SIG_IGN);
	rc = run_open(&r, &o, &e);
	if (rc == 0)
		rc = o.list_users ? run_list(&r, &e) : stream(&r, &e);
	if (rc == 0)
		rc = report_close(&r.rep, &e);
	run_close(&r);
	opts_free(&o);
	if (rc < 0)
		return fail(&e);
	return r.rep.rejects > 0 ? EXIT_REJECTS : EXIT_BALANCED;
}
