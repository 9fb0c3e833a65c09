#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ledger/own.h"

#define HASH_LEN 24

void own_begin(struct own *o, struct session *s, int64_t user)
{
	o->s = s;
	o->user = user;
	o->ids.n = 0;
	arena_reset(&o->a);
}

static int add_run(struct own *o, const char *what, const char *kind, const struct idrun *r,
    struct err *e)
{
	return rows_add(&o->ids, TABLE_OWN, &o->a, 0, (struct rows_value[OWN_COLUMNS]){
	    [OWN_USER] = ROW_NUM(o->user), [OWN_WHAT] = ROW_BYTES(what, 1),
	    [OWN_FIRST] = ROW_NUM(r->first), [OWN_LAST] = ROW_NUM(r->last),
	    [OWN_STEP] = ROW_NUM(r->step), [OWN_KIND] = ROW_KEPT(kind, strlen(kind)) }, e);
}

int own_ids(struct own *o, char what, const char *kind, const int64_t *v, size_t n,
    struct err *e)
{
	struct idruns runs = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++)
		rc = runs_add(&runs, v[i], e);
	for (i = 0; rc == 0 && i < runs.n; i++)
		rc = add_run(o, &what, kind, &runs.v[i], e);
	runs_free(&runs);
	return rc;
}

int own_send(struct own *o, struct err *e)
{
	return rows_insert(&o->ids, TABLE_OWN, o->s, NULL, e);
}

static struct rows_value number(char text[HASH_LEN], uint64_t n, bool known)
{
	int len = snprintf(text, HASH_LEN, "%" PRIu64, n);

	return (struct rows_value)ROW_BYTES(known ? text : NULL, (size_t)len);
}

int own_sums(struct own *o, const struct own_sum *v, unsigned n, struct err *e)
{
	char hash[HASH_LEN], source[HASH_LEN];
	unsigned i;

	o->sums.n = 0;
	for (i = 0; i < n; i++) {
		const struct rows_value row[KIND_COLUMNS] = { [KIND_USER_ID] = ROW_NUM(o->user),
		    [KIND_NAME] = ROW_KEPT(v[i].kind, strlen(v[i].kind)),
		    [KIND_THINGS] = ROW_NUM((int64_t)v[i].sum->things),
		    [KIND_ROWS] = ROW_NUM((int64_t)v[i].sum->rows),
		    [KIND_HASH] = number(hash, v[i].sum->hash, true),
		    [KIND_SOURCE] = number(source, v[i].source, v[i].whole) };

		if (rows_add(&o->sums, TABLE_KINDS, &o->a, 0, row, e) < 0)
			return -1;
	}
	return rows_insert(&o->sums, TABLE_KINDS, o->s, NULL, e);
}

void own_free(struct own *o)
{
	rows_free(&o->ids);
	rows_free(&o->sums);
	arena_free(&o->a);
}
