#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "count.h"
#include "base/rate.h"
#include "base/print.h"
#include "base/progress.h"
#include "shown.h"

#define STATE_MAX (PROGRESS_WHY + 1024)

volatile sig_atomic_t load_stop;

static struct progress *the_run;	/* what signals print */

static char *put(char *to, const char *end, const char *s)
{
	while (to < end && *s != '\0')
		*to++ = *s++;
	return to;
}

static char *put_uint(char *to, const char *end, uint64_t v)
{
	char digits[24], *p = digits + sizeof(digits);

	*--p = '\0';
	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	return put(to, end, p);
}

/* COUNT() for signal handlers. */
static char *put_count(char *to, const char *end, uint64_t n, const char *what)
{
	return put(put(put_uint(to, end, n), end, what), end, n == 1 ? "" : "s");
}

/* The state as a line; only what a signal handler may do. */
static size_t state_line(const struct progress *p, char *line, size_t size)
{
	uint64_t seconds = (rate_now() - p->begun) / RATE_SECOND, rows = p->rows;
	char *to = line;
	const char *end = line + size - 1;
	int at = p->at;
	const char *why = p->waiting;

	if (p->o.events > 0) {
		to = put_uint(put(to, end, PROGRESS_EVENT "state\t"), end, p->users);
		to = put_uint(put(to, end, "\t"), end, rows);
		to = put(put(to, end, "\t"), end, at >= 0 ? p->email[at] : "-");
		to = put(put(to, end, "\t"), end, why != NULL ? why : "-");
		*to++ = '\n';
		return (size_t)(to - line);
	}
	to = put_count(put(to, end, "p8-load: "), end, p->users, " user");
	to = put_count(put(to, end, " done, "), end, rows, " row");
	to = put_uint(put(to, end, ", "), end, rows / (seconds ? seconds : 1));
	to = put_uint(put(to, end, " a second, in "), end, seconds);
	to = put(to, end, " s");
	if (at >= 0)
		to = put(put(to, end, "; now "), end, p->email[at]);
	if (why != NULL)
		to = put(put(to, end, "; waiting: "), end, why);
	*to++ = '\n';
	return (size_t)(to - line);
}

static void on_state(int no)
{
	char line[STATE_MAX];
	int saved = errno;
	size_t n;

	if (the_run != NULL && (no == SIGUSR1 || !the_run->o.quiet)) {
		n = state_line(the_run, line, sizeof(line));
		if (write(the_run->o.events > 0 ? (int)the_run->o.events : STDERR_FILENO, line,
		    n) < 0)
			the_run->o.every = 0;	/* nobody reads */
	}
	errno = saved;
}

/* For the program that watches: false when there is none. */
static bool tell(const struct progress *p, const char *what, const char *a, const char *b)
{
	struct buf line = BUF_INIT(1 << 16);
	const char *field[] = { a, b };
	size_t i;

	if (p->o.events == 0)
		return false;
	buf_addf(&line, PROGRESS_EVENT "%s", what);
	for (i = 0; i < 2 && field[i] != NULL; i++) {
		buf_addc(&line, '\t');
		shown_put(&line, field[i], strlen(field[i]));
	}
	buf_addc(&line, '\n');
	/* When nobody watches any more, the run goes on. */
	i = line.failed ? 0 : (size_t)write((int)p->o.events, line.data, line.len);
	(void)i;
	buf_free(&line);
	return true;
}

/* The next line of the state comes when nothing else was said for so long. */
static void restart_timer(const struct progress *p)
{
	struct itimerval t = { { (time_t)p->o.every, 0 }, { (time_t)p->o.every, 0 } };

	if (p->o.every > 0)
		setitimer(ITIMER_REAL, &t, NULL);
}

int progress_open(struct progress *p, const struct progress_opts *o, struct err *e)
{
	struct sigaction sa = { .sa_handler = on_state, .sa_flags = SA_RESTART };

	memset(p, 0, sizeof(*p));
	p->o = *o;
	p->at = -1;
	p->begun = p->due = p->logged = rate_now();
	if (runlog_open(&p->log, o->log, o->log_format == 1, e) < 0)
		return -1;
	the_run = p;
	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGALRM, &sa, NULL);
	restart_timer(p);
	return 0;
}

void progress_start(struct progress *p, const char *what, const char *input, bool dry_run)
{
	struct jsonw *w;

	if (p == NULL)
		return;
	w = runlog_begin(&p->log, "start");
	if (w != NULL) {
		jw_kv_str(w, "version", VERSION);
		jw_kv_str(w, "what", what);
		jw_kv_str(w, "input", input);
		jw_kv_bool(w, "dry_run", dry_run);
	}
	runlog_put(&p->log, "p8-load " VERSION ": %s%s%s%s", what, input ? " " : "",
	    input ? input : "", dry_run ? ", dry run" : "");
}

void progress_begin(struct progress *p, const char *email)
{
	struct buf shown = BUF_INIT(4096);
	int next;

	if (p == NULL)
		return;
	next = p->at == 0;
	shown_put(&shown, email, strlen(email));
	snprintf(p->email[next], sizeof(p->email[next]), "%s", shown.len > 0 ? shown.data : "");
	buf_free(&shown);
	p->at = next;
	p->user_begun = rate_now();
}

