#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "run/user.h"
#include "run/hold.h"
#include "run/otheruser.h"
#include "shown.h"

bool otheruser(const struct load *l)
{
	const struct ledger_user *led = &l->user.led;

	return led->id != 0 && led->state != US_FAILED && led->email[0] != '\0' &&
	    strcasecmp(led->email, l->user.email) != 0;
}

/* A user brought by a list of new names, whose name in P7 is still the same. */
static int by_map(struct load *l, bool *yes, struct err *e)
{
	const struct user *u = &l->user;
	const char *name = u->p7_email[0] ? u->p7_email : u->email;
	struct dbval v[] = { DB_INT(u->row), DB_STR(name) };
	int64_t one;
	int rc = sql_int(l->s.t, "SELECT 1 FROM {p7m_meta} WHERE name=CONCAT('p7-name ', ?) AND"
	    " LOWER(value)=LOWER(?)", v, 2, &one, e);

	*yes = rc == 1 || strcasecmp(u->led.email, name) == 0;
	return rc;
}

int otheruser_reject(struct load *l, struct err *e)
{
	struct user *u = &l->user;
	char reason[USER_EMAIL_MAX + 200], remedy[5 * USER_EMAIL_MAX + 500];
	char word[2 * USER_EMAIL_MAX];
	bool map;

	if (by_map(l, &map, e) < 0)
		return -1;
	snprintf(reason, sizeof(reason), map ? "this user is in P8 as %s: the list of new names"
	    " was another when the user was brought" :
	    "the user of this number is in P8 as %s: renamed in P7, or of another installation with"
	    " the same salt", u->led.email);
	shown_shell(word, sizeof(word), u->led.email);
	if (map)
		snprintf(remedy, sizeof(remedy), "use the same list again, or take %s back (p8-load"
		    " --p8 DIR --undo %s) and run again", u->led.email, word);
	else
		snprintf(remedy, sizeof(remedy), "renamed: take %s back (p8-load --p8 DIR"
		    " --undo %s) and run again, or keep that name with a line \"%s TAB %s\" in the"
		    " list of new names; another installation: give it a name of its own with"
		    " --source-id of p7-migrate or p7-extract",
		    u->led.email, word, u->p7_email[0] ? u->p7_email : u->email,
		    u->led.email);
	return user_pass_over(l, "user-other-name", reason, remedy, e);
}

int otheruser_source(struct load *l, const char *source, struct err *e)
{
	char reason[USER_EMAIL_MAX + 120], remedy[400], from[UUID_LEN + 1];

	snprintf(from, sizeof(from), "%s", source);
	snprintf(reason, sizeof(reason), "P8 has %s already, brought from another P7 (source %s)",
	    l->user.public_id, from);
	snprintf(remedy, sizeof(remedy), "rename one of the two users and run again, or leave this"
	    " one out; if both are the same P7, moved or restored, give p7-migrate or p7-extract"
	    " --source-id %s", from);
	return user_reject(l, "user-other-source", reason, remedy, e);
}
