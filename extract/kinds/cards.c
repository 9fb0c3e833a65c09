#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "kinds/cards.h"
#include "kinds/outside.h"

#define NONE INT64_MAX		/* in place of a contact */
#define KNOWN_MOST 6		/* P7's own address books of a user: KNOWN, encoded twice too */
#define KNOWN "('addressbook','default','collected')"

enum { COL_OWNER, COL_CONTACT, COL_BOOK, COL_ID };	/* COL_ID is the first of the form */

/* Address books of some users, for one statement. */
struct lot {
	int64_t book[ROWS_BATCH], owner[ROWS_BATCH];
	unsigned n;
};

/* SQL: TEXT as it is compared. */
#define PLAIN(text) "CONVERT(LOWER(" text ") USING utf8mb4) COLLATE utf8mb4_bin"
#define NAME(column) "CONVERT(" SQL_STR_ID(column) " USING utf8mb4)"
#define EMAIL PLAIN("IF(w.twice," SQL_EMAIL_TWICE ",CONVERT(a.email USING utf8mb4))")

/*
 * SQL: all users as a, joined with their address books as k: id, and known: is it one of P7's?
 * Where the server's default is latin1 a principal has the e-mail double-encoded.
 */
#define OWNED SQL_USERS " STRAIGHT_JOIN (SELECT 0 twice UNION ALL SELECT 1) w ON w.twice=0 OR" \
	" LENGTH(CONVERT(a.email USING utf8mb4))>CHAR_LENGTH(a.email)" \
	" STRAIGHT_JOIN (SELECT DISTINCT k.id,CRC32(" PLAIN("SUBSTRING(k.principaluri,12)") ") h," \
	PLAIN("SUBSTRING(k.principaluri,12)") " m,f.id IS NOT NULL known" \
	" FROM {adav_addressbooks k} LEFT JOIN (SELECT MIN(q.id) id FROM {adav_addressbooks q}" \
	" WHERE LOWER(q.uri) IN " KNOWN " GROUP BY " PLAIN("q.principaluri") ",LOWER(q.uri)) f" \
	" ON f.id=k.id WHERE k.principaluri LIKE 'principals/_%') k ON k.h=CRC32(" EMAIL ")" \
	" AND STRCMP(k.m," EMAIL ")=0"

/* SQL: "(SELECT book, owner) o", from variables, or of all users. */
static void sql_lot(struct buf *sql, const struct cards *c, const struct catalog *cat, bool known)
{
	buf_addc(sql, '(');
	if (c->batch)
		sql_repeat(sql, cat, " UNION ALL ",
		    "SELECT CAST(@b# AS SIGNED) book,CAST(@o# AS SIGNED) owner", ROWS_BATCH);
	else {
		sql_add(sql, cat, "SELECT DISTINCT k.id book,a.id_user owner FROM " OWNED);
		buf_adds(sql, known ? " AND k.known" : " AND NOT k.known");
	}
	buf_adds(sql, ") o");
}

/* SQL: "(SELECT ...) x": the contacts that name a card, and whether they are wanted. */
static void sql_contacts(struct buf *sql, const struct cards *c, const struct run *r)
{
	sql_add(sql, &r->cat, "(SELECT DISTINCT t.id_user,t.id_addr,CRC32(" NAME("t.str_id")
	    ") h," NAME("t.str_id") " COLLATE utf8mb4_bin n,(t.deleted=0");
	if (cat_has(catalog_table(&r->cat, "awm_addr_book"), "type"))
		buf_adds(sql, " AND t.type=0");
	if (!(r->o->families & F_COLLECTED))
		buf_adds(sql, " AND t.auto_create=0");
	if (!(r->o->families & F_CONTACTS))
		buf_adds(sql, " AND t.auto_create<>0");
	sql_add(sql, &r->cat, c->batch ? ") w FROM {awm_addr_book t id_user} WHERE t.str_id<>''"
	    " AND t.id_user IN {ids}) x" : ") w FROM {awm_addr_book t} WHERE t.str_id<>'') x");
}

/*
 * Texts are found by their checksums: the server makes an index of its table by these, and by
 * nothing else, because the other conditions are written so that it cannot.
 *
 * SQL: "(SELECT id, owner, id_addr) d", the cards of a lot without their data: that is read when
 * they are in order.  A card whose contact is deleted, or not wanted, is not wanted either.
 */
