#include <inttypes.h>
#include <stdio.h>

#include "load.h"
#include "summary.h"

static void print_kinds(const char *what, const struct kind_counts *c)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (c->k[i].n > 0)
			fprintf(stderr, "  %-16s %10" PRIu64 "%s\n", c->k[i].kind, c->k[i].n, what);
}

void summary_print(const struct load *l)
{
	const struct load_counts *c = &l->counts;

	if (l->o->quiet)
		return;
	fprintf(stderr, "p8-load: %" PRIu64 " users read: %" PRIu64 " %s, %" PRIu64
	    " already there, %" PRIu64 " rejected\n", c->read, c->loaded,
	    l->o->dry_run ? "would be loaded" : "loaded", c->there, c->rejected);
	if (c->changed > 0)
		fprintf(stderr,
		    "  %" PRIu64 " of those who are there have changed in P7 since (p8-load "
		    "--undo EMAIL, then load again)\n",
		    c->changed);
	print_kinds("", &c->kinds);
	print_kinds(" left out (unknown kind)", &l->unknown);
	if (c->files > 0)
		fprintf(stderr, "  %" PRIu64 " files of %" PRIu64 " bytes\n", c->files, c->bytes);
	if (c->own_rejects + c->stream_rejects + c->warnings > 0)
		fprintf(stderr,
		    "  %" PRIu64 " rejects here, %" PRIu64 " of earlier stages, %" PRIu64 " warnin"
											  "gs%s\n",
		    c->own_rejects, c->stream_rejects, c->warnings,
		    l->o->rejects != NULL ? "" : " (say --rejects FILE to have them in a file)");
}

static void json_kinds(struct jsonw *w, const char *key, const struct kind_counts *c)
{
	unsigned i;

	jw_key(w, key);
	jw_object(w);
	for (i = 0; i < c->n; i++)
		if (c->k[i].n > 0)
			jw_kv_int(w, c->k[i].kind, (int64_t)c->k[i].n);
	jw_object_end(w);
}

void summary_json(const struct load *l, struct buf *out)
{
	const struct load_counts *c = &l->counts;
	struct jsonw w;

	jw_begin(&w, out);
	jw_object(&w);
	jw_kv_int(&w, "users_read", (int64_t)c->read);
	jw_kv_int(&w, "users_loaded", (int64_t)c->loaded);
	jw_kv_int(&w, "users_there", (int64_t)c->there);
	jw_kv_int(&w, "users_changed", (int64_t)c->changed);
	jw_kv_int(&w, "users_rejected", (int64_t)c->rejected);
	jw_kv_int(&w, "own_rejects", (int64_t)c->own_rejects);
	jw_kv_int(&w, "stream_rejects", (int64_t)c->stream_rejects);
	jw_kv_int(&w, "warnings", (int64_t)c->warnings);
	jw_kv_int(&w, "files", (int64_t)c->files);
	jw_kv_int(&w, "bytes", (int64_t)c->bytes);
	json_kinds(&w, "kinds", &c->kinds);
	json_kinds(&w, "unknown", &l->unknown);
	jw_object_end(&w);
}
