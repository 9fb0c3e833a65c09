/*
 * The statements for many rows, on the target's current connection: one for each table that rows
 * are inserted into by the hundred.
 */
#ifndef LOAD_WRITER_H
#define LOAD_WRITER_H

#include "base/attrtype.h"
#include "target/bulk.h"
#include "target/target.h"

enum writer_bulk {
	WB_ENTS, WB_CARDS, WB_CALENDARS, WB_INSTANCES, WB_OBJECTS, WB_REMINDERS,
	WB_FILES, WB_OWN, WB_KINDS, WB_SHARES,
	WB_KNOWN,		/* p7m_calendars */
	WRITER_BULKS
};

struct writer {
	struct bulk b[WRITER_BULKS], attrs[AT_COUNT];
	char davtext[128];		/* the expression around a text of DAV */
};

/* PACKET: the server's max_allowed_packet. */
int writer_open(struct writer *w, struct target *t, size_t packet, struct err *e);
void writer_close(struct writer *w);

#endif
