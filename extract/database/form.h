/*
 * How rows of a table of P7 become JSON: the table's columns (p7.h) in a statement, and as members
 * of an object without its braces, in the order of the schema.
 */
#ifndef FORM_H
#define FORM_H

#include "database/catalog.h"
#include "database/rows.h"
#include "base/spool.h"

#define FORM_COLUMNS 96

struct form {
	const struct cat_table *table;
	struct buf lead;		/* all texts that go before values */
	struct {
		size_t from, len;	/* in lead: {"a":1,}"name": */
		bool number, secret;
	} f[FORM_COLUMNS];
	unsigned n;			/* selected columns */
	unsigned first;			/* column of the statement that is f[0] */
	bool bound;			/* it is known which are numbers */
	size_t tail;			/* in lead: defaults behind the last column */
	struct buf text;		/* of the row in hand */
};

/*
 * Add the columns that T has to the SQL text (",t.`name`" each), where FIRST columns stand already,
 * as form F.
 */
int form_make(struct form *f, unsigned first, const struct cat_table *t, struct buf *sql,
    struct err *e);
/* Append the members of the current row to OUT, secrets in P7's password codec. */
void form_put(struct form *f, const struct rows *r, struct buf *out);
/* The form's own text, emptied, for form_put and what goes with it ... */
struct buf *form_text(struct form *f);
/* ... and into a spool; EXIT_DATA when the row was too large. */
int form_spool(struct form *f, struct spool *to, int64_t key, int64_t key2, struct err *e);
void form_free(struct form *f);

#endif
