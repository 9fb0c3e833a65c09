#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cards.h"
#include "kinds.h"
#include "members.h"

#define NONE INT64_MAX		/* in place of a contact */
#define OWN_MOST 6		/* P7's own address books of a user: OWN_NAMES, encoded twice too */
#define OWN_NAMES "('addressbook','default','collected')"

enum { COL_OWNER, COL_CONTACT, COL_BOOK, COL_ID };	/* COL_ID is the first of the form */

struct book {
	bool own;
};

/* Address books of some users, for one statement. */
struct lot {
	int64_t book[ROWS_BATCH], owner[ROWS_BATCH];
	unsigned n;
};

static const struct column cols_card[] = { { "id", "0" }, { "addressbookid", "0" },
    { "uri", "null" }, { "lastmodified", "null" }, { "carddata", "null" }, { NULL, NULL } };
static const struct column cols_book[] = { { "id", "0" }, { "uri", "null" },
    { "displayname", "null" }, { "description", "null" }, { NULL, NULL } };

/* SQL: TEXT as it is compared. */
static void sql_plain(struct buf *sql, const char *text)
{
	buf_addf(sql, "CONVERT(LOWER(%s) USING utf8mb4) COLLATE utf8mb4_bin", text);
}

/*
 * SQL: all users as a, joined with their address books as k: id, and own: is it one of P7's?
 * Where the server's default is latin1 a principal has the e-mail double-encoded.
 */
static void sql_owned(struct buf *sql, const struct catalog *c)
{
	static const char email[] =
	    "IF(w.twice," SQL_EMAIL_TWICE ",CONVERT(a.email USING utf8mb4))";
	const struct cat_table *t = catalog_table(c, "adav_addressbooks");

	sql_users(sql, c);
	buf_adds(sql, " STRAIGHT_JOIN (SELECT 0 twice UNION ALL SELECT 1) w ON w.twice=0 OR"
	    " LENGTH(CONVERT(a.email USING utf8mb4))>CHAR_LENGTH(a.email)"
	    " STRAIGHT_JOIN (SELECT DISTINCT k.id,CRC32(");
	sql_plain(sql, "SUBSTRING(k.principaluri,12)");
	buf_adds(sql, ") h,");
	sql_plain(sql, "SUBSTRING(k.principaluri,12)");
	buf_adds(sql, " m,f.id IS NOT NULL own FROM");
	sql_table(sql, t, "k", NULL);
	buf_adds(sql, " LEFT JOIN (SELECT MIN(q.id) id FROM");
	sql_table(sql, t, "q", NULL);
	buf_adds(sql, " WHERE LOWER(q.uri) IN " OWN_NAMES " GROUP BY ");
	sql_plain(sql, "q.principaluri");
	buf_adds(sql, ",LOWER(q.uri)) f ON f.id=k.id"
	    " WHERE k.principaluri LIKE 'principals/_%') k ON k.h=CRC32(");
	sql_plain(sql, email);
	buf_adds(sql, ") AND STRCMP(k.m,");
	sql_plain(sql, email);
	buf_adds(sql, ")=0");
}

/* SQL: "(SELECT book, owner) o", from variables, or of all users. */
static void sql_lot(struct buf *sql, const struct catalog *c, bool batch, bool own)
{
	unsigned i;

	buf_addc(sql, '(');
	for (i = 0; batch && i < ROWS_BATCH; i++)
		buf_addf(sql, "%sSELECT CAST(@b%u AS SIGNED) book,CAST(@o%u AS SIGNED) owner",
		    i > 0 ? " UNION ALL " : "", i, i);
	if (!batch) {
		buf_adds(sql, "SELECT DISTINCT k.id book,a.id_user owner FROM ");
		sql_owned(sql, c);
		buf_adds(sql, own ? " AND k.own" : " AND NOT k.own");
	}
	buf_adds(sql, ") o");
}

/* SQL: "(SELECT ...) x": the contacts that name a card, and whether they are wanted. */
static void sql_contacts(struct buf *sql, const struct cat_table *t, unsigned families,
    const char *id_list)
{
	buf_adds(sql, "(SELECT DISTINCT t.id_user,t.id_addr,CRC32(CONVERT(");
	members_sql_name(sql, "t", "str_id");
	buf_adds(sql, " USING utf8mb4)) h,CONVERT(");
	members_sql_name(sql, "t", "str_id");
	buf_adds(sql, " USING utf8mb4) COLLATE utf8mb4_bin n,(t.deleted=0");
	if (cat_has(t, "type"))
		buf_adds(sql, " AND t.type=0");
	if (!(families & F_COLLECTED))
		buf_adds(sql, " AND t.auto_create=0");
	if (!(families & F_CONTACTS))
		buf_adds(sql, " AND t.auto_create<>0");
	buf_adds(sql, ") w FROM");
	sql_table(sql, t, "t", id_list != NULL ? cat_index(t, "id_user") : NULL);
	buf_adds(sql, " WHERE t.str_id<>''");
	if (id_list != NULL)
		buf_addf(sql, " AND t.id_user IN %s", id_list);
	buf_adds(sql, ") x");
}

