#include <stdlib.h>
#include <string.h>

#include "after/compare.h"

#define NEAR 16		/* ids between two cards that are read along */

static uint64_t card_hash(const char *book, const char *uri)
{
	return XXH3_64bits_withSeed(uri, strlen(uri), XXH3_64bits(book, strlen(book)));
}

int compare_card_list(struct compare *c, struct err *e)
{
	struct dbval v = DB_INT(c->l->user.row);
	uint64_t *hash = NULL;
	size_t i;
	void *p;
	int rc;

	c->ncards = 0;
	rc = dbq_run(&c->card_list, &v, 1, e);
	while (rc >= 0 && (rc = dbq_next(&c->card_list, e)) == 1) {
		if (c->ncards == c->cards_size || hash == NULL) {
			c->cards_size = c->ncards * 2 + 256;
			p = realloc(c->card_id, c->cards_size * sizeof(*c->card_id));
			if (p != NULL)
				c->card_id = p;
			if (p != NULL && (p = realloc(hash, c->cards_size * sizeof(*hash))) != NULL)
				hash = p;
			if (p == NULL) {
				rc = err_set(e, EXIT_TEMPORARY, "out of memory");
				break;
			}
		}
		c->card_id[c->ncards] = dbq_int(&c->card_list, 0);
		hash[c->ncards++] = card_hash(dbq_str(&c->card_list, 1), dbq_str(&c->card_list, 2));
	}
	if (rc == 0)
		rc = lookup_reset(&c->card_ids, c->ncards, e);
	for (i = 0; rc == 0 && i < c->ncards; i++)
		lookup_put(&c->card_ids, hash[i], i);
	free(hash);
	return rc;
}

/* A card of P8: is it one of the unit, and the same? */
static void take_card(struct compare *c, const struct dbq *q)
{
	const struct cards *s = &c->l->unit.cards;
	int64_t id = dbq_int(q, 0);
	size_t cursor = 0, i;

	while ((i = lookup_get(&c->ids, (uint64_t)id, &cursor)) != SIZE_MAX) {
		if (s->id[i] != id)
			continue;
		if (q->col[2].n != s->data_len[i] ||
		    memcmp(dbq_str(q, 2), s->data[i], s->data_len[i]) != 0 ||
		    dbq_int(q, 3) != s->modified[i])
			compare_say(c, "CARD", s->uri[i], "other in P8 than in the stream");
		return;
	}
}

/* The id of card I of the unit, by its address book and URI; 0: P8 has none. */
static int64_t card_id(const struct compare *c, size_t i)
{
	const struct cards *s = &c->l->unit.cards;
	const char *book = c->l->user.books[s->book[i]].uri;
	size_t cursor = 0;
	size_t at = lookup_get(&c->card_ids, card_hash(book, s->uri[i]), &cursor);

	return at == SIZE_MAX ? 0 : c->card_id[at];
}

/* Cards with ids from W[0] to W[1]. */
static int fetch_cards(struct compare *c, const int64_t w[2], struct err *e)
{
	struct dbval v[] = { DB_INT(w[0]), DB_INT(w[1]) };
	int rc;

	if (w[0] > w[1])
		return 0;
	if (dbq_run(&c->cards, v, 2, e) < 0)
		return -1;
	while ((rc = dbq_next(&c->cards, e)) == 1)
		take_card(c, &c->cards);
	return rc;
}

int compare_cards(struct compare *c, struct err *e)
{
	struct cards *s = &c->l->unit.cards;
	int64_t w[2] = { 1, 0 };
	size_t i;

	if (lookup_reset(&c->ids, s->n, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++) {
		s->id[i] = card_id(c, i);
		if (s->id[i] == 0)
			compare_say(c, "CARD", s->uri[i], "not in P8");
		else
			lookup_put(&c->ids, (uint64_t)s->id[i], i);
	}
	/* Ids that follow each other are asked for together. */
	for (i = 0; i < s->n; i++) {
		if (s->id[i] == 0)
			continue;
		if (w[0] <= w[1] && s->id[i] > w[1] && s->id[i] - w[1] < NEAR) {
			w[1] = s->id[i];
			continue;
		}
		if (fetch_cards(c, w, e) < 0)
			return -1;
		w[0] = w[1] = s->id[i];
	}
	return fetch_cards(c, w, e);
}
