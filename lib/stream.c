#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "stream.h"

bool kinds_add(struct kind_counts *c, const char *kind, uint64_t n)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (c->k[i].kind[0] == kind[0] && strcmp(c->k[i].kind, kind) == 0) {
			c->k[i].n += n;
			return true;
		}
	if (c->n == STREAM_KINDS || strlen(kind) >= STREAM_KIND_LEN)
		return false;
	strcpy(c->k[c->n].kind, kind);
	c->k[c->n++].n = n;
	return true;
}

uint64_t kinds_get(const struct kind_counts *c, const char *kind)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->k[i].kind, kind) == 0)
			return c->k[i].n;
	return 0;
}

static void so_free(struct stream_out *so)
{
	XXH3_freeState(so->all);
	XXH3_freeState(so->block);
	buf_free(&so->line);
}

int so_open(struct stream_out *so, const char *path, bool gz, struct err *e)
{
	memset(so, 0, sizeof(*so));
	buf_init(&so->line, BUF_RECORD_MAX);
	so->all = XXH3_createState();
	so->block = XXH3_createState();
	if (so->all == NULL || so->block == NULL)
		return err_memory(e);
	XXH3_64bits_reset(so->all);
	if (io_out_open(&so->io, path, gz, e) < 0) {
		so_free(so);
		return -1;
	}
	if (io_out_no_terminal(&so->io, "a stream holds passwords", e) < 0) {
		so_abort(so);
		return -1;
	}
	return 0;
}

struct jsonw *so_begin(struct stream_out *so, const char *kind)
{
	buf_reset(&so->line);
	jw_begin(&so->w, &so->line);
	jw_object(&so->w);
	jw_kv_str(&so->w, "kind", kind);
	return &so->w;
}

/* A piece of a line. */
static int send_piece(struct stream_out *so, const char *p, size_t n, struct err *e)
{
	XXH3_64bits_update(so->all, p, n);
	if (so->in != NULL)
		XXH3_64bits_update(so->block, p, n);
	return io_out_write(&so->io, p, n, e);
}

static int count(struct stream_out *so, const char *kind, bool mark, struct err *e)
{
	if (!kinds_add(&so->totals, kind, 1) ||
	    (so->in != NULL && !mark && !kinds_add(&so->counts, kind, 1)))
		return err_set(e, EXIT_DATA, "more than %d kinds of records (%s)", STREAM_KINDS,
		    kind);
	return 0;
}

/* Send a finished line ("\n" included) and count it. */
static int send(struct stream_out *so, const char *kind, const char *line, size_t n, bool mark,
    struct err *e)
{
	return count(so, kind, mark, e) < 0 ? -1 : send_piece(so, line, n, e);
}

static int finish_line(struct stream_out *so, const char *kind, struct err *e)
{
	jw_object_end(&so->w);
	buf_addc(&so->line, '\n');
	if (so->line.failed)
		return err_set(e, EXIT_DATA, "a %s record is larger than %zu bytes", kind,
		    BUF_RECORD_MAX);
	return 0;
}

static int put_header(struct stream_out *so, struct err *e)
{
	char hash[17];

	hash64_hex(XXH3_64bits(so->line.data, so->line.len), hash);
	jw_kv_str(&so->w, "hash", hash);
	if (finish_line(so, "HEADER", e) < 0 ||
	    io_out_write(&so->io, so->line.data, so->line.len, e) < 0)
		return -1;
	return io_out_flush(&so->io, e);
}

int so_put(struct stream_out *so, const char *kind, struct err *e)
{
	if (strcmp(kind, "HEADER") == 0)
		return put_header(so, e);
	if (finish_line(so, kind, e) < 0)
		return -1;
	return send(so, kind, so->line.data, so->line.len, false, e);
}

int so_pieces(struct stream_out *so, const char *kind, const struct so_piece *v, unsigned n,
    struct err *e)
{
	unsigned i;

	if (count(so, kind, false, e) < 0)
		return -1;
	for (i = 0; i < n; i++)
		if (send_piece(so, v[i].p, v[i].n, e) < 0)
			return -1;
	return send_piece(so, "\n", 1, e);
}

