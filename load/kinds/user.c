#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "kinds/calendar.h"
#include "kinds/user.h"

static void drop_books(struct user *u)
{
	size_t i;

	for (i = 0; i < u->nbooks; i++) {
		free(u->books[i].uri);
		free(u->books[i].name);
		free(u->books[i].description);
	}
	free(u->books);
	u->books = NULL;
	u->nbooks = 0;
}

void user_forget_things(struct user *u)
{
	drop_books(u);
	calendars_free(u);
	u->nrefs = 0;
}

void user_reset(struct user *u)
{
	struct user_ref *refs = u->refs;
	size_t size = u->refs_size;

	user_forget_things(u);
	files_free(&u->stage);
	memset(u, 0, sizeof(*u));
	u->stage.f.fd = u->stage.f.dir = -1;
	u->refs = refs;
	u->refs_size = size;
}

void user_free(struct user *u)
{
	user_reset(u);
	free(u->refs);
	u->refs = NULL;
	u->refs_size = 0;
}

void principal_uri(const char *public_id, char out[USER_PRINCIPAL_LEN])
{
	snprintf(out, USER_PRINCIPAL_LEN, PRINCIPAL_PREFIX "%s", public_id);
}

void user_principal(const struct user *u, char out[USER_PRINCIPAL_LEN])
{
	principal_uri(u->public_id, out);
}

const char *user_name(const struct user *u)
{
	return u->principal ? u->public_id : u->email;
}
