/*
 * What the columns of the target take: the limits that transform keeps to and the loader checks.
 * Where a table of P8 differs from what is assumed here, the loader's preflight says so.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

/* Entities: characters of a string, a name or a type; bytes of a text and of a mediumblob. */
#define COLUMN_STRING 255
#define COLUMN_TEXT 65535
#define COLUMN_BLOB 16777215

/* CalDAV and CardDAV, in bytes where it does not say characters. */
#define DAV_URI_MAX 255
#define DAV_UID_MAX 255
#define DAV_ETAG_MAX 32
#define DAV_TYPE_MAX 8			/* componenttype of an object */
#define DAV_COLOR_MAX 10
#define DAV_BOOK_CHARS 255		/* characters of an address book's displayname */
#define DAV_NAME_CHARS 100		/* characters of a calendar's */
#define DAV_BOOK_PRINCIPAL_MAX 255	/* principaluri of an address book */
#define DAV_PRINCIPAL_MAX 100		/* of a calendar, and the user of a reminder */
#define DAV_REMINDER_CHARS 255		/* characters of its calendar and event */

/* Public links. */
#define LINK_HASH_ID_LEN 32
#define LINK_HASH_MAX 20

#endif
