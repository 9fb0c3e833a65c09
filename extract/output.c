#include <stdio.h>

#include "program.h"

static void put_families(struct jsonw *w, const char *key, unsigned bits)
{
	int i;

	jw_key(w, key);
	jw_array(w);
	for (i = 0; i < FAMILIES; i++)
		if (bits & 1u << i)
			jw_str(w, family_names[i]);
	jw_array_end(w);
}

static void put_source(struct run *r, struct jsonw *w)
{
	const struct db_opts *d = &r->site.db;

	jw_key(w, "source");
	jw_object(w);
	jw_kv_str(w, "id", r->site.source_id);
	source_put(w, &r->id);
	jw_kv_str(w, "host", d->socket != NULL ? d->socket : d->host != NULL ? d->host :
	    "localhost");
	jw_kv_str(w, "database", r->db.name);
	jw_kv_str(w, "prefix", r->site.prefix);
	jw_kv_str(w, "server", r->db.version_text);
	jw_kv_str(w, "charset", r->db.server_charset);
	jw_kv_str(w, "p7_version", r->site.version[0] != '\0' ? r->site.version : NULL);
	jw_kv_str(w, "snapshot", r->snapshot);
	jw_kv_bool(w, "consistent", r->cat.other[0] == '\0');
	jw_object_end(w);
}

static void put_selection(struct run *r, struct jsonw *w)
{
	char shard[32];

	jw_key(w, "selection");
	jw_object(w);
	if (r->sel.all)
		jw_kv_str(w, "users", "all");
	else
		jw_kv_int(w, "users", (int64_t)(r->sel.list.n + r->sel.unknowns));
	if (r->o->except != NULL)
		jw_kv_int(w, "except", (int64_t)r->sel.except.n);
	put_families(w, "only", r->o->only);
	put_families(w, "without", r->o->without);
	jw_object_end(w);
	snprintf(shard, sizeof(shard), "%u/%u", r->sel.shard, r->sel.shards);
	jw_kv_str(w, "shard", r->sel.shards > 0 ? shard : NULL);
}

int output_open(struct run *r, struct err *e)
{
	if (report_open(&r->rep, "p7-extract", r->o->rejects, e) < 0)
		return -1;
	if (so_open(&r->so, r->o->out, r->o->gz, e) < 0) {
		report_abort(&r->rep);
		return -1;
	}
	r->rep.to = &r->so;
	return 0;
}

int output_header(struct run *r, struct err *e)
{
	char id[UUID_LEN + 1];
	struct jsonw *w;

	uuid_random(id);
	w = so_begin(&r->so, "HEADER");
	jw_kv_str(w, "stream", "p7");
	jw_kv_int(w, "version", STREAM_VERSION);
	/* The schema of sabre/dav that P7's tables have. */
	jw_kv_str(w, "dav", "1.8");
	jw_kv_str(w, "tool", "p7-extract " VERSION);
	jw_kv_str(w, "run", id);
	put_source(r, w);
	put_selection(r, w);
	return so_put(&r->so, "HEADER", e);
}

int output_unknown(struct run *r, struct err *e)
{
	struct report_item item = {
		.reject = true, .code = "user-unknown", .table = "awm_accounts", .id = -1,
		.reason = "P7 has no default account with this e-mail",
		.action = "correct the name; p7-migrate --p7 DIR --list-users lists P7's users",
	};
	struct srow row;
	int rc;

	while ((rc = spool_next(&r->sel.unknown, &row, e)) > 0) {
		item.user = row.p;
		if (report_add(&r->rep, &item, e) < 0)
			return -1;
	}
	return rc;
}
