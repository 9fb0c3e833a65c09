#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grow.h"
#include "ledger/ledger.h"
#include "base/names.h"
#include "kinds/removal.h"
#include "kinds/added.h"
#include "kinds/differs.h"
#include "kinds/kind.h"
#include "kinds/itemize.h"
#include "kinds/note.h"
#include "kinds/source.h"

static int card_take(struct context *x, struct err *e)
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
	if (uri[0] == '\0' || strlen(uri) > DAV_URI_MAX || modified < 0 || modified > UINT32_MAX ||
	    strlen(etag) > DAV_ETAG_MAX || size < 0 || size > UINT32_MAX || data == NULL ||
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

static int cards_write(struct context *x, const struct write_how *how, struct err *e)
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

static void cards_sum(const struct context *x, struct sums *sums)
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

static uint64_t card_source(const struct input *in)
{
	static const char *const names[] = { "book", "uri", NULL };
	const struct jval *data = jr_get(&in->si.doc, NULL, "data");
	uint64_t sum = source_members(in, names);

	if (data == NULL)
		return sum;
	return data->type == J_STR ? text_source(data->s, data->n, sum) :
	    source_value(&in->si.doc, data, sum);
}

static void read_card(struct readback *r, struct readback_kind *k, const struct dbq *q)
{
	(void)r;
	readback_add(k, 0, rowhash_card(dbq_str(q, 1), dbq_str(q, 2), q->col[2].n, dbq_str(q, 3),
	    q->col[3].n, dbq_int(q, 4)));
}

static int cards_read(struct readback *r, struct err *e)
{
	return readback_ids(r, 'c', RB_CARDS, "SELECT c.id, b.uri, c.uri, c.carddata,"
	    " c.lastmodified FROM {adav_cards} c JOIN {adav_addressbooks} b ON"
	    " b.id=c.addressbookid WHERE c.id BETWEEN ? AND ?", read_card, e);
}

/*
 * P8 notes each card that is added, in its table of changes; other books are all P8's.  The cards
 * of addresses that it collects are its own.
 */
static int cards_added(struct readback *r, int64_t entity, struct buf *out, struct err *e)
{
	char principal[USER_PRINCIPAL_LEN];
	struct dbval v[2] = { DB_INT(r->user->row) };

	(void)entity;
	principal_uri(r->user->public_id, principal);
	v[1] = DB_STR(principal);
	if (changes_count(r, out, "CARD", "SELECT COUNT(DISTINCT h.uri) FROM {p7m_own} b JOIN"
	    " {adav_addressbookchanges} h ON h.addressbookid=b.first AND h.operation=1 JOIN"
	    " {adav_cards} c ON c.addressbookid=b.first AND c.uri=h.uri JOIN {adav_addressbooks} k"
	    " ON k.id=b.first AND k.uri<>'" COLLECTED_BOOK "' WHERE b.user_id=? AND b.what='b'",
	    v, 1, e) < 0)
		return -1;
	return changes_count(r, out, "CARD", "SELECT COUNT(*) FROM {p7m_users} u JOIN"
	    " {adav_addressbooks} b ON b.id>u.books_before AND b.uri<>'" COLLECTED_BOOK "' JOIN"
	    " {adav_cards} c ON c.addressbookid=b.id LEFT JOIN {p7m_own} o ON o.user_id=u.id"
	    " AND o.what='b' AND " LEDGER_OWNS("b.id") " WHERE u.id=? AND b.principaluri=?"
	    " AND o.user_id IS NULL AND"
	    " NOT EXISTS (SELECT 1 FROM {p7m_own} o WHERE o.user_id=u.id AND o.what='c' AND "
	    LEDGER_OWNS("c.id") ")", v, 2, e);
}

/* Cards that were added to the user's books, which leave. */
static int cards_remove(struct leaving *u, struct err *e)
{
	static const char *const statements[] = { "DELETE FROM {adav_cards} WHERE id=?", NULL };

	return remove_each(u->sql->t, "SELECT DISTINCT c.id FROM {p7m_own} o JOIN"
	    " {adav_addressbookchanges} h ON " LEDGER_OWNS("h.addressbookid") " AND h.operation=1"
	    " JOIN {adav_cards} c ON c.addressbookid=h.addressbookid AND c.uri=h.uri WHERE"
	    " o.user_id IN (?, ?) AND o.what='b' AND c.id>? ORDER BY c.id LIMIT 200",
	    DB_INT(u->row), DB_INT(u->row), statements, e);
}

static int cards_remove_run(struct sql *s, const struct own_run *run, struct err *e)
{
	return remove_ids(s, SQL_DELETE_CARDS, run, e);
}

static uint64_t name_hash(const char *book, const char *uri)
{
	return XXH3_64bits_withSeed(uri, strlen(uri), XXH3_64bits(book, strlen(book)));
}

/* All cards of the user by address book and URI, which P8 has no index of. */
static int list(struct differs *d, struct err *e)
{
	static const char text[] = "SELECT c.id, b.uri, c.uri FROM {p7m_own} o JOIN"
	    " {adav_cards} c ON " LEDGER_OWNS("c.id") " JOIN {adav_addressbooks} b ON"
	    " b.id=c.addressbookid WHERE o.user_id=? AND o.what='c'";
	struct dbval v = DB_INT(d->user->row);
	int64_t n = 0;
	size_t i = 0;
	struct dbq q;
	int rc;

	d->cards_known = true;
	if (sql_int(d->t, "SELECT COUNT(*) FROM {p7m_own} o JOIN {adav_cards} c ON "
	    LEDGER_OWNS("c.id") " WHERE o.user_id=? AND o.what='c'", &v, 1, &n, e) < 0 ||
	    lookup_reset(&d->cards, (size_t)n, e) < 0 ||
	    GROW(d->card, (size_t)n, d->cards_size, e) < 0 ||
	    sql_prepare(d->t, &q, text, e) < 0)
		return -1;
	rc = dbq_run(&q, &v, 1, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1 && i < (size_t)n) {
		lookup_put(&d->cards, name_hash(dbq_str(&q, 1), dbq_str(&q, 2)), i);
		d->card[i++] = dbq_int(&q, 0);
	}
	dbq_close(&q);
	return rc < 0 ? -1 : 0;
}

/* A card of P8: is it one of the unit, and the same? */
static void differ(struct differs *d, const struct dbq *q)
{
	const struct rows *s = &d->unit->r[TABLE_CARDS];
	const struct bulk_data *data = &s->col[CARD_DATA];
	int64_t id = dbq_int(q, 0);
	size_t cursor = 0, i;

	while ((i = lookup_get(&d->ids, (uint64_t)id, &cursor)) != SIZE_MAX) {
		if (s->id[i] != id)
			continue;
		if (q->col[1].n != data->len[i] ||
		    memcmp(dbq_str(q, 1), data->p[i], data->len[i]) != 0 ||
		    dbq_int(q, 2) != s->col[CARD_MODIFIED].num[i])
			differs_print(d, "CARD", s->col[CARD_URI].p[i],
			    "other in P8 than in the stream");
		return;
	}
}

static int cards_differ(struct differs *d, struct err *e)
{
	struct differs_list l = { .q = DQ_CARDS, .row = differ, .text = "SELECT id, carddata,"
	    " lastmodified FROM {adav_cards} WHERE id IN (" DIFFERS_IN ")" };
	struct rows *s = &d->unit->r[TABLE_CARDS];
	const char *uri;
	size_t i, at, cursor;

	if (s->n == 0 || !differs_look(d, "CARD"))
		return 0;
	if ((!d->cards_known && list(d, e) < 0) || lookup_reset(&d->ids, s->n, e) < 0)
		return -1;
	for (i = 0; i < s->n; i++) {
		cursor = 0;
		uri = s->col[CARD_URI].p[i];
		at = lookup_get(&d->cards, name_hash(d->user->books[s->of[i]].uri, uri), &cursor);
		s->id[i] = at == SIZE_MAX ? 0 : d->card[at];
		if (at == SIZE_MAX)
			differs_print(d, "CARD", uri, "not in P8");
		else
			lookup_put(&d->ids, (uint64_t)s->id[i], i);
	}
	for (i = 0; i < s->n; i++)
		if (s->id[i] != 0 && differs_list(d, &l, DB_INT(s->id[i]), e) < 0)
			return -1;
	return differs_list_end(d, &l, e);
}

const struct kind_ops card_kind = {
	.kind = "CARD", .word = "contacts", .part = PART_CONTACTS, .some = SOME_CONTACTS,
	.letter = 'c', .take = card_take, .write = cards_write, .sum = cards_sum,
	.source = card_source, .read = cards_read, .added = cards_added, .remove = cards_remove,
	.remove_run = cards_remove_run, .differs = cards_differ
};
