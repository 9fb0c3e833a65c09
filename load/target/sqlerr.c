#include <errmsg.h>
#include <mysqld_error.h>

#include "db.h"
#include "target/sqlerr.h"

#define MYSQL_CANNOT_CONVERT_STRING 3854

bool sqlerr_is_data(unsigned no)
{
	switch (no) {
	case ER_DATA_TOO_LONG:
	case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
	case ER_TRUNCATED_WRONG_VALUE:
	case ER_WARN_DATA_OUT_OF_RANGE:
	case WARN_DATA_TRUNCATED:
	case ER_BAD_NULL_ERROR:
	case ER_INVALID_CHARACTER_STRING:
	case ER_CANNOT_CONVERT_CHARACTER:
	case ER_DUP_ENTRY:
	case MYSQL_CANNOT_CONVERT_STRING:
		return true;
	default:
		return false;
	}
}

bool sqlerr_is_of_rows(unsigned no)
{
	switch (no) {
	case ER_SIGNAL_EXCEPTION:
	case ER_NO_REFERENCED_ROW_2:
	case ER_NET_PACKET_TOO_LARGE:
	case CR_NET_PACKET_TOO_LARGE:
	case ER_TOO_BIG_ROWSIZE:
		return true;
	default:
		return sqlerr_is_data(no);
	}
}

bool sqlerr_is_duplicate(unsigned no)
{
	return no == ER_DUP_ENTRY || no == ER_DUP_ENTRY_WITH_KEY_NAME;
}
