#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/progress.h"
#include "run/load.h"
#include "run/outcome.h"
#include "run/summary.h"
#include "run/workers.h"
#include "target/atwork.h"
#include "target/reconnect.h"

#define QUEUE 2			/* blocks that a loader has in hand and behind it */
#define WEIGHT 2048		/* of a name, in hexadecimal digits */

struct loader {
	pid_t pid;
	int done;		/* a byte comes for each block that it has ended */
	struct outcome *out;
	struct stream_out so;
	char path[32];		/* what messages call that */
	char weight[QUEUE][WEIGHT];	/* of its blocks' names, in their order */
	unsigned queued;
};

struct workers {
	struct target *t;
	const struct load_opts *o;
	struct stream_in si;
	struct buf header;		/* its line */
	struct report rejects;
	struct outcome *outcome;	/* shared; of each loader that was ever started */
	unsigned started;
	struct loader l[WORKERS_MAX];
	unsigned n;			/* of l, at work */
	struct loader *at;		/* who has got the beginning of a block; or NULL */
	bool broken;			/* a loader's pipe is: it says why */
};

struct child {
	struct outcome *out;
	int done;
};

static bool never(const char *kind)
{
	(void)kind;
	return false;
}

/* A block is done: the parent counts, and hands out the next one. */
static void block_done(void *arg, const struct load *l)
{
	const struct child *c = arg;
	ssize_t n;

	c->out->users = l->counts.read;
	c->out->rows = l->progress != NULL ? l->progress->rows : 0;
	do
		n = write(c->done, "", 1);
	while (n < 0 && errno == EINTR);
}

