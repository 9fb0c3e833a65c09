#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "plan.h"
#include "shown.h"
#include "sql.h"

void plan_init(struct plan *p, struct schema *s, const struct journal *j, const struct facts *f)
{
	memset(p, 0, sizeof(*p));
	p->s = s;
	p->j = j;
	p->f = f;
	p->step = "";
}

void plan_free(struct plan *p)
{
	unsigned i;

	for (i = 0; i < p->n; i++) {
		free(p->v[i].sql);
		free(p->v[i].each);
	}
	for (i = 0; i < p->notes; i++)
		free(p->note[i]);
	free(p->v);
	free(p->note);
	p->v = NULL;
	p->note = NULL;
	p->n = p->notes = 0;
}

int plan_end(const struct plan *p, struct err *e)
{
	if (p->err.msg[0] == '\0')
		return 0;
	*e = p->err;
	return -1;
}

void plan_fail(struct plan *p, enum exitcode status, const char *fmt, ...)
{
	va_list ap;

	if (p->err.msg[0] != '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(p->err.msg, sizeof(p->err.msg), fmt, ap);
	va_end(ap);
	p->err.status = status;
}

const char *plan_action(struct plan *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->action, sizeof(p->action), fmt, ap);
	va_end(ap);
	return p->action;
}

enum state plan_state(const struct plan *p, const char *fmt, ...)
{
	char action[ACTION_SIZE];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(action, sizeof(action), fmt, ap);
	va_end(ap);
	return journal_state(p->j, p->step, action);
}

static char *text(struct plan *p, const char *fmt, va_list ap)
{
	struct buf b = BUF_INIT(SQL_MAX);

	sql_addv(&b, p->s->prefix, fmt, ap);
	if (buf_check(&b, &p->err) < 0)
		buf_free(&b);
	return b.data;
}

static void add(struct plan *p, enum stmt_kind kind, bool fresh, const char *table,
    const char *action, const char *fmt, va_list ap)
{
	struct stmt *v;

	if (p->err.msg[0] != '\0' || GROW(p->v, p->n, p->size, &p->err) < 0)
		return;
	v = &p->v[p->n];
	memset(v, 0, sizeof(*v));
	v->step = p->step;
	v->kind = kind;
	v->fresh = fresh;
	snprintf(v->action, sizeof(v->action), "%s", action);
	snprintf(v->table, sizeof(v->table), "%s", table != NULL ? table : "");
	v->sql = text(p, fmt, ap);
	if (v->sql != NULL)
		p->n++;
}

void plan_ddl(struct plan *p, const char *action, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, STMT_DDL, true, NULL, action, fmt, ap);
	va_end(ap);
}

void plan_data(struct plan *p, enum stmt_kind kind, bool fresh, const char *table,
    const char *action, const char *fmt, ...)
{
	va_list ap;

	if (!fresh && journal_state(p->j, p->step, action) == STATE_DONE)
		return;
	va_start(ap, fmt);
	add(p, kind, fresh, table, action, fmt, ap);
	va_end(ap);
}

void plan_counted(struct plan *p, const char *base, const struct table *t)
{
	plan_data(p, STMT_COUNT, true, NULL, plan_action(p, "%s.count", base),
	    "SELECT COUNT(*), 0 FROM %I", t->name);
}

void plan_each(struct plan *p, const char *fmt, ...)
{
	struct stmt *v = p->n > 0 ? &p->v[p->n - 1] : NULL;
	va_list ap;

	if (v == NULL || v->kind != STMT_OWNERS || v->each != NULL || p->err.msg[0] != '\0')
		return;
	va_start(ap, fmt);
	v->each = text(p, fmt, ap);
	va_end(ap);
}

void plan_note(struct plan *p, const char *fmt, ...)
{
	va_list ap;

	if (GROW(p->note, p->notes, p->notes_size, &p->err) < 0)
		return;
	va_start(ap, fmt);
	if (vasprintf(&p->note[p->notes], fmt, ap) < 0)
		err_memory(&p->err);
	else
		p->notes++;
	va_end(ap);
}

unsigned plan_count(const struct plan *p, const char *step)
{
	unsigned i, n = 0;

	for (i = 0; i < p->n; i++)
		n += step == NULL || strcmp(p->v[i].step, step) == 0;
	return n;
}

static const char *explain(enum stmt_kind kind)
{
	switch (kind) {
	case STMT_SWAP:
		return " (only while the table is empty)";
	case STMT_RANGE:
		return " (in batches of ids)";
	case STMT_COUNT:
		return " (kept for verify)";
	case STMT_ETAG:
		return " (in batches; apply computes it itself; by hand, MD5() is missing until"
		    " INSTALL COMPONENT 'file://component_classic_hashing')";
	case STMT_UID:
		return " (in batches; apply finds the UIDs itself, of objects that this statement"
		    " does not understand too)";
	case STMT_OWNERS:
		return " (the calendars that this statement shows get an owner instance with"
		    " another URI: see URIS in dav-schema-upgrade(1))";
	default:
		return "";
	}
}

void plan_print(const struct plan *p, FILE *out)
{
	const char *step = "";
	unsigned i;

	for (i = 0; i < p->notes; i++)
		shown_fprintf(out, "-- note: %s\n", p->note[i]);
	for (i = 0; i < p->n; i++) {
		if (strcmp(step, p->v[i].step) != 0) {
			step = p->v[i].step;
			fprintf(out, "%s-- step %s\n", i > 0 ? "\n" : "", step);
		}
		fprintf(out, "-- %s%s\n%s;\n", p->v[i].action, explain(p->v[i].kind),
		    p->v[i].sql);
	}
	if (p->n == 0)
		fputs("-- nothing to do\n", out);
}
