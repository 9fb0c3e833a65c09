#include <stdlib.h>
#include <string.h>

#include "run/user.h"
#include "after/blocks.h"
#include "run/principal.h"
#include "kinds/schema.h"

/* A principal that was not loaded is left closed: its calendars are not looked at. */
static int begin_principal(struct load *l, struct err *e)
{
	struct ledger_user led;
	int rc = ledger_user_get(&l->s.sql, jr_str(&l->in.si.doc, NULL, "uuid", ""), &led, e);

	l->user.open = false;
	return rc < 0 ? -1 : led.state == US_DONE ? principal_begin(l, e) : 0;
}

static int one_record(struct load *l, const struct blocks *b, void *arg, struct err *e)
{
	const char *kind = l->in.si.kind;
	bool user = strcmp(kind, "USER_BEGIN") == 0;
	int rc;

	if (user || strcmp(kind, "PRINCIPAL_BEGIN") == 0) {
		rc = user ? user_begin(l, e) : begin_principal(l, e);
		return rc < 0 ? -1 : b->begin(arg, e);
	}
	if (strcmp(kind, "USER_END") == 0 || strcmp(kind, "PRINCIPAL_END") == 0) {
		rc = b->end(arg, e);
		l->user.open = false;
		return rc;
	}
	if (schema_check(&l->in.si, e) < 0)
		return -1;
	if (l->in.si.in[0] == '\0')
		return b->global != NULL ? b->global(arg, e) : 0;
	return l->user.open && l->user.mode == UM_THERE ? b->record(arg, e) : 0;
}

int blocks_read(struct load *l, const struct blocks *b, void *arg, struct err *e)
{
	int rc;

	while ((rc = si_next(&l->in.si, e)) == 1)
		if (one_record(l, b, arg, e) < 0)
			return -1;
	return rc;
}

int blocks_run(struct target *t, const struct load_opts *o,
    int (*run)(void *arg, struct load *l, struct err *e), void *arg, struct err *e)
{
	const struct load_opts lo = { .input = o->input, .edited = o->edited, .dry_run = true,
	    .compare = true, .quiet = true, .transaction_rows = LOAD_ROWS,
	    .progress = o->progress };
	struct load *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return err_memory(e);
	rc = ledger_needed(t, e);
	if (rc == 0) {
		rc = load_open(l, t, &lo, e);
		if (rc == 0)
			rc = run(arg, l, e);
		load_close(l);
	}
	free(l);
	return rc;
}
