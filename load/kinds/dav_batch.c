#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/dav_batch.h"
#include "kinds/dav_names.h"
#include "base/names.h"

/* A batch is sent when it has this many rows or bytes. */
#define BATCH_ROWS 1000
#define BATCH_BYTES ((size_t)2 << 20)

/* Rows of one table on their way: cells point into TEXT by offset until the batch is sent. */
struct dav_batch {
	const struct dav_table *table;
	struct bulk bulk;
	struct bulk_data data[BULK_COLS];
	size_t offset[BULK_COLS][BATCH_ROWS];
	struct buf text;
	size_t rows;
	struct report *report;
};

void dav_batch_free(struct dav_batch *b)
{
	unsigned c;

	bulk_close(&b->bulk);
	for (c = 0; c < BULK_COLS; c++) {
		free(b->data[c].num);
		free(b->data[c].p);
		free(b->data[c].len);
		free(b->data[c].null);
	}
	buf_free(&b->text);
	free(b);
}

struct dav_batch *dav_batch_new(struct target *t, const struct dav_stage *st,
    const struct dav_table *table, struct report *r)
{
	struct bulk_col col[BULK_COLS];
	struct buf name = BUF_INIT(512);
	struct dav_batch *b = calloc(1, sizeof(*b));
	bool whole = b != NULL;
	unsigned c;

	if (b == NULL)
		return NULL;
	memset(col, 0, sizeof(col));
	for (c = 0; c < table->cols; c++) {
		col[c].name = table->col[c].name;
		col[c].type = table->col[c].type;
		b->data[c].num = calloc(BATCH_ROWS, sizeof(int64_t));
		b->data[c].p = calloc(BATCH_ROWS, sizeof(char *));
		b->data[c].len = calloc(BATCH_ROWS, sizeof(unsigned long));
		b->data[c].null = calloc(BATCH_ROWS, 1);
		whole = whole && b->data[c].num && b->data[c].p && b->data[c].len &&
		    b->data[c].null;
	}
	buf_init(&b->text, BUF_RECORD_MAX + BATCH_BYTES);
	b->table = table;
	b->report = r;
	dav_stage_table(st, &name, table->name);
	bulk_init(&b->bulk, &t->db, name.data, col, table->cols, 0);
	buf_free(&name);
	if (!whole) {
		dav_batch_free(b);
		return NULL;
	}
	return b;
}

int dav_batch_send(struct dav_batch *b, struct err *e)
{
	unsigned c;
	size_t r;

	for (c = 0; c < b->table->cols; c++)
		for (r = 0; r < b->rows; r++)
			b->data[c].p[r] = b->text.data + b->offset[c][r];
	if (b->rows > 0 && bulk_insert(&b->bulk, b->data, 0, b->rows, e) < 0)
		return -1;
	b->rows = 0;
	buf_reset(&b->text);
	return 0;
}

static int warn(struct dav_batch *b, const struct jdoc *doc, const char *field, const char *code,
    const char *reason, const char *done, struct err *e)
{
	const char *principal = jr_str(doc, NULL, "principal", NULL);
	char table[64];
	struct report_item i = { .code = code,
	    .user = principal != NULL ? dav_user_of(principal) : NULL, .table = table,
	    .id = jr_int(doc, NULL, "id", -1), .field = field, .reason = reason,
	    .action = done };

	snprintf(table, sizeof(table), "adav_%s", b->table->name);
	return report_add(b->report, &i, e);
}

static int add_number(struct dav_batch *b, unsigned c, const struct jdoc *doc, int64_t v,
    struct err *e)
{
	const struct dav_column *col = &b->table->col[c];
	int64_t fit = v < col->lo ? col->lo : v > col->hi ? col->hi : v;

	b->data[c].num[b->rows] = fit;
	return fit == v ? 0 : warn(b, doc, col->name, "number-out-of-range",
	    "P8's column cannot hold this number", "the nearest one was taken", e);
}

/* P7's own columns are as wide as these; what other programs made of them may not be. */
static int add_text(struct dav_batch *b, unsigned c, const struct jdoc *doc, const char *p,
    size_t n, struct err *e)
{
	const struct dav_column *col = &b->table->col[c];
	size_t at = b->text.len;
	unsigned flaws = dav_put_text(p, n, (size_t)col->lo, (size_t)col->hi, &b->text);

	b->data[c].len[b->rows] = b->text.len - at;
	if (flaws & DAV_NOT_UTF8 && warn(b, doc, col->name, "not-utf8",
	    "some of its bytes are not UTF-8", "replaced by U+FFFD", e) < 0)
		return -1;
	return flaws & DAV_TOO_LONG ? warn(b, doc, col->name, "value-shortened",
	    "P8's column cannot hold so long a text", "the end was cut", e) : 0;
}

/* One member of the record becomes one cell; what P7 cannot have (a wrong type) becomes NULL. */
static int add_cell(struct dav_batch *b, unsigned c, const struct jdoc *doc, struct err *e)
{
	const struct dav_column *col = &b->table->col[c];
	const struct jval *v = jr_get(doc, NULL, col->name);
	struct buf bytes = BUF_INIT(BUF_RECORD_MAX);
	const char *p = "";
	size_t n = 0;
	int rc = 0;

	b->data[c].null[b->rows] = STMT_INDICATOR_NONE;
	b->data[c].num[b->rows] = 0;
	b->offset[c][b->rows] = b->text.len;
	if (v != NULL && v->type == J_STR) {
		p = v->s;
		n = v->n;
	} else if (v != NULL && v->type == J_INT)
		rc = add_number(b, c, doc, v->i, e);
	else if ((v == NULL || v->type == J_NULL || jr_bytes(doc, v, &bytes, &p, &n) < 0) &&
	    col->absent == NULL)
		b->data[c].null[b->rows] = STMT_INDICATOR_NULL;
	b->data[c].len[b->rows] = n;
	if (rc == 0 && n > 0 && col->type == BULK_TEXT)
		rc = add_text(b, c, doc, p, n, e);
	else if (n > 0)
		buf_add(&b->text, p, n);
	buf_addc(&b->text, '\0');
	buf_free(&bytes);
	return rc == 0 && b->text.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") : rc;
}

int dav_batch_add(struct dav_batch *b, const struct jdoc *doc, struct err *e)
{
	unsigned c;

	for (c = 0; c < b->table->cols; c++)
		if (add_cell(b, c, doc, e) < 0)
			return -1;
	b->rows++;
	return b->rows == BATCH_ROWS || b->text.len >= BATCH_BYTES ? dav_batch_send(b, e) : 0;
}

const struct dav_table *dav_batch_table(const struct dav_batch *b)
{
	return b->table;
}