/*
 * Texts are found by their checksums: the server makes an index of its table by these, and by
 * nothing else, because the other conditions are written so that it cannot.
 *
 * SQL: "(SELECT id, owner, id_addr) d", the cards of a lot without their data: that is read when
 * they are in order.  A card whose contact is deleted, or not wanted, is not wanted either.
 */
static void sql_list(struct buf *sql, struct cards *c, const struct run *r, bool own,
    const char *id_list)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_cards");
	const struct cat_table *contacts = catalog_table(&r->cat, "awm_addr_book");
	bool joined = own && cat_has(contacts, "str_id");

	buf_addf(sql, "(SELECT DISTINCT o.owner,%s id_addr,t.addressbookid book,t.id FROM ",
	    joined ? "x.id_addr" : "NULL");
	if (c->batch) {
		sql_lot(sql, &r->cat, true, own);
		buf_adds(sql, " STRAIGHT_JOIN");
		sql_table(sql, t, "t", cat_index(t, "addressbookid"));
	} else {
		sql_table(sql, t, "t", NULL);
		buf_adds(sql, " STRAIGHT_JOIN ");
		sql_lot(sql, &r->cat, false, own);
	}
	buf_adds(sql, " ON o.book=t.addressbookid");
	if (joined) {
		buf_adds(sql, " LEFT JOIN ");
		sql_contacts(sql, contacts, r->o->families, c->batch ? id_list : NULL);
		buf_adds(sql, " ON x.h=CRC32(CONVERT(");
		members_sql_name(sql, "t", "uri");
		buf_adds(sql, " USING utf8mb4)) AND x.id_user+0=o.owner AND STRCMP(x.n,CONVERT(");
		members_sql_name(sql, "t", "uri");
		buf_adds(sql, " USING utf8mb4) COLLATE utf8mb4_bin)=0"
		    " WHERE x.id_addr IS NULL OR x.w");
	}
	buf_adds(sql, ") d");
}

static int build(struct cards *c, const struct run *r, bool own, const char *id_list,
    struct buf *sql, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_cards");

	buf_adds(sql, "SELECT d.owner,d.id_addr,k.uri");
	form_free(&c->form);
	if (form_make(&c->form, cols_card, t, sql, e) < 0)
		return -1;
	buf_adds(sql, " FROM ");
	sql_list(sql, c, r, own, id_list);
	buf_adds(sql, " STRAIGHT_JOIN");
	sql_table(sql, t, "t", cat_index(t, "id"));
	buf_adds(sql, " ON t.id=d.id LEFT JOIN");
	sql_table(sql, catalog_table(&r->cat, "adav_addressbooks"), "k", NULL);
	buf_adds(sql, " ON k.id=d.book ORDER BY d.owner,");
	buf_adds(sql, own ? "d.id_addr IS NULL,d.id_addr,d.id" : "d.book,d.id");
	return sql->failed ? err_set(e, EXIT_BUG, "a statement is too long") : 0;
}

/* All address books of users, in the order of users. */
static int read_books(struct cards *c, struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16), text = BUF_INIT(1 << 20);
	const struct cat_table *t = catalog_table(&r->cat, "adav_addressbooks");
	struct rows rows = { .res = NULL };
	struct book book;
	int rc;

	buf_adds(&sql, "SELECT a.id_user,k.own");
	rc = form_make(&c->book_form, cols_book, t, &sql, e);
	buf_adds(&sql, " FROM ");
	sql_owned(&sql, &r->cat);
	buf_adds(&sql, " STRAIGHT_JOIN");
	sql_table(&sql, t, "t", NULL);
	buf_adds(&sql, " ON t.id=k.id ORDER BY a.id_user,t.id");
	if (rc == 0)
		rc = rows_open(&rows, &r->db, sql.data, e);
	buf_free(&sql);
	if (rc == 0)
		form_bind(&c->book_form, &rows, 2);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		book.own = rows_int(&rows, 1) != 0;
		buf_reset(&text);
		buf_add(&text, &book, sizeof(book));
		form_put(&c->book_form, &rows, &text);
		rc = text.failed ? err_set(e, EXIT_DATA, "an address book is too large") :
		    spool_add(&c->books, rows_int(&rows, 0), rows_int(&rows, 2), text.data,
		    text.len, e);
	}
	rows_close(&rows, rc);
	buf_free(&text);
	spool_rewind(&c->books);
	return rc;
}

