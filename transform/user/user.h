/*
 * The user in hand: the records that stand at the beginning of the block (the user, and how
 * colleagues see them), mail accounts with folders and identities, and what they have besides.
 * P8's records have an order that P7's do not have: a record waits here for those that come first.
 */
#ifndef USER_H
#define USER_H

#include "site/site.h"

#define EARLY_MAX ((size_t)4 << 20)	/* reports that wait for the user's first record */
#define FOLDERS 4			/* system folders that P8 has */

struct user {
	struct maker *m;
	struct site *site;
	bool open;
	struct buf email;		/* as P7 has it */
	const char *name;		/* in P8 */
	int64_t id_user, id_acct;
	char uuid[UUID_LEN + 1], team[UUID_LEN + 1];
	bool begun;			/* the records that have to come first are out */
	struct buf early;		/* lines that came before: "KIND\nline\n" */
	/* the account in hand */
	bool account, account_due, folders_due, own_server;
	int64_t account_id;
	char account_uuid[UUID_LEN + 1], server_uuid[UUID_LEN + 1];
	struct buf folder[FOLDERS];
	int64_t folder_id[FOLDERS];	/* in P7 */
	struct source identity;		/* the default one, which is held back */
};

void user_free(struct user *u);

int user_begin(struct user *u, struct err *e);
/* What has to be out before anything but accounts and reports: user, account, folders. */
int user_flush(struct user *u, struct err *e);
/* Only the user's own, once. */
int user_first(struct user *u, struct err *e);
int user_pass(struct user *u, struct err *e);	/* a record that passes through */
int user_pass_report(struct user *u, struct err *e);	/* the same for REJECT and WARN */

int account_record(struct user *u, struct err *e);
int folder_record(struct user *u, struct err *e);
int identity_record(struct user *u, struct err *e);
int social_record(struct user *u, struct err *e);
int two_factor_record(struct user *u, struct err *e);
int sender_record(struct user *u, struct err *e);
int link_record(struct user *u, struct err *e);

#endif