int so_copy(struct stream_out *so, const char *kind, const char *line, size_t n, struct err *e)
{
	const struct so_piece whole = { line, n };

	return so_pieces(so, kind, &whole, 1, e);
}

static const char *mark_name(const char *what, const char *end, char name[STREAM_KIND_LEN])
{
	snprintf(name, STREAM_KIND_LEN, "%s_%s", what, end);
	return name;
}

static void enter(struct stream_out *so, const char *what)
{
	so->in = what;
	so->counts.n = 0;
	XXH3_64bits_reset(so->block);
}

struct jsonw *so_block_begin(struct stream_out *so, const char *what)
{
	char name[STREAM_KIND_LEN];

	enter(so, what);
	return so_begin(so, mark_name(what, "BEGIN", name));
}

int so_block_put(struct stream_out *so, struct err *e)
{
	char name[STREAM_KIND_LEN];

	mark_name(so->in, "BEGIN", name);
	if (finish_line(so, name, e) < 0)
		return -1;
	return send(so, name, so->line.data, so->line.len, true, e);
}

static void put_counts(struct jsonw *w, const char *key, const struct kind_counts *c)
{
	unsigned i;

	jw_key(w, key);
	jw_object(w);
	for (i = 0; i < c->n; i++)
		jw_kv_int(w, c->k[i].kind, (int64_t)c->k[i].n);
	jw_object_end(w);
}

int so_block_copy(struct stream_out *so, const char *what, const char *line, size_t n,
    struct err *e)
{
	char name[STREAM_KIND_LEN];

	enter(so, what);
	if (count(so, mark_name(what, "BEGIN", name), true, e) < 0 ||
	    send_piece(so, line, n, e) < 0)
		return -1;
	return send_piece(so, "\n", 1, e);
}

/* The last members of a block's end, and the end of the block. */
static int put_block_end(struct stream_out *so, struct err *e)
{
	char name[STREAM_KIND_LEN], hash[17];

	hash64_hex(XXH3_64bits_digest(so->block), hash);
	put_counts(&so->w, "counts", &so->counts);
	jw_kv_str(&so->w, "hash", hash);
	mark_name(so->in, "END", name);
	so->users += strcmp(so->in, "USER") == 0;
	so->in = NULL;
	if (finish_line(so, name, e) < 0)
		return -1;
	return send(so, name, so->line.data, so->line.len, true, e);
}

int so_block_end(struct stream_out *so, const char *key, const char *value, struct err *e)
{
	char name[STREAM_KIND_LEN];

	jw_kv_str(so_begin(so, mark_name(so->in, "END", name)), key, value);
	return put_block_end(so, e);
}

int so_block_end_as(struct stream_out *so, const struct jdoc *d, struct err *e)
{
	char name[STREAM_KIND_LEN];
	const struct jval *v;

	so_begin(so, mark_name(so->in, "END", name));
	for (v = jr_first(d, d->v); v != NULL; v = jr_next(d, v)) {
		if (strcmp(v->key, "kind") == 0 || strcmp(v->key, "counts") == 0 ||
		    strcmp(v->key, "hash") == 0)
			continue;
		jw_key_n(&so->w, v->key, v->keylen);
		jr_write(d, v, &so->w);
	}
	return put_block_end(so, e);
}

int so_close(struct stream_out *so, struct err *e)
{
	char hash[17];
	struct jsonw *w;
	int rc;

	hash64_hex(XXH3_64bits_digest(so->all), hash);
	w = so_begin(so, "END");
	put_counts(w, "totals", &so->totals);
	jw_kv_int(w, "users", (int64_t)so->users);
	jw_kv_str(w, "hash", hash);
	rc = finish_line(so, "END", e);
	if (rc == 0)
		rc = io_out_write(&so->io, so->line.data, so->line.len, e);
	if (rc == 0)
		rc = io_out_close(&so->io, e);
	else
		io_out_abort(&so->io);
	so_free(so);
	return rc;
}

void so_abort(struct stream_out *so)
{
	io_out_abort(&so->io);
	so_free(so);
}