static int prepare_set(struct cards *c, struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(8192);
	unsigned i;
	int rc;

	for (i = 0; i < ROWS_BATCH; i++)
		buf_addf(&sql, "%s@b%u=?,@o%u=?", i == 0 ? "SET " : ",", i, i);
	rc = dbq_prepare(&c->set, &r->db, sql.data, e);
	buf_free(&sql);
	return rc;
}

/* Is the card's address book one whose contacts are wanted? */
static bool wanted(const struct run *r, const char *book)
{
	return r->o->families & (strcasecmp(book, "Collected") == 0 ? F_COLLECTED : F_CONTACTS);
}

static int fill(struct cards *c, struct run *r, bool own, struct err *e)
{
	struct spool *to = own ? &c->rows : &c->other;
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct rows rows;
	struct jsonw w;
	int64_t key2;
	int rc = rows_open(&rows, &r->db, (own ? &c->own : &c->further)->data, e);

	if (rc == 0)
		form_bind(&c->form, &rows, COL_ID);
	while (rc == 0 && (rc = rows_next(&rows, e)) > 0) {
		rc = 0;
		if (!wanted(r, own ? rows_str(&rows, COL_BOOK) : ""))
			continue;
		buf_reset(&text);
		jw_begin(&w, &text);
		jw_key(&w, "book");
		jw_str_n(&w, rows.v[COL_BOOK], rows.len[COL_BOOK]);
		key2 = rows.v[COL_CONTACT] != NULL ? rows_int(&rows, COL_CONTACT) : NONE;
		if (key2 != NONE)
			jw_kv_int(&w, "id_addr", key2);
		buf_addc(&text, ',');
		form_put(&c->form, &rows, &text);
		if (!own)
			key2 = rows_int(&rows, COL_ID + 1);
		rc = text.failed ? err_set(e, EXIT_DATA, "a card is larger than %zu bytes",
		    BUF_RECORD_MAX) : spool_add(to, rows_int(&rows, COL_OWNER), key2, text.data,
		    text.len, e);
	}
	rows_close(&rows, rc);
	buf_free(&text);
	return rc;
}

/* The cards of a lot into their spool. */
static int take_lot(struct cards *c, struct run *r, struct lot *lot, bool own, struct err *e)
{
	struct dbval v[2 * ROWS_BATCH];
	unsigned i;

	if (lot->n == 0)
		return 0;
	for (i = 0; i < ROWS_BATCH; i++) {
		v[2 * i] = i < lot->n ? DB_INT(lot->book[i]) : DB_NULL;
		v[2 * i + 1] = i < lot->n ? DB_INT(lot->owner[i]) : DB_NULL;
	}
	lot->n = 0;
	return dbq_run(&c->set, v, 2 * ROWS_BATCH, e) < 0 ? -1 : fill(c, r, own, e);
}

