/* Pieces of SQL about the ledger's tables (ledger/ledger.h) that several statements have. */
#ifndef LOAD_SQLPARTS_H
#define LOAD_SQLPARTS_H

/* SQL: the id (a column) is one of the run of {p7m_own} o. */
#define LEDGER_OWNS(id) id " BETWEEN o.first AND o.last AND MOD(CAST(" id " AS SIGNED)-" \
	"CAST(o.first AS SIGNED), CAST(o.step AS SIGNED))=0"

/* SQL: the name of a principal that is not a user, of its row of p7m_users. */
#define LEDGER_PRINCIPAL "SUBSTRING(email, 22)"		/* behind PRINCIPAL_UNIT PRINCIPAL_PREFIX */

/*
 * SQL: whose the instance I is that a share was made, what they can do and see of the calendar, and
 * under which URI.
 */
#define LEDGER_LOOKS(i) "CRC32(CONCAT_WS('/', " i ".access, " i ".calendarorder," \
	" " i ".transparent, " i ".share_invitestatus, " i ".public," \
	LEDGER_HEX(i, "principaluri") "," LEDGER_HEX(i, "uri") "," \
	LEDGER_HEX(i, "displayname") "," \
	LEDGER_HEX(i, "description") "," LEDGER_HEX(i, "calendarcolor") "," \
	LEDGER_HEX(i, "timezone") "," LEDGER_HEX(i, "share_href") "," \
	LEDGER_HEX(i, "share_displayname") "))"
#define LEDGER_HEX(i, column) " COALESCE(HEX(" i "." column "), '-')"

/* SQL: column contacts of p7m_users u says that they can follow. */
#define LEDGER_CONTACTS_DUE "(u.contacts IN (0,2) OR u.contacts & 40 = 40)"
/* They are not known to be none. */
#define LEDGER_CONTACTS_LACK "(u.contacts=0 OR u.contacts & 40 = 40)"

#endif