static void sql_list(struct buf *sql, const struct cards *c, const struct run *r, bool known)
{
	const struct catalog *cat = &r->cat;
	bool joined = known && cat_has(catalog_table(cat, "awm_addr_book"), "str_id");

	buf_addf(sql, "(SELECT DISTINCT o.owner,%s id_addr,t.addressbookid book,t.id FROM ",
	    joined ? "x.id_addr" : "NULL");
	if (c->batch) {
		sql_lot(sql, c, cat, known);
		sql_add(sql, cat, " STRAIGHT_JOIN {adav_cards t addressbookid}");
	} else {
		sql_add(sql, cat, "{adav_cards t} STRAIGHT_JOIN ");
		sql_lot(sql, c, cat, known);
	}
	buf_adds(sql, " ON o.book=t.addressbookid");
	if (joined) {
		buf_adds(sql, " LEFT JOIN ");
		sql_contacts(sql, c, r);
		buf_adds(sql, " ON x.h=CRC32(" NAME("t.uri") ") AND x.id_user+0=o.owner AND"
		    " STRCMP(x.n," NAME("t.uri") " COLLATE utf8mb4_bin)=0"
		    " WHERE x.id_addr IS NULL OR x.w");
	}
	buf_adds(sql, ") d");
}

static int build(struct cards *c, const struct run *r, bool known, struct buf *sql,
    struct err *e)
{
	buf_adds(sql, "SELECT d.owner,d.id_addr,k.uri");
	form_free(&c->form);
	if (form_make(&c->form, COL_ID, catalog_table(&r->cat, "adav_cards"), sql, e) < 0)
		return -1;
	buf_adds(sql, " FROM ");
	sql_list(sql, c, r, known);
	sql_add(sql, &r->cat, " STRAIGHT_JOIN {adav_cards t id} ON t.id=d.id"
	    " LEFT JOIN {adav_addressbooks k} ON k.id=d.book ORDER BY d.owner,");
	buf_adds(sql, known ? "d.id_addr IS NULL,d.id_addr,d.id" : "d.book,d.id");
	return sql_check(sql, e);
}

/* A row of address books: the first byte tells whether it is one of P7's. */
static int take_owned(void *arg, const struct rows *rows, struct err *e)
{
	struct cards *c = arg;
	struct buf *text = form_text(&c->book_form);

	buf_addc(text, rows_int(rows, 1) != 0);
	form_put(&c->book_form, rows, text);
	return form_spool(&c->book_form, &c->books, rows_int(rows, 0), rows_int(rows, 2), e);
}

/* All address books of users, in the order of users. */
static int read_books(struct cards *c, struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	buf_adds(&sql, "SELECT a.id_user,k.known");
	rc = form_make(&c->book_form, 2, catalog_table(&r->cat, "adav_addressbooks"), &sql, e);
	sql_add(&sql, &r->cat, " FROM " OWNED " STRAIGHT_JOIN {adav_addressbooks t} ON t.id=k.id"
	    " ORDER BY a.id_user,t.id");
	if (rc == 0)
		rc = rows_each(&r->db, &sql, take_owned, c, e);
	buf_free(&sql);
	spool_rewind(&c->books);
	return rc;
}

/* Is the card's address book one whose contacts are wanted? */
static bool wanted(const struct run *r, const char *book)
{
	return r->o->families & (strcasecmp(book, "Collected") == 0 ? F_COLLECTED : F_CONTACTS);
}

/* Cards on their way into a spool. */
struct fill {
	struct cards *c;
	const struct run *r;
	bool known;		/* of P7's address books */
};

static int take_card(void *arg, const struct rows *rows, struct err *e)
{
	const struct fill *f = arg;
	struct cards *c = f->c;
	struct buf *text = form_text(&c->form);
	int64_t key2 = rows->v[COL_CONTACT] != NULL ? rows_int(rows, COL_CONTACT) : NONE;
	struct jsonw w;

	if (!wanted(f->r, f->known ? rows_str(rows, COL_BOOK) : ""))
		return 0;
	jw_begin(&w, text);
	jw_key(&w, "book");
	jw_str_n(&w, rows->v[COL_BOOK], rows->len[COL_BOOK]);
	if (key2 != NONE)
		jw_kv_int(&w, "id_addr", key2);
	buf_addc(text, ',');
	form_put(&c->form, rows, text);
	return form_spool(&c->form, f->known ? &c->rows : &c->other, rows_int(rows, COL_OWNER),
	    f->known ? key2 : rows_int(rows, COL_ID + 1), e);
}

static int fill(struct cards *c, struct run *r, bool known, struct err *e)
{
	struct fill f = { c, r, known };

	return rows_each(&r->db, known ? &c->known_sql : &c->further_sql, take_card, &f, e);
}

/* The cards of a lot into their spool. */
static int take_lot(struct cards *c, struct run *r, struct lot *lot, bool known, struct err *e)
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
	return dbq_run(&c->set, v, 2 * ROWS_BATCH, e) < 0 ? -1 : fill(c, r, known, e);
}