int cards_open(struct cards *c, struct run *r, const char *id_list, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_cards");
	const struct cat_table *b = catalog_table(&r->cat, "adav_addressbooks");

	memset(c, 0, sizeof(*c));
	spool_init(&c->books);
	spool_init(&c->shelf);
	spool_init(&c->rows);
	spool_init(&c->other);
	buf_init(&c->own, 1 << 16);
	buf_init(&c->further, 1 << 16);
	c->present = t != NULL && b != NULL && cat_has(t, "id") && cat_has(t, "addressbookid") &&
	    cat_has(t, "uri") && cat_has(t, "carddata") && cat_has(b, "id") && cat_has(b, "uri") &&
	    cat_has(b, "principaluri") && catalog_table(&r->cat, "awm_addr_book") != NULL &&
	    (r->o->families & (F_CONTACTS | F_COLLECTED));
	if (!c->present)
		return 0;
	c->batch = cat_index(t, "addressbookid") != NULL &&
	    cat_index(catalog_table(&r->cat, "awm_addr_book"), "id_user") != NULL;
	if (read_books(c, r, e) < 0 || build(c, r, false, id_list, &c->further, e) < 0 ||
	    build(c, r, true, id_list, &c->own, e) < 0)
		return -1;
	if (c->batch)
		return prepare_set(c, r, e);
	if (fill(c, r, true, e) < 0 || fill(c, r, false, e) < 0)
		return -1;
	spool_rewind(&c->rows);
	spool_rewind(&c->other);
	return 0;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* One address book of the batch; the lots are read before they are full, no user in two. */
static int take_book(struct cards *c, struct run *r, struct lot lots[2], const struct srow *row,
    struct err *e)
{
	struct book book;
	struct lot *lot;
	bool new_user;

	memcpy(&book, row->p, sizeof(book));
	if (!book.own && spool_add(&c->shelf, row->key, row->key2, row->p + sizeof(book),
	    row->n - sizeof(book), e) < 0)
		return -1;
	lot = &lots[book.own];
	new_user = lot->n == 0 || lot->owner[lot->n - 1] != row->key;
	if ((lot->n == ROWS_BATCH || (book.own && new_user && lot->n > ROWS_BATCH - OWN_MOST)) &&
	    take_lot(c, r, lot, book.own, e) < 0)
		return -1;
	lot->book[lot->n] = row->key2;
	lot->owner[lot->n++] = row->key;
	return 0;
}

int cards_begin(struct cards *c, struct run *r, const int64_t *id, unsigned n, struct err *e)
{
	struct lot lots[2] = { { .n = 0 }, { .n = 0 } };
	struct srow row;
	int rc = 0;

	if (!c->present || n == 0)
		return 0;
	spool_clear(&c->shelf);
	if (c->batch) {
		spool_clear(&c->rows);
		spool_clear(&c->other);
	}
	while ((rc = spool_peek(&c->books, &row, e)) > 0 && row.key <= id[n - 1]) {
		if (bsearch(&row.key, id, n, sizeof(*id), compare) != NULL &&
		    take_book(c, r, lots, &row, e) < 0)
			return -1;
		spool_skip(&c->books, &row);
	}
	if (rc < 0 || (c->batch && (take_lot(c, r, &lots[0], false, e) < 0 ||
	    take_lot(c, r, &lots[1], true, e) < 0)))
		return -1;
	spool_rewind(&c->shelf);
	if (c->batch) {
		spool_rewind(&c->rows);
		spool_rewind(&c->other);
	}
	return 0;
}

static int put(struct run *r, const char *kind, const struct srow *row, struct err *e)
{
	so_begin(&r->so, kind);
	buf_addc(&r->so.line, ',');
	buf_add(&r->so.line, row->p, row->n);
	return so_put(&r->so, kind, e);
}

/* All rows of S with these keys. */
static int put_all(struct spool *s, struct run *r, int64_t id_user, int64_t key2, struct err *e)
{
	struct srow row;
	int rc;

	while ((rc = spool_seek(s, id_user, key2, &row, e)) > 0 && row.key == id_user &&
	    row.key2 == key2) {
		if (put(r, "CARD", &row, e) < 0)
			return -1;
		spool_skip(s, &row);
	}
	return rc < 0 ? -1 : 0;
}

int cards_of_contact(struct cards *c, struct run *r, int64_t id_user, int64_t id_addr,
    struct err *e)
{
	return c->present ? put_all(&c->rows, r, id_user, id_addr, e) : 0;
}

int cards_rest(struct cards *c, struct run *r, int64_t id_user, struct err *e)
{
	struct srow row;
	int64_t book;
	int rc;

	if (!c->present)
		return 0;
	if (put_all(&c->rows, r, id_user, NONE, e) < 0)
		return -1;
	while ((rc = spool_seek(&c->shelf, id_user, INT64_MIN, &row, e)) > 0 &&
	    row.key == id_user) {
		book = row.key2;
		rc = r->o->families & F_CONTACTS ? put(r, "ADDRESSBOOK", &row, e) : 0;
		spool_skip(&c->shelf, &row);
		if (rc < 0 || put_all(&c->other, r, id_user, book, e) < 0)
			return -1;
	}
	return rc < 0 ? -1 : 0;
}

int cards_report(struct cards *c, struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	char reason[120];
	struct report_item item = { .code = "orphan-rows", .table = "adav_addressbooks",
	    .id = -1, .reason = reason, .action = "left out with their cards" };
	int64_t n = 0;
	int rc;

	if (!c->present || !r->sel.all || r->sel.shard > 1)
		return 0;
	buf_adds(&sql, "SELECT COUNT(*) FROM");
	sql_table(&sql, catalog_table(&r->cat, "adav_addressbooks"), "t", NULL);
	buf_adds(&sql, " WHERE t.id NOT IN (SELECT k.id FROM ");
	sql_owned(&sql, &r->cat);
	buf_addc(&sql, ')');
	rc = sql.failed ? err_set(e, EXIT_BUG, "a statement is too long") :
	    db_one_int(&r->db, sql.data, NULL, 0, &n, e);
	buf_free(&sql);
	if (rc < 0 || n == 0)
		return rc < 0 ? -1 : 0;
	snprintf(reason, sizeof(reason), "address books of principals that are not users: %" PRId64,
	    n);
	return report_add(&r->rep, &item, e);
}

void cards_close(struct cards *c)
{
	if (c->set.st != NULL)
		dbq_close(&c->set);
	form_free(&c->form);
	form_free(&c->book_form);
	buf_free(&c->own);
	buf_free(&c->further);
	spool_free(&c->books);
	spool_free(&c->shelf);
	spool_free(&c->rows);
	spool_free(&c->other);
}
