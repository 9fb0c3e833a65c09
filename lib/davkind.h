/* Kinds of a stream's DAV records, as they are called in p7-records(5). */
#ifndef DAVKIND_H
#define DAVKIND_H

#define DAV_ADDRESSBOOK "ADDRESSBOOK"
#define DAV_CARD "CARD"
#define DAV_CALENDAR "CALENDAR"
#define DAV_INSTANCE "CALENDAR_INSTANCE"	/* from 3.2 on */
#define DAV_SHARE "CALENDAR_SHARE"		/* until 3.2 */
#define DAV_OBJECT "CALENDAR_OBJECT"
#define DAV_REMINDER "REMINDER"

/* The components of a calendar that names none: as many as sabre's column takes. */
#define DAV_COMPONENTS "VEVENT,VTODO,VJOURNAL"

#endif