int cards_open(struct cards *c, struct run *r, struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, "adav_cards");
	const struct cat_table *contacts = catalog_table(&r->cat, "awm_addr_book");

	memset(c, 0, sizeof(*c));
	spool_init(&c->books);
	spool_init(&c->further);
	spool_init(&c->rows);
	spool_init(&c->other);
	buf_init(&c->known_sql, 1 << 16);
	buf_init(&c->further_sql, 1 << 16);
	c->present = t != NULL && catalog_table(&r->cat, "adav_addressbooks") != NULL &&
	    contacts != NULL && (r->o->families & (F_CONTACTS | F_COLLECTED));
	if (!c->present)
		return 0;
	c->batch = cat_index(t, "addressbookid") != NULL && cat_index(contacts, "id_user") != NULL;
	if (read_books(c, r, e) < 0 || build(c, r, false, &c->further_sql, e) < 0 ||
	    build(c, r, true, &c->known_sql, e) < 0)
		return -1;
	if (c->batch)
		return rows_prepare_set(&c->set, &r->db, "@b#=?,@o#=?", e);
	if (fill(c, r, true, e) < 0 || fill(c, r, false, e) < 0)
		return -1;
	spool_rewind(&c->rows);
	spool_rewind(&c->other);
	return 0;
}

/* One address book of the batch; the lots are read before they are full, no user in two. */
static int take_book(struct cards *c, struct run *r, struct lot lots[2], const struct srow *row,
    struct err *e)
{
	bool known = row->p[0] != 0;
	struct lot *lot = &lots[known];
	bool new_user = lot->n == 0 || lot->owner[lot->n - 1] != row->key;

	if (!known && spool_add(&c->further, row->key, row->key2, row->p + 1, row->n - 1, e) < 0)
		return -1;
	if (!c->batch)
		return 0;
	if ((lot->n == ROWS_BATCH || (known && new_user && lot->n > ROWS_BATCH - KNOWN_MOST)) &&
	    take_lot(c, r, lot, known, e) < 0)
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
	spool_clear(&c->further);
	if (c->batch) {
		spool_clear(&c->rows);
		spool_clear(&c->other);
	}
	while ((rc = spool_peek(&c->books, &row, e)) > 0 && row.key <= id[n - 1]) {
		if (ids_among(id, n, row.key) && take_book(c, r, lots, &row, e) < 0)
			return -1;
		spool_skip(&c->books, &row);
	}
	if (rc < 0 || (c->batch && (take_lot(c, r, &lots[0], false, e) < 0 ||
	    take_lot(c, r, &lots[1], true, e) < 0)))
		return -1;
	spool_rewind(&c->further);
	if (c->batch) {
		spool_rewind(&c->rows);
		spool_rewind(&c->other);
	}
	return 0;
}

int cards_of_contact(struct cards *c, struct run *r, int64_t id_user, int64_t id_addr,
    struct err *e)
{
	return c->present ? run_put_all(r, "CARD", &c->rows, id_user, id_addr, e) : 0;
}

int cards_rest(struct cards *c, struct run *r, int64_t id_user, struct err *e)
{
	struct srow row;
	int rc;

	if (!c->present)
		return 0;
	if (run_put_all(r, "CARD", &c->rows, id_user, NONE, e) < 0)
		return -1;
	while ((rc = spool_of(&c->further, id_user, SPOOL_ANY, &row, e)) > 0)
		if (((r->o->families & F_CONTACTS) && run_put(r, "ADDRESSBOOK", &row, e) < 0) ||
		    run_put_all(r, "CARD", &c->other, id_user, row.key2, e) < 0)
			return -1;
	return rc;
}

int cards_report(struct cards *c, struct run *r, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 16);
	char reason[120];
	int64_t n;

	if (!c->present || !run_tells_all(r))
		return 0;
	sql_add(&sql, &r->cat, "SELECT COUNT(*) FROM {adav_addressbooks t} WHERE t.id NOT IN"
	    " (SELECT k.id FROM " OWNED ")");
	if (rows_count(&r->db, &sql, &n, e) < 0)
		return -1;
	snprintf(reason, sizeof(reason), "address books of principals that are not users: %" PRId64,
	    n);
	return n == 0 ? 0 : lost_report(r, "adav_addressbooks", NULL, reason,
	    "left out with their cards", e);
}

void cards_close(struct cards *c)
{
	dbq_close(&c->set);
	form_free(&c->form);
	form_free(&c->book_form);
	buf_free(&c->known_sql);
	buf_free(&c->further_sql);
	spool_free(&c->books);
	spool_free(&c->further);
	spool_free(&c->rows);
	spool_free(&c->other);
}
