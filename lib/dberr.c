/* The one list of what the error numbers of servers and of the client library mean. */
#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#include "db.h"

/* Numbers that not every server's or library's header has. */
enum {
	EE_CANTCREATEFILE = 1, EE_WRITE = 3, EE_BADCLOSE = 4, EE_OUTOFMEMORY = 5,
	EE_CANT_CHSIZE = 14, EE_DISK_FULL = 20, EE_OUT_OF_FILERESOURCES = 23, EE_SYNC = 27,
	NOT_PREPARED_YET = 1047,		/* Galera: "WSREP has not yet prepared node" */
	ACCESS_DENIED_NO_PASSWORD = 1698, READ_ONLY_MODE = 1836, TEMP_FILE_WRITE_FAILURE = 1878,
	MARIADB_CONNECTION_KILLED = 1927, MARIADB_STATEMENT_TIMEOUT = 1969,
	SERVER_LOST_EXTENDED = 2055, MYSQL_FORCED_RECOVERY = 1881, MYSQL_QUERY_TIMEOUT = 3024,
	MYSQL_OFFLINE = 3032, MYSQL_USER_LOCK_DEADLOCK = 3058, MYSQL_GROUP_ROLLBACK = 3101,
	MYSQL_ACCOUNT_LOCKED = 3118, MYSQL_LOCK_NOWAIT = 3572, MYSQL_CONNECTION_IDLE = 4031,
	MARIADB_ACCOUNT_LOCKED = 4151
};

bool db_lost(unsigned no)
{
	switch (no) {
	case CR_SERVER_GONE_ERROR:
	case CR_SERVER_LOST:
	case CR_CONNECTION_ERROR:
	case CR_CONN_HOST_ERROR:
	case SERVER_LOST_EXTENDED:
	case ER_SERVER_SHUTDOWN:
	case NOT_PREPARED_YET:
	case MARIADB_CONNECTION_KILLED:
	case MYSQL_CONNECTION_IDLE:
		return true;
	default:
		return false;
	}
}

bool db_transient(unsigned no)
{
	switch (no) {
	case ER_LOCK_DEADLOCK:
	case ER_LOCK_WAIT_TIMEOUT:
	case ER_QUERY_INTERRUPTED:
	case ER_CHECKREAD:
	case ER_LOCK_ABORTED:
	case MYSQL_USER_LOCK_DEADLOCK:
	case MYSQL_GROUP_ROLLBACK:
	case MYSQL_LOCK_NOWAIT:
		return true;
	default:
		return db_lost(no);
	}
}

/* Another try at once would not help, but another run once the server has been put right will. */
static bool mends(unsigned no)
{
	switch (no) {
	case EE_CANTCREATEFILE:		/* a disk is full */
	case EE_WRITE:
	case EE_BADCLOSE:
	case EE_CANT_CHSIZE:
	case EE_DISK_FULL:
	case EE_SYNC:
	case ER_DISK_FULL:
	case ER_RECORD_FILE_FULL:
	case ER_ERROR_ON_WRITE:
	case ER_ERROR_ON_CLOSE:
	case TEMP_FILE_WRITE_FAILURE:
	case EE_OUTOFMEMORY:		/* memory, files, threads or a quota are exhausted */
	case EE_OUT_OF_FILERESOURCES:
	case ER_OUTOFMEMORY:
	case ER_OUT_OF_SORTMEMORY:
	case ER_OUT_OF_RESOURCES:
	case ER_CANT_CREATE_THREAD:
	case ER_CON_COUNT_ERROR:
	case ER_TOO_MANY_USER_CONNECTIONS:
	case ER_USER_LIMIT_REACHED:
	case ER_MAX_PREPARED_STMT_COUNT_REACHED:
	case ER_LOCK_TABLE_FULL:
	case ER_TOO_MANY_CONCURRENT_TRXS:
	case ER_OPTION_PREVENTS_STATEMENT:	/* read-only: a replica, a maintenance */
	case ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION:
	case READ_ONLY_MODE:
	case ER_OPEN_AS_READONLY:
	case ER_INNODB_READ_ONLY:
	case MYSQL_FORCED_RECOVERY:
	case MYSQL_OFFLINE:
	case ER_CANT_UPDATE_WITH_READLOCK:
	case ER_NET_READ_ERROR:
	case ER_NET_READ_INTERRUPTED:
	case ER_NET_ERROR_ON_WRITE:
	case ER_NET_WRITE_INTERRUPTED:
	case ER_ABORTING_CONNECTION:
	case ER_NEW_ABORTING_CONNECTION:
	case ER_TABLE_DEF_CHANGED:	/* a table is being altered */
	case ER_NEED_REPREPARE:
	case MARIADB_STATEMENT_TIMEOUT:
	case MYSQL_QUERY_TIMEOUT:
		return true;
	default:
		return db_transient(no);
	}
}

static bool lacks_right(unsigned no)
{
	switch (no) {
	case ER_ACCESS_DENIED_ERROR:
	case ACCESS_DENIED_NO_PASSWORD:
	case ER_DBACCESS_DENIED_ERROR:
	case ER_TABLEACCESS_DENIED_ERROR:
	case ER_COLUMNACCESS_DENIED_ERROR:
	case ER_SPECIFIC_ACCESS_DENIED_ERROR:
	case ER_PROCACCESS_DENIED_ERROR:
	case ER_HOST_NOT_PRIVILEGED:
	case ER_MUST_CHANGE_PASSWORD:
	case ER_MUST_CHANGE_PASSWORD_LOGIN:
	case ER_BINLOG_CREATE_ROUTINE_NEED_SUPER:
	case MYSQL_ACCOUNT_LOCKED:
	case MARIADB_ACCOUNT_LOCKED:
		return true;
	default:
		return false;
	}
}

/* Errors of other numbers carry the operating system's: "Got error 28 from storage engine". */
static bool names_full_disk(const char *text)
{
	static const char *const words[] = { "No space left", "quota exceeded", "File too large",
	    "errno: 28", "error 28 ", "errno: 122", "errno: 27 " };
	size_t i;

	for (i = 0; text != NULL && i < sizeof(words) / sizeof(*words); i++)
		if (strstr(text, words[i]) != NULL)
			return true;
	return false;
}

enum exitcode db_status(unsigned no, const char *text)
{
	if (lacks_right(no))
		return EXIT_PERMISSION;
	if (mends(no) || names_full_disk(text))
		return EXIT_TEMPORARY;
	switch (no) {
	case ER_BAD_DB_ERROR:
	case ER_NO_DB_ERROR:
	case ER_NO_SUCH_TABLE:
	case ER_BAD_FIELD_ERROR:
		return EXIT_CONFIG;
	default:
		return EXIT_UNAVAILABLE;
	}
}

int db_error(unsigned no, const char *why, const char *what, struct err *e)
{
	err_set(e, db_status(no, why), "%s: %s (error %u)", what, why, no);
	e->db = no;
	return -1;
}
