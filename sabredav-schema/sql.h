/*
 * Statements with names that are quoted.  In FMT stand, with their arguments:
 *
 *	%T{base}	the table PREFIX + base			no argument
 *	%I		a name					const char *
 *	%S		a text as it is				const char *
 *	%d, %*		a number; so many blanks		int
 *	%B, %X		column of a table (alias t) as bytes, as text: schema_bytes, schema_text
 *							const struct table *, const char *
 *	%U		schema_untouched			const struct table *
 *	%L		the columns of a table: schema_columns	const struct table *
 *
 * Values of data never stand in FMT: they are bound, as question marks.
 */
#ifndef SQL_H
#define SQL_H

#include <stdarg.h>

#include "schema.h"

#define SQL_MAX ((size_t)1 << 20)	/* bytes of a statement */

void sql_add(struct buf *out, const char *prefix, const char *fmt, ...);
void sql_addv(struct buf *out, const char *prefix, const char *fmt, va_list ap);

int sql_prepare(struct dbq *q, struct db *db, const char *prefix, struct err *e, const char *fmt,
    ...);
/* Run a statement without a result; V are its N values. */
int sql_run(struct db *db, const char *prefix, const struct dbval *v, unsigned n, struct err *e,
    const char *fmt, ...);
/* The numbers of the first row, of a query without values: 1, 0 (no row: OUT is untouched), -1. */
int sql_numbers(struct db *db, const char *prefix, int64_t *out, unsigned n, struct err *e,
    const char *fmt, ...);

#endif
