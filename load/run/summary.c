#include <assert.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "run/driver.h"
#include "run/summary.h"

#define AT(name) offsetof(struct load_counts, name)

const struct summary_number summary_number[SUMMARY_NUMBERS] = {
{ "users_read", AT(read) }, { "users_loaded", AT(loaded) }, { "users_there", AT(there) },
{ "users_changed", AT(changed) }, { "users_rejected", AT(rejected) },
{ "principals", AT(principals) }, { "shares_waiting", AT(shares_waiting) },
{ "own_rejects", AT(own_rejects) }, { "stream_rejects", AT(stream_rejects) },
{ "warnings", AT(warnings) }, { "files", AT(files) }, { "bytes", AT(bytes) },
};
static_assert(sizeof(struct load_counts) == sizeof(struct kind_counts) +
    SUMMARY_NUMBERS * sizeof(uint64_t), "each count has its entry");

#define BROUGHT_LATER "a stream that has them, or p7-migrate without that --without, brings them"
#define BROUGHT_AGAIN \
	"p7-migrate with --redo EMAIL, or p8-load --p8 DIR --undo EMAIL and a new load, brings them"
#define LEFT(name) offsetof(struct load, left.name)
static const struct {
	const char *what, *then;
	size_t at;
} left[] = {
{ "contacts", BROUGHT_LATER, LEFT(contacts) },
{ "files", BROUGHT_LATER, LEFT(files) },
{ "calendars", BROUGHT_LATER, LEFT(calendars) },
{ "collected addresses", BROUGHT_AGAIN, LEFT(collected) },
{ "groups", BROUGHT_AGAIN, LEFT(groups) },
{ "some contacts", BROUGHT_AGAIN, LEFT(some) },
};
#define LEFTS (sizeof(left) / sizeof(*left))

static int by_kind(const void *a, const void *b)
{
	return strcmp(a, b);	/* a kind is its count's first member */
}

/* In an order that depends neither on the first user nor on which loader had them. */
static struct kind_counts sorted(const struct kind_counts *c)
{
	struct kind_counts s = *c;

	qsort(s.k, s.n, sizeof(*s.k), by_kind);
	return s;
}

static void print_kinds(const char *what, const struct kind_counts *of)
{
	const struct kind_counts c = sorted(of);
	unsigned i;

	for (i = 0; i < c.n; i++)
		if (c.k[i].n > 0)
			fprintf(stderr, "  %-16s %10" PRIu64 "%s\n", c.k[i].kind, c.k[i].n, what);
}

/* What users lack who count as loaded. */
static void print_left(const struct load *l)
{
	uint64_t n;
	size_t i;

	for (i = 0; i < LEFTS; i++) {
		memcpy(&n, (const char *)l + left[i].at, sizeof(n));
		if (n > 0)
			fprintf(stderr, "  left out: %s of %s (%s)\n", left[i].what,
			    COUNT(n, "user"), left[i].then);
	}
	if (l->left.uncompared > 0)
		fprintf(stderr, "  not compared with P7: %s, loaded by an earlier release or from"
		    " an altered stream\n", COUNT(l->left.uncompared, "user"));
}

void summary_print(struct load *l)
{
	const struct load_counts *c = &l->counts;

	if (l->o->quiet || (l->progress != NULL && l->progress->o.events > 0))
		return;
	fprintf(stderr, "p8-load: %s read: %" PRIu64 " %s, %" PRIu64 " already there, %" PRIu64
	    " rejected\n", COUNT(c->read, "user"), c->loaded,
	    l->o->dry_run ? "would be loaded" : "loaded", c->there, c->rejected);
	if (c->changed > 0)
		fprintf(stderr,
		    "  changed in P7 since: %" PRIu64 " of those who are there (p7-migrate"
		    " with --redo EMAIL, or p8-load --p8 DIR --undo EMAIL and then the stages,"
		    " brings one again)\n",
		    c->changed);
	print_left(l);
	if (c->shares_waiting > 0)
		fprintf(stderr, "  waiting: %s of calendars, until %s\n",
		    COUNT(c->shares_waiting, "share"), c->shares_waiting == 1 ?
		    "the one it is for is a user of P8" : "those they are for are users of P8");
	if (c->principals > 0)
		fprintf(stderr, "  without user: calendars of %s\n",
		    COUNT(c->principals, "principal"));
	print_kinds("", &c->kinds);
	print_kinds(" left out (unknown kind)", &l->unknown);
	if (c->files > 0)
		fprintf(stderr, "  %s of %s\n", COUNT(c->files, "file"), COUNT(c->bytes, "byte"));
	if (c->own_rejects + c->stream_rejects + c->warnings > 0)
		fprintf(stderr, "  %s here, %" PRIu64 " of earlier stages, %s%s\n",
		    COUNT(c->own_rejects, "reject"), c->stream_rejects,
		    COUNT(c->warnings, "warning"),
		    l->o->rejects != NULL ? "" : " (use --rejects FILE to have them in a file)");
	reasons_print(&l->rejects.reasons);
}

static void json_kinds(struct jsonw *w, const char *key, const struct kind_counts *of)
{
	const struct kind_counts c = sorted(of);
	unsigned i;

	jw_key(w, key);
	jw_object(w);
	for (i = 0; i < c.n; i++)
		if (c.k[i].n > 0)
			jw_kv_int(w, c.k[i].kind, (int64_t)c.k[i].n);
	jw_object_end(w);
}

void summary_log(const struct load *l)
{
	uint64_t n;
	unsigned i;

	for (i = 0; i < SUMMARY_NUMBERS; i++) {
		memcpy(&n, (const char *)&l->counts + summary_number[i].at, sizeof(n));
		progress_count(l->progress, summary_number[i].name, n);
	}
}

void summary_json(const struct load *l, struct buf *out)
{
	const struct load_counts *c = &l->counts;
	struct jsonw w;
	uint64_t n;
	unsigned i;

	jw_begin(&w, out);
	jw_object(&w);
	for (i = 0; i < SUMMARY_NUMBERS; i++) {
		memcpy(&n, (const char *)c + summary_number[i].at, sizeof(n));
		jw_kv_int(&w, summary_number[i].name, (int64_t)n);
	}
	json_kinds(&w, "kinds", &c->kinds);
	json_kinds(&w, "unknown", &l->unknown);
	jw_object_end(&w);
}
