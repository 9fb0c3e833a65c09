#include <stdio.h>
#include <string.h>

#include "sql.h"

/* FMT at its "{": the quoted name of PREFIX + what the braces hold; returns the closing one. */
static const char *add_table(struct buf *out, const char *prefix, const char *fmt)
{
	char name[NAME_BUF];
	size_t n = strcspn(fmt + 1, "}");

	snprintf(name, sizeof(name), "%s%.*s", prefix, (int)n, fmt + 1);
	db_ident(out, name);
	return fmt + n + 1;
}

void sql_addv(struct buf *out, const char *prefix, const char *fmt, va_list ap)
{
	const struct table *t;

	for (; *fmt != '\0'; fmt++) {
		if (*fmt != '%') {
			buf_addc(out, *fmt);
			continue;
		}
		switch (*++fmt) {
		case 'T':
			fmt = add_table(out, prefix, fmt + 1);
			break;
		case 'I':
			db_ident(out, va_arg(ap, const char *));
			break;
		case 'S':
			buf_adds(out, va_arg(ap, const char *));
			break;
		case 'd':
			buf_addf(out, "%d", va_arg(ap, int));
			break;
		case '*':
			buf_addf(out, "%*s", va_arg(ap, int), "");
			break;
		case 'B':
			t = va_arg(ap, const struct table *);
			schema_bytes(out, t, "t", va_arg(ap, const char *));
			break;
		case 'X':
			t = va_arg(ap, const struct table *);
			schema_text(out, t, "t", va_arg(ap, const char *));
			break;
		case 'U':
			schema_untouched(out, va_arg(ap, const struct table *));
			break;
		case 'L':
			schema_columns(out, va_arg(ap, const struct table *));
			break;
		default:
			buf_addc(out, *fmt);
		}
	}
}

void sql_add(struct buf *out, const char *prefix, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	sql_addv(out, prefix, fmt, ap);
	va_end(ap);
}

static int preparev(struct dbq *q, struct db *db, const char *prefix, struct err *e,
    const char *fmt, va_list ap)
{
	struct buf sql = BUF_INIT(SQL_MAX);
	int rc;

	sql_addv(&sql, prefix, fmt, ap);
	rc = buf_check(&sql, e) < 0 ? -1 : dbq_prepare(q, db, sql.data, e);
	buf_free(&sql);
	return rc;
}

int sql_prepare(struct dbq *q, struct db *db, const char *prefix, struct err *e, const char *fmt,
    ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = preparev(q, db, prefix, e, fmt, ap);
	va_end(ap);
	return rc;
}

int sql_run(struct db *db, const char *prefix, const struct dbval *v, unsigned n, struct err *e,
    const char *fmt, ...)
{
	struct dbq q;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = preparev(&q, db, prefix, e, fmt, ap);
	va_end(ap);
	if (rc == 0) {
		rc = dbq_run(&q, v, n, e);
		dbq_close(&q);
	}
	return rc;
}

int sql_numbers(struct db *db, const char *prefix, int64_t *out, unsigned n, struct err *e,
    const char *fmt, ...)
{
	struct dbq q;
	unsigned i;
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = preparev(&q, db, prefix, e, fmt, ap);
	va_end(ap);
	if (rc < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e) < 0 ? -1 : dbq_next(&q, e);
	for (i = 0; rc == 1 && i < n; i++)
		out[i] = dbq_int(&q, i);
	dbq_close(&q);
	return rc;
}
