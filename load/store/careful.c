#include "store/careful.h"
#include "run/load.h"
#include "kinds/note.h"
#include "target/sqlerr.h"
#include "utf8.h"

/* The later half goes first: what takes the place of a row that is left out is written by then. */
static int bisect(struct load *l, const struct careful *c, size_t from, size_t n, struct err *e)
{
	struct err why = { .msg = "" };

	if (sql_exec(&l->sql, "SAVEPOINT p7m", e) < 0)
		return -1;
	if (c->insert(l, c->set, from, n, &why) == 0)
		return 0;
	if (!sqlerr_is_data(why.db)) {
		*e = why;
		return -1;
	}
	if (sql_exec(&l->sql, "ROLLBACK TO SAVEPOINT p7m", e) < 0)
		return -1;
	if (n == 1)
		return c->blame(l, c->set, from, &why, e);
	if (bisect(l, c, from + n / 2, n - n / 2, e) < 0)
		return -1;
	return bisect(l, c, from, n / 2, e);
}

int careful_insert(struct load *l, const struct careful *c, size_t n, struct err *e)
{
	return n == 0 ? 0 : bisect(l, c, 0, n, e);
}

int careful_note(struct load *l, struct report_item item, struct buf *record, struct err *e)
{
	int rc;

	item.record = record->data;
	item.record_len = record->len;
	rc = record->failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : note_item(l, item, e);
	buf_free(record);
	return rc;
}

int careful_reject(struct load *l, const struct careful_row *r, const struct err *why,
    struct err *e)
{
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct report_item item = { .reject = true, .code = "row-refused", .id = -1,
	    .reason = why->msg, .action = "correct it in P7 and " BRING_AGAIN };
	struct jsonw w;

	jw_begin(&w, &text);
	jw_object(&w);
	jw_kv_str(&w, "kind", r->kind);
	jw_kv_str(&w, r->in, r->in_value);
	jw_kv_str(&w, "uri", r->uri);
	if (utf8_valid(r->data, r->n)) {
		jw_key(&w, r->member);
		jw_str_n(&w, r->data, r->n);
	}
	jw_object_end(&w);
	return careful_note(l, item, &text, e);
}
