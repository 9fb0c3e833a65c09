#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/print.h"
#include "ledger/reported.h"

#define TEXT 64

/* A number as people read it, and what is counted: "1 user", "1,234 users". */
static const char *count(char out[TEXT], uint64_t n, const char *what)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n), i;
	size_t to = 0;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			out[to++] = ',';
		out[to++] = digits[i];
	}
	snprintf(out + to, TEXT - to, "%s%s%s", what[0] ? " " : "", what,
	    n == 1 || !what[0] ? "" : "s");
	return out;
}
#define N(n, what) count((char[TEXT]){ 0 }, (n), (what))

static const char *size(char out[TEXT], uint64_t bytes)
{
	static const char *const unit[] = { "KiB", "MiB", "GiB", "TiB" };
	double n = (double)bytes;
	int i = -1;

	while (n >= 1024 && i < 3) {
		n /= 1024;
		i++;
	}
	if (i < 0)
		snprintf(out, TEXT, "%" PRIu64 " byte%s", bytes, bytes == 1 ? "" : "s");
	else
		snprintf(out, TEXT, "%.1f %s", n, unit[i]);
	return out;
}

static int put_left(void *arg, const struct strnode *n, struct err *e)
{
	const char *what = strchr(n->key, '\t');

	(void)arg;
	(void)e;
	if (what != NULL)
		print("  %" PRIu64 " of %.*s: %s; %s\n", n->n, (int)(what - n->key), n->key,
		    what + 1, n->value);
	return 0;
}

void say_not_carried(const struct reported *r)
{
	struct err none = { .msg = "" };

	if (r->left == NULL)
		return;
	print("Not carried:\n");
	strtree_each(r->left, put_left, NULL, &none);
}

/* What was left out, for how many users: what follows, and what only a new load brings. */
struct left_out {
	char later[400], again[200], kinds[80];
};

static void append(char *to, size_t size_of, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void append(char *to, size_t size_of, const char *fmt, ...)
{
	size_t n = strlen(to);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(to + n, size_of - n, fmt, ap);
	va_end(ap);
}

static int put_lack(void *arg, const struct strnode *n, struct err *e)
{
	const char *what = n->key;
	struct left_out *l = arg;

	(void)e;
	if (strcmp(what, "contacts") == 0 || strcmp(what, "calendars") == 0 ||
	    strcmp(what, "files") == 0) {
		append(l->later, sizeof(l->later), "%s%s of %s", l->later[0] ? ", " : "", what,
		    N(n->n, "user"));
		append(l->kinds, sizeof(l->kinds), "%s%s", l->kinds[0] ? "," : "", what);
	} else {
		append(l->again, sizeof(l->again), "%s%s of %s", l->again[0] ? ", " : "",
		    strcmp(what, "collected") == 0 ? "collected addresses" : what, N(n->n, "user"));
	}
	return 0;
}

static void say_left_out(const struct reported *r)
{
	struct left_out l = { "", "", "" };
	struct err none = { .msg = "" };

	strtree_each(r->lacks, put_lack, &l, &none);
	if (l.later[0] && r->t->no_dav)
		print("Left out: %s; calendars can come when P8 has its module Dav, the rest when"
		    " you run again without --without.\n", l.later);
	else if (l.later[0])
		print("Left out: %s; run again without --without %s to bring them.\n", l.later,
		    l.kinds);
	if (l.again[0])
		print("Left out: %s; --redo EMAIL brings them, a user at a time: %s/left-out-users"
		    " says whose.\n", l.again, r->o->dir);
}

static int by_weight(const void *a, const void *b)
{
	const struct reason *x = a, *y = b;

	return x->n != y->n ? (x->n > y->n ? -1 : 1) : strcmp(x->code, y->code);
}

static void say_reasons(struct reported *r)
{
	const struct reason *v;
	unsigned i;

	if (r->rejects == 0)
		return;
	print("Rejected, by reason:\n");
	qsort(r->by_reason.v, r->by_reason.n, sizeof(*r->by_reason.v), by_weight);
	for (i = 0; i < r->by_reason.n; i++) {
		v = &r->by_reason.v[i];
		print("  %6" PRIu64 "  %s: %s%s\n", v->n, v->code, v->action, v->others ?
		    " (of some of them; each record has its own)" : "");
	}
}

static const char *head(const struct reported *r, bool rejected)
{
	bool left_out = r->lacks != NULL;

	if (r->o->found & FOUND_DIFFERS && r->missing == 0)
		return "Loaded: ";
	if (r->missing > 0)
		return "Not all in P8: ";
	if (left_out)
		return rejected ? "In P8, but for what was left out or rejected: " :
		    "In P8, but for what was left out: ";
	if (rejected)
		return "In P8, but for what was rejected: ";
	return r->o->found & FOUND_CHANGED ? "In P8, but for what changed in P7 since: " :
	    "All in P8: ";
}

bool verdict(struct reported *r)
{
	bool rejected = r->rejects > 0 || r->o->found & FOUND_REJECTED;
	bool differs = r->o->found & FOUND_DIFFERS;
	char bytes[TEXT], of[TEXT + 8] = "";
	const struct strnode *waiting = strtree_get(&r->kinds, "waiting");

	if (!r->o->quiet)
		say_not_carried(r);
	say_reasons(r);
	if (!r->o->quiet && r->warnings > 0)
		print("%s: what came altered, and what to do; see %s/rejects.ndjson\n",
		    N(r->warnings, "warning"), r->o->dir);
	if (waiting != NULL)
		print("Waiting: %s of calendars, for users who are not in P8 yet; they come with"
		    " these users.\n", N(waiting->n, "share"));
	if (r->missing > 0)
		snprintf(of, sizeof(of), "%s of ", N(r->selected - r->missing, ""));
	print("%s%s%s of P7, %s, %s with %s, %s with %s, %s of files; %s%s%s.\n", head(r, rejected),
	    of, N(r->selected, r->all ? "user" : "selected user"),
	    N(reported_mine(r, "CONTACT"), "contact"),
	    N(reported_mine(r, "ADDRESSBOOK"), "address book"), N(reported_mine(r, "CARD"), "card"),
	    N(reported_mine(r, "CALENDAR"), "calendar"),
	    N(reported_mine(r, "CALENDAR_OBJECT"), "event"),
	    size(bytes, reported_mine(r, "bytes")), N(r->rejects, "reject"),
	    r->o->found & FOUND_VERIFIED ? "; verified" : "",
	    differs ? "; P8 is not as it was loaded" : "");
	if (r->missing > 0)
		print("Missing: %s; %s/not-migrated-users says who, why, and what to do; then"
		    " %s.\n",
		    N(r->missing, "user"), r->o->dir, r->o->rerun);
	if (r->rejects > 0)
		print("What was rejected is in %s/rejects.ndjson.\n", r->o->dir);
	if (r->others > 0 && !r->o->quiet)
		print("Of other users: %s, in %s/rejects.ndjson.\n", N(r->others, "reject"),
		    r->o->dir);
	say_left_out(r);
	return r->missing == 0 && !rejected && !differs && !r->lacking;
}
