#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "ledger/ledger.h"
#include "kinds/context.h"
#include "kinds/nodav.h"
#include "kinds/note.h"

#define CODE "no-module"
#define CARDS "leave them out with --without cards (contacts come all the same), or export them" \
    " from P7"
#define CALENDARS "leave them out with --without calendars, or export them from P7"
#define REASON "P8 has no module Dav and none of its tables (WebMail Lite)"

/* What is rejected, a kind each: by kind of record, P7's table, and what people call it. */
static const struct {
	const char *table, *reason, *option;
} what[NODAV_KINDS] = {
	{ "adav_addressbooks", REASON ", so no address books of CardDAV", CARDS },
	{ "adav_cards", REASON ", so no cards", CARDS },
	{ "adav_calendars", REASON ", so no calendars", CALENDARS },
	{ "adav_calendarobjects", REASON ", so no events and tasks", CALENDARS },
	{ "adav_calendarshares", REASON ", so no shares of calendars", CALENDARS },
	{ "adav_reminders", REASON ", so no reminders", CALENDARS },
};

bool nodav_takes(struct context *x)
{
	static const char *const kinds[NODAV_KINDS] = { "ADDRESSBOOK", "CARD", DAV_CALENDAR,
	    DAV_OBJECT, DAV_INSTANCE, DAV_REMINDER };
	size_t i;

	for (i = 0; x->s->t->no_dav && i < NODAV_KINDS; i++) {
		if (strcmp(x->in->si.kind, kinds[i]) != 0)
			continue;
		/* The owner's instance is no thing of its own. */
		x->user->nodav[i] += strcmp(kinds[i], DAV_INSTANCE) != 0 ||
		    jr_int(&x->in->si.doc, NULL, "access", 1) > 1;
		return true;
	}
	return false;
}

int nodav_reject(struct context *x, struct err *e)
{
	struct report_item item = { .reject = true, .code = CODE, .id = -1 };
	struct user *u = x->user;
	int i, rc = 0;

	for (i = 0; i < NODAV_KINDS && rc == 0; i++) {
		item.table = what[i].table;
		item.reason = what[i].reason;
		item.action = what[i].option;
		item.count = u->nodav[i];
		if (item.count > 0 && !(i < 2 && x->without_cards))
			rc = note_item(x, item, e);
		u->nodav[i] = 0;
	}
	return rc;
}
