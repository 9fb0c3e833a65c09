#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "run/load.h"
#include "ledger/own.h"

static char letters[5][2] = { "b", "c", "k", "r", "e" };

static char *letter(char what)
{
	unsigned i;

	for (i = 0; i < 4 && letters[i][0] != what; i++)
		;
	return letters[i];
}

void own_reset(struct own *o)
{
	o->n = 0;
}

int own_add(struct load *l, char what, const char *kind, const struct idruns *r, struct err *e)
{
	struct own *o = &l->own;
	size_t i;

	for (i = 0; i < r->n; i++) {
		if (o->n == OWN_ROWS && own_send(l, e) < 0)
			return -1;
		o->user[o->n] = l->user.row;
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

int own_send(struct load *l, struct err *e)
{
	struct own *o = &l->own;
	struct bulk_data d[] = { { .num = o->user }, { .p = o->what, .len = o->what_len },
	    { .num = o->first }, { .num = o->last }, { .num = o->step },
	    { .p = o->kind, .len = o->kind_len } };
	size_t n = o->n;

	o->n = 0;
	return bulk_insert(&l->w.b[WB_OWN], d, 0, n, e);
}

int own_sums(struct load *l, const struct sums *sums, unsigned parts, struct err *e)
{
	char text[STREAM_KINDS][OWN_HASH_LEN], *kind[STREAM_KINDS], *hash[STREAM_KINDS];
	char said[STREAM_KINDS][OWN_HASH_LEN], *source[STREAM_KINDS], null[STREAM_KINDS];
	int64_t user[STREAM_KINDS], things[STREAM_KINDS], rows[STREAM_KINDS];
	unsigned long kind_len[STREAM_KINDS], hash_len[STREAM_KINDS], source_len[STREAM_KINDS];
	struct bulk_data d[] = { { .num = user }, { .p = kind, .len = kind_len },
	    { .num = things }, { .num = rows }, { .p = hash, .len = hash_len },
	    { .p = source, .len = source_len, .null = null } };
	const struct kind_sum *k;
	unsigned i, n = 0;

	for (i = 0; i < l->kinds; i++) {
		k = &sums->k[i];
		if (!(parts & 1u << part_of(l->kind[i])) ||
		    (k->things == 0 && k->rows == 0 && l->user.source[i] == 0))
			continue;
		source[n] = said[n];
		source_len[n] = (unsigned long)snprintf(said[n], OWN_HASH_LEN, "%" PRIu64,
		    l->user.source[i]);
		null[n] = parts_whole(l, part_of(l->kind[i])) ? STMT_INDICATOR_NONE :
		    STMT_INDICATOR_NULL;
		user[n] = l->user.row;
		kind[n] = l->kind[i];
		kind_len[n] = strlen(l->kind[i]);
		things[n] = (int64_t)k->things;
		rows[n] = (int64_t)k->rows;
		hash[n] = text[n];
		hash_len[n] = (unsigned long)snprintf(text[n], OWN_HASH_LEN, "%" PRIu64, k->hash);
		n++;
	}
	return bulk_insert(&l->w.b[WB_KINDS], d, 0, n, e);
}
