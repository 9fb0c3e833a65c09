#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/own.h"

static char letters[5][2] = { "b", "c", "k", "r", "e" };

static char *letter(char what)
{
	unsigned i;

	for (i = 0; i < 4 && letters[i][0] != what; i++)
		;
	return letters[i];
}

void own_begin(struct own *o, struct session *s, int64_t row)
{
	o->s = s;
	o->row = row;
	o->n = 0;
}

int own_add(struct own *o, char what, const char *kind, const struct idruns *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (o->n == OWN_ROWS && own_send(o, e) < 0)
			return -1;
		o->user[o->n] = o->row;
		o->first[o->n] = r->v[i].first;
		o->last[o->n] = r->v[i].last;
		o->step[o->n] = r->v[i].step;
		o->what[o->n] = letter(what);
		o->what_len[o->n] = 1;
		o->kind[o->n] = (char *)(uintptr_t)kind;	/* bound, never written to */
		o->kind_len[o->n++] = strlen(kind);
	}
	return 0;
}

int own_ids(struct own *o, char what, const char *kind, const int64_t *v, size_t n,
    struct err *e)
{
	struct idruns runs = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++)
		rc = runs_add(&runs, v[i], e);
	if (rc == 0)
		rc = own_add(o, what, kind, &runs, e);
	runs_free(&runs);
	return rc;
}

int own_send(struct own *o, struct err *e)
{
	struct bulk_data d[] = { { .num = o->user }, { .p = o->what, .len = o->what_len },
	    { .num = o->first }, { .num = o->last }, { .num = o->step },
	    { .p = o->kind, .len = o->kind_len } };
	size_t n = o->n;

	o->n = 0;
	return bulk_insert(&o->s->w.b[WB_OWN], d, 0, n, e);
}

int own_sums(struct session *s, int64_t row, const struct own_sum *v, unsigned n,
    struct err *e)
{
	char hash_text[STREAM_KINDS][OWN_HASH_LEN], source_text[STREAM_KINDS][OWN_HASH_LEN];
	char *kind[STREAM_KINDS], *hash[STREAM_KINDS], *source[STREAM_KINDS], null[STREAM_KINDS];
	int64_t user[STREAM_KINDS], things[STREAM_KINDS], rows[STREAM_KINDS];
	unsigned long kind_len[STREAM_KINDS], hash_len[STREAM_KINDS], source_len[STREAM_KINDS];
	struct bulk_data d[] = { { .num = user }, { .p = kind, .len = kind_len },
	    { .num = things }, { .num = rows }, { .p = hash, .len = hash_len },
	    { .p = source, .len = source_len, .null = null } };
	unsigned i;

	for (i = 0; i < n; i++) {
		user[i] = row;
		kind[i] = (char *)(uintptr_t)v[i].kind;		/* bound, never written to */
		kind_len[i] = strlen(v[i].kind);
		things[i] = (int64_t)v[i].sum->things;
		rows[i] = (int64_t)v[i].sum->rows;
		hash[i] = hash_text[i];
		hash_len[i] = (unsigned long)snprintf(hash_text[i], OWN_HASH_LEN, "%" PRIu64,
		    v[i].sum->hash);
		source[i] = source_text[i];
		source_len[i] = (unsigned long)snprintf(source_text[i], OWN_HASH_LEN, "%" PRIu64,
		    v[i].source);
		null[i] = v[i].whole ? STMT_INDICATOR_NONE : STMT_INDICATOR_NULL;
	}
	return bulk_insert(&s->w.b[WB_KINDS], d, 0, n, e);
}