static void log_user(struct progress *p, const struct progress_user *u)
{
	struct jsonw *w = runlog_begin(&p->log, "user");

	if (w != NULL) {
		jw_kv_str(w, "email", u->email);
		jw_kv_str(w, "verdict", u->event);
		if (u->code != NULL)
			jw_kv_str(w, "code", u->code);
		jw_kv_int(w, "things", (int64_t)u->things);
		jw_kv_int(w, "rows", (int64_t)u->rows);
		jw_kv_int(w, "ms", (int64_t)((rate_now() - p->user_begun) / (RATE_SECOND / 1000)));
	}
	runlog_put(&p->log, "%s: %s, %s in %s", u->email, u->verdict, COUNT(u->things, "thing"),
	    COUNT(u->rows, "row"));
}

void progress_user(struct progress *p, const struct progress_user *u)
{
	char did[512];

	if (p == NULL)
		return;
	p->users++;
	log_user(p, u);
	snprintf(did, sizeof(did), u->rows > 0 ? "%s, %s in %s" : "%s", u->verdict,
	    COUNT(u->things, "thing"), COUNT(u->rows, "row"));
	if (tell(p, "user", u->email, did) || !p->o.verbose)
		return;
	complain("p8-load: %s: %s\n", u->email, did);
	restart_timer(p);
}

/* The log has the state as often as standard error. */
static void log_state(struct progress *p)
{
	uint64_t now;
	struct jsonw *w;

	if (p->log.fd < 0 || p->o.every == 0)
		return;
	now = rate_now();
	if (now - p->logged < p->o.every * RATE_SECOND)
		return;
	p->logged = now;
	w = runlog_begin(&p->log, "progress");
	if (w != NULL) {
		jw_kv_int(w, "users", (int64_t)p->users);
		jw_kv_int(w, "rows", (int64_t)p->rows);
		jw_kv_int(w, "ms", (int64_t)((now - p->begun) / (RATE_SECOND / 1000)));
		jw_kv_str(w, "email", p->at >= 0 ? p->email[p->at] : NULL);
	}
	runlog_put(&p->log, "%s done, %s", COUNT(p->users, "user"), COUNT(p->rows, "row"));
}

void progress_rows(struct progress *p, uint64_t n)
{
	if (p == NULL)
		return;
	p->rows += n;
	log_state(p);
	if (p->o.max_rate == 0)
		return;
	p->due = rate_due(p->due, rate_now(), n, p->o.max_rate);
	if (p->due <= rate_now())
		return;
	p->waiting = "--max-rate";
	rate_sleep(p->due, &load_stop);
	p->waiting = NULL;
}

void progress_pause(struct progress *p)
{
	char why[PROGRESS_WHY];

	if (p == NULL || p->o.pause_file == NULL || access(p->o.pause_file, F_OK) != 0)
		return;
	snprintf(why, sizeof(why), "%s exists; remove it to go on", p->o.pause_file);
	progress_wait(p, why);
	while (!load_stop && access(p->o.pause_file, F_OK) == 0)
		rate_sleep(rate_now() + RATE_SECOND / 2, &load_stop);
	progress_go(p);
}

void progress_wait(struct progress *p, const char *why)
{
	struct jsonw *w;

	if (p == NULL)
		return;
	p->waiting = NULL;
	snprintf(p->why, sizeof(p->why), "%s", why);
	p->waiting = p->why;
	w = runlog_begin(&p->log, "wait");
	if (w != NULL)
		jw_kv_str(w, "why", why);
	runlog_put(&p->log, "waiting: %s", why);
	if (!tell(p, "wait", why, NULL) && !p->o.quiet)
		complain("p8-load: waiting: %s\n", why);
}

void progress_go(struct progress *p)
{
	if (p == NULL || p->waiting == NULL)
		return;
	p->waiting = NULL;
	runlog_begin(&p->log, "go");
	runlog_put(&p->log, "going on");
	if (!tell(p, "go", NULL, NULL) && !p->o.quiet)
		fputs("p8-load: going on\n", stderr);
}

void progress_warn(struct progress *p, const char *fmt, ...)
{
	char text[1200];
	struct jsonw *w;
	va_list ap;

	if (p == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	w = runlog_begin(&p->log, "warning");
	if (w != NULL)
		jw_kv_str(w, "text", text);
	runlog_put(&p->log, "warning: %s", text);
	if (!p->o.quiet)
		complain("p8-load: warning: %s\n", text);
}

void progress_count(struct progress *p, const char *name, uint64_t n)
{
	if (p == NULL || p->counts == PROGRESS_COUNTS)
		return;
	p->count[p->counts].name = name;
	p->count[p->counts++].n = n;
}

void progress_end(struct progress *p, int status, const char *message)
{
	struct jsonw *w;
	unsigned i;

	if (p == NULL)
		return;
	w = runlog_begin(&p->log, "end");
	if (w != NULL) {
		jw_kv_int(w, "status", status);
		jw_kv_str(w, "message", message);
		jw_kv_int(w, "ms", (int64_t)((rate_now() - p->begun) / (RATE_SECOND / 1000)));
		for (i = 0; i < p->counts; i++)
			jw_kv_int(w, p->count[i].name, (int64_t)p->count[i].n);
	}
	runlog_put(&p->log, "ended with status %d%s%s", status, message ? ": " : "",
	    message ? message : "");
}

int progress_close(struct progress *p, struct err *e)
{
	struct itimerval none = { { 0, 0 }, { 0, 0 } };

	setitimer(ITIMER_REAL, &none, NULL);
	the_run = NULL;
	return runlog_close(&p->log, e);
}
