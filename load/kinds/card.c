#include <string.h>
#include <strings.h>

#include "kinds/card.h"
#include "kinds/itemize.h"
#include "kinds/note.h"
#include "kinds/source.h"

int card_take(struct context *x, struct err *e)
{
	const struct jdoc *d = &x->in->si.doc;
	const char *uri = jr_str(d, NULL, "uri", ""), *etag = jr_str(d, NULL, "etag", ""), *code;
	int64_t modified = jr_int(d, NULL, "lastmodified", 0), size = jr_int(d, NULL, "size", -1);
	struct user_book *b = user_find_book(x->user, jr_str(d, NULL, "book", ""));
	const struct jval *data = jr_get(d, NULL, "data");
	struct rows_value v[CARD_COLUMNS] = { [CARD_URI] = ROW_TEXT(uri),
	    [CARD_MODIFIED] = ROW_NUM(modified), [CARD_ETAG] = ROW_TEXT(etag),
	    [CARD_SIZE] = ROW_NUM(size) };

	buf_reset(&x->in->spare);
	if (b == NULL)
		return note_reject(x, "card-without-book", "its address book did not come before",
		    CORRECT_IT, e);
	if (uri[0] == '\0' || strlen(uri) > 255 || modified < 0 || modified > UINT32_MAX ||
	    strlen(etag) > 32 || size < 0 || size > UINT32_MAX || data == NULL ||
	    jr_bytes(d, data, &x->in->spare, &v[CARD_DATA].p, &v[CARD_DATA].n) < 0)
		return note_reject(x, "bad-card", "a card needs \"uri\" (at most 255 bytes), "
		    "\"lastmodified\", \"etag\", \"size\" and \"data\"", CORRECT_IT, e);
	code = fit_text(&x->s->fit, AT_MEDIUMBLOB, v[CARD_DATA].p, v[CARD_DATA].n);
	if (code != NULL)
		return note_value(x, "data", code, e);
	itemize_dav(x, b->uri, uri);
	return unit_add(x->unit, TABLE_CARDS, b - x->user->books, v, e);
}

static int refused(void *arg, size_t row, const struct err *why, struct err *e)
{
	struct context *x = arg;
	const struct rows *r = &x->unit->r[TABLE_CARDS];
	const struct note_row n = { "CARD", "book", x->user->books[r->of[row]].uri, "data",
	    r->col[CARD_URI].p[row], r->col[CARD_DATA].p[row], r->col[CARD_DATA].len[row] };

	if (note_refused(x, &n, why, e) < 0)
		return -1;
	unit_drop(x->unit, TABLE_CARDS, row);
	return 0;
}

int cards_write(struct context *x, const struct write_how *how, struct err *e)
{
	const struct rows_how h = { .ids = true, .careful = how->careful, .refused = refused,
	    .arg = x };
	struct rows *r = &x->unit->r[TABLE_CARDS];
	size_t i;

	for (i = 0; i < r->n; i++)
		r->col[CARD_BOOK].num[i] = x->user->books[r->of[i]].id;
	if (rows_insert(r, TABLE_CARDS, x->s, &h, e) < 0)
		return -1;
	return own_ids(x->own, 'c', "CARD", r->id, r->n, e);
}

void cards_sum(const struct context *x, struct sums *sums)
{
	const struct rows *r = &x->unit->r[TABLE_CARDS];
	struct kind_sum *k = r->n > 0 ? kind_sum(x, sums, "CARD") : NULL;
	const struct bulk_data *uri = &r->col[CARD_URI], *data = &r->col[CARD_DATA];
	size_t i;

	for (i = 0; k != NULL && i < r->n; i++) {
		k->things++;
		k->hash += rowhash_card(x->user->books[r->of[i]].uri, uri->p[i], uri->len[i],
		    data->p[i], data->len[i], r->col[CARD_MODIFIED].num[i]);
	}
}

/* The lines of a card but REV, which is no more than when somebody wrote it. */
static uint64_t text_source(const char *p, size_t n, uint64_t sum)
{
	const char *end;
	size_t len;

	for (; n > 0; p += len, n -= len) {
		end = memchr(p, '\n', n);
		len = end != NULL ? (size_t)(end - p) + 1 : n;
		if (len < 4 || strncasecmp(p, "REV", 3) != 0 || (p[3] != ':' && p[3] != ';'))
			sum = XXH3_64bits_withSeed(p, len, sum);
	}
	return sum;
}

uint64_t card_source(const struct input *in)
{
	static const char *const names[] = { "book", "uri", NULL };
	const struct jval *data = jr_get(&in->si.doc, NULL, "data");
	uint64_t sum = source_members(in, names);

	if (data == NULL)
		return sum;
	return data->type == J_STR ? text_source(data->s, data->n, sum) :
	    source_value(&in->si.doc, data, sum);
}
