/* P8's names that the loader itself must know; everything else comes with the records. */
#ifndef LOAD_NAMES_H
#define LOAD_NAMES_H

/* Shares are counted as DAV_SHARE, though in the stream they are instances. */
#include "columns.h"
#include "davkind.h"

#define TYPE_USER "Aurora\\Modules\\Core\\Classes\\User"
#define TYPE_TENANT "Aurora\\Modules\\Core\\Classes\\Tenant"
#define TYPE_ACCOUNT "Aurora\\Modules\\Mail\\Classes\\Account"
#define TYPE_CONTACT "Aurora\\Modules\\Contacts\\Classes\\Contact"
#define TYPE_CTAG "Aurora\\Modules\\Contacts\\Classes\\CTag"

#define ATTR_PUBLIC_ID "PublicId"
#define ATTR_USED_SPACE "PersonalFiles::UsedSpace"

#define KIND_SERVER "SERVER"	/* like TENANT an entity outside of users' blocks */
#define KIND_USER "USER"
#define KIND_TEAM_CONTACT "TEAM_CONTACT"
#define KIND_TENANT "TENANT"
#define KIND_SYSTEM_FOLDER "SYSTEM_FOLDER"
#define KIND_LINK "PUBLIC_LINK"

#define COLLECTED_BOOK "Collected"	/* URI of the book of addresses that mail went to */
#define PRINCIPAL_PREFIX "principals/"
#define PRINCIPAL_UNIT "principal:"	/* begins the ledger's name of a principal without user */
#define PRINCIPAL_MAX_TEXT NAMES_TEXT(DAV_PRINCIPAL_MAX)
#define NAMES_TEXT(number) NAMES_WORD(number)
#define NAMES_WORD(word) #word
#define EVERYONE "@everyone"		/* sharee: the owner's tenant */
#define TENANT_PRINCIPAL "_dav_tenant_user@localhost"

#endif