/* The child: a load of what comes from the descriptor IN. */
static void be_loader(struct workers *w, struct child *c, enum load_role role, int in)
{
	struct outcome *out = c->out;
	struct load_opts o = *w->o;
	struct load *l = calloc(1, sizeof(*l));
	enum exitcode status = EXIT_BALANCED;
	struct err e = { .msg = "" };
	char path[32];
	int rc = l == NULL ? err_set(&e, EXIT_TEMPORARY, "out of memory") : 0;

	snprintf(path, sizeof(path), "/dev/fd/%d", in);
	o.input = path;
	o.rejects = NULL;
	o.role = role;
	o.block_done = block_done;
	o.arg = c;
	if (o.progress != NULL) {
		o.progress->users = o.progress->rows = 0;
		o.progress->o.every = 0;
		o.progress->o.max_rate = (o.progress->o.max_rate + o.jobs - 1) / o.jobs;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	target_leave(w->t);
	if (rc == 0)
		rc = target_connect(w->t, &e) < 0 || atwork_enter(w->t, &e) < 0 ? -1 : 0;
	if (rc == 0 && (rc = load_open(l, w->t, &o, &e)) == 0) {
		close(in);
		l->in.si.io.name = w->si.io.name;
		/* Its lines go out one by one, each in one write. */
		l->rejects.file.file = w->rejects.file;
		l->rejects.file.has_file = w->rejects.has_file;
		rc = load_stream(l, &status, &e);
		outcome_of(out, l);
		l->rejects.file.has_file = false;
		load_close(l);
	}
	out->status = rc < 0 ? e.status : status;
	snprintf(out->msg, sizeof(out->msg), "%s", e.msg);
	fflush(NULL);
	_exit((int)out->status);
}

/* Nothing of the others may be held open by it: their ends would not be seen. */
static void close_others(struct workers *w)
{
	unsigned i;

	for (i = 0; i < w->n; i++) {
		close(w->l[i].done);
		close(w->l[i].so.io.fd);
	}
}

static int start(struct workers *w, enum load_role role, struct err *e)
{
	struct loader *l = &w->l[w->n];
	struct outcome *out = &w->outcome[w->started];
	int in[2], done[2];

	memset(l, 0, sizeof(*l));
	if (pipe(in) < 0)
		return err_sys(e, EXIT_TEMPORARY, "cannot make a pipe");
	if (pipe(done) < 0) {
		close(in[0]);
		close(in[1]);
		return err_sys(e, EXIT_TEMPORARY, "cannot make a pipe");
	}
	fflush(NULL);
	l->out = out;
	l->pid = fork();
	if (l->pid == 0) {
		close(in[1]);
		close(done[0]);
		close_others(w);
		be_loader(w, &(struct child){ out, done[1] }, role, in[0]);
	}
	close(in[0]);
	close(done[1]);
	l->done = done[0];
	snprintf(l->path, sizeof(l->path), "/dev/fd/%d", in[1]);
	if (l->pid < 0 || so_open(&l->so, l->path, false, e) < 0) {
		close(in[1]);
		close(done[0]);
		return l->pid < 0 ? err_sys(e, EXIT_TEMPORARY, "cannot start a loader") : -1;
	}
	close(in[1]);
	w->n++;
	w->started++;
	if (io_out_write(&l->so.io, w->header.data, w->header.len, e) < 0)
		return -1;
	return io_out_flush(&l->so.io, e);
}

/* What a loader that has ended says, or what can be said of it; the first failure counts. */
static void take_outcome(const struct outcome *out, int how, struct err *e)
{
	if (e->msg[0] != '\0')
		return;
	if (WIFSIGNALED(how))
		err_set(e, EXIT_TEMPORARY, "a loader was ended by signal %d; its user is left to"
		    " the next run: run again", WTERMSIG(how));
	else if (WEXITSTATUS(how) > EXIT_REJECTS)
		err_set(e, out->status, "%s", out->msg[0] ? out->msg : "a loader ended early");
}

/* Wait for a loader; a signal that asks for the end is handed on to all. */
static int wait_for(struct workers *w, const struct loader *l)
{
	struct pollfd p = { .fd = l->done, .events = 0 };	/* its end is seen all the same */
	unsigned i;
	int how = 0;

	while (poll(&p, 1, -1) < 0 && errno == EINTR)
		for (i = 0; load_stop && i < w->n; i++)
			kill(w->l[i].pid, SIGTERM);
	while (waitpid(l->pid, &how, 0) < 0 && errno == EINTR)
		;
	return how;
}

/* All loaders have their END, but one that has no whole block; wait for them. */
static int end_all(struct workers *w, struct err *e)
{
	struct err theirs = { .msg = "" }, ignored = { .msg = "" };
	unsigned i;

	for (i = 0; i < w->n; i++) {
		if (&w->l[i] == w->at)
			so_abort(&w->l[i].so);
		else
			so_close(&w->l[i].so, &ignored);
	}
	for (i = 0; i < w->n; i++)
		take_outcome(w->l[i].out, wait_for(w, &w->l[i]), &theirs);
	for (i = 0; i < w->n; i++)
		close(w->l[i].done);
	w->n = 0;
	w->at = NULL;
	if (theirs.msg[0] != '\0' && (e->msg[0] == '\0' || w->broken))
		*e = theirs;
	return e->msg[0] != '\0' ? -1 : 0;
}

/* Read what loaders have ended; WAIT: until one has. */
static int hear(struct workers *w, bool wait, struct err *e)
{
	struct pollfd p[WORKERS_MAX];
	char byte[QUEUE];
	struct loader *l;
	ssize_t got;
	unsigned i;

	for (i = 0; i < w->n; i++)
		p[i] = (struct pollfd){ .fd = w->l[i].done, .events = POLLIN };
	if (poll(p, w->n, wait ? -1 : 0) < 0)
		return errno == EINTR ? 0 : err_sys(e, EXIT_TEMPORARY, "cannot wait for loaders");
	for (i = 0; i < w->n; i++) {
		if (p[i].revents == 0)
			continue;
		l = &w->l[i];
		got = read(l->done, byte, sizeof(byte));
		w->broken |= got <= 0;
		if (got <= 0)
			return err_set(e, EXIT_IO, "a loader ended before its input did");
		l->queued -= (unsigned)got;
		memmove(l->weight[0], l->weight[got], l->queued * sizeof(l->weight[0]));
	}
	outcome_progress(w->outcome, w->started, w->o->progress);
	return 0;
}

static int ask_weight(struct workers *w, const char *sql, char out[WEIGHT], struct err *e)
{
	const char *name = jr_str(&w->si.doc, NULL, "email", NULL);
	struct dbval v = DB_STR(name != NULL ? name : jr_str(&w->si.doc, NULL, "principal", ""));
	struct dbq q;
	int rc;

	if (dbq_prepare(&q, &w->t->db, sql, e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		snprintf(out, WEIGHT, "%s", dbq_str(&q, 0));
		rc = 0;
	}
	dbq_close(&q);
	return rc;
}

/* What P8 compares of the name of the block at hand. */
static int weigh(struct workers *w, char out[WEIGHT], struct err *e)
{
	char sql[300];

	snprintf(sql, sizeof(sql), "SELECT HEX(WEIGHT_STRING(CONVERT(? USING %s) COLLATE %s))",
	    w->t->charset, w->t->collation);
	if (ask_weight(w, sql, out, e) == 0)
		return 0;
	if (!db_lost(e->db) || reconnect(w->t, w->o->progress, e) < 0)
		return -1;
	return ask_weight(w, sql, out, e);
}

static bool has_weight(const struct loader *l, const char *weight)
{
	unsigned i;

	for (i = 0; i < l->queued; i++)
		if (strcmp(l->weight[i], weight) == 0)
			return true;
	return false;
}

/* The loader that gets the block of this weight: whoever has its like, else the least busy one. */
static struct loader *choose(struct workers *w, const char *weight)
{
	struct loader *l, *least = NULL;

	for (l = w->l; l < w->l + w->n; l++)
		if (has_weight(l, weight))
			return l->queued < QUEUE ? l : NULL;
	for (l = w->l; l < w->l + w->n; l++)
		if (l->queued < QUEUE && (least == NULL || l->queued < least->queued))
			least = l;
	return least;
}

static int hand_out(struct workers *w, struct loader **to, struct err *e)
{
	char weight[WEIGHT];
	int rc = weigh(w, weight, e);

	*to = NULL;
	while (rc == 0 && !load_stop) {
		rc = hear(w, false, e);
		if (rc == 0 && (*to = choose(w, weight)) != NULL)
			break;
		if (rc == 0)
			rc = hear(w, true, e);
	}
	if (rc == 0 && *to != NULL)
		memcpy((*to)->weight[(*to)->queued++], weight, WEIGHT);
	return rc;
}

static int begin_users(struct workers *w, struct err *e)
{
	unsigned i;

	if (end_all(w, e) < 0)
		return -1;
	for (i = 0; i < w->o->jobs; i++)
		if (start(w, LOAD_SHARE, e) < 0)
			return -1;
	return 0;
}

static int copy(struct workers *w, struct loader *to, struct err *e)
{
	w->at = w->si.in[0] != '\0' ? to : NULL;
	if (so_copy(&to->so, w->si.kind, w->si.line, w->si.len, e) == 0 &&
	    (w->at != NULL || io_out_flush(&to->so.io, e) == 0))
		return 0;
	w->broken = true;
	return -1;
}

/* All of the stream to its loaders. */
static int spread(struct workers *w, struct err *e)
{
	struct loader *to = &w->l[0];
	bool users = false;
	int rc = start(w, LOAD_COMMON, e);

	while (rc == 0 && (rc = si_next(&w->si, e)) == 1) {
		rc = 0;
		if (w->at == NULL && w->si.in[0] != '\0') {
			if (!users)
				rc = begin_users(w, e);
			users = true;
			progress_pause(w->o->progress);
			if (rc == 0)
				rc = hand_out(w, &to, e);
			if (rc == 0 && load_stop)
				rc = err_set(e, EXIT_TEMPORARY, "stopped by a signal; run again to"
				    " go on");
		}
		if (rc == 0)
			rc = copy(w, to, e);
		if (w->at == NULL)
			to = &w->l[0];
	}
	return rc;
}

static int settle(struct workers *w, struct err *e)
{
	if (end_all(w, e) < 0)
		return -1;
	return start(w, LOAD_LAST, e) < 0 ? -1 : end_all(w, e);
}

/* All loaders' counts as those of one load. */
static int sum_up(struct workers *w, int rc, enum exitcode *status, struct err *e)
{
	struct load *l = calloc(1, sizeof(*l));
	unsigned i;

	if (l == NULL)
		return rc < 0 ? -1 : err_set(e, EXIT_TEMPORARY, "out of memory");
	l->o = w->o;
	l->progress = w->o->progress;
	l->in.si = w->si;
	for (i = 0; i < w->started; i++)
		outcome_add(l, &w->outcome[i]);
	outcome_progress(w->outcome, w->started, l->progress);
	if (rc == 0)
		rc = load_balance(l, status, e);
	summary_log(l);
	summary_print(l);
	free(l);
	return rc;
}

int workers_load(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e)
{
	size_t size = (o->jobs + 2) * sizeof(struct outcome);
	struct workers *w = calloc(1, sizeof(*w));
	int rc;

	if (w == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	w->t = t;
	w->o = o;
	w->outcome = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	rc = w->outcome == MAP_FAILED ? err_sys(e, EXIT_TEMPORARY, "cannot share memory") :
	    si_open(&w->si, o->input, "p8", o->edited, e);
	if (rc == 0) {
		buf_init(&w->header, BUF_RECORD_MAX);
		buf_add(&w->header, w->si.line, w->si.len);
		buf_addc(&w->header, '\n');
		w->si.parses = never;
		rc = report_open(&w->rejects, "p8-load", o->rejects, e);
		if (rc == 0 && spread(w, e) < 0)
			rc = end_all(w, e);
		else if (rc == 0)
			rc = settle(w, e);
		rc = sum_up(w, rc, status, e);
		rc = report_end(&w->rejects, rc, e);
		si_close(&w->si);
	}
	buf_free(&w->header);
	if (w->outcome != MAP_FAILED)
		munmap(w->outcome, size);
	free(w);
	return rc;
}
