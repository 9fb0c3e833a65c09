#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "kinds/user.h"

static int no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

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

static void drop_calendars(struct user *u)
{
	size_t i;

	for (i = 0; i < u->ncals; i++) {
		free(u->cals[i].uri);
		free(u->cals[i].was);
	}
	free(u->cals);
	u->cals = NULL;
	u->ncals = u->cals_size = 0;
}

void user_forget_things(struct user *u)
{
	drop_books(u);
	drop_calendars(u);
	u->nrefs = 0;
}

void user_reset(struct user *u)
{
	struct user_ref *refs = u->refs;
	size_t size = u->refs_size;

	user_forget_things(u);
	stage_free(&u->stage);
	memset(u, 0, sizeof(*u));
	stage_init(&u->stage);
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

int user_add_ref(struct user *u, const char *uuid, size_t ent, int64_t id, struct err *e)
{
	struct user_ref *p;

	if (u->nrefs == u->refs_size) {
		p = realloc(u->refs, (u->refs_size + 16) * 2 * sizeof(*p));
		if (p == NULL)
			return no_memory(e);
		u->refs = p;
		u->refs_size = (u->refs_size + 16) * 2;
	}
	p = &u->refs[u->nrefs++];
	strcpy(p->uuid, uuid);
	p->unit = u->units;
	p->ent = ent;
	p->id = id;
	return 0;
}

struct user_book *user_add_book(struct user *u, const char *uri, const char *name,
    const char *description, struct err *e)
{
	struct user_book *p;

	p = realloc(u->books, (u->nbooks + 1) * sizeof(*p));
	if (p == NULL) {
		no_memory(e);
		return NULL;
	}
	u->books = p;
	p += u->nbooks;
	memset(p, 0, sizeof(*p));
	p->uri = strdup(uri);
	p->name = strdup(name);
	p->name_len = strlen(name);
	p->description = description != NULL ? strdup(description) : NULL;
	p->unit = u->units;
	u->nbooks++;
	if (p->uri != NULL && p->name != NULL && (description == NULL || p->description != NULL))
		return p;
	no_memory(e);
	return NULL;
}

struct user_calendar *user_add_calendar(struct user *u, const char *uuid, struct err *e)
{
	struct user_calendar *c;

	if (u->ncals == USER_CALENDARS) {
		err_set(e, EXIT_DATA, "one owner has more than %d calendars", USER_CALENDARS);
		return NULL;
	}
	if (u->ncals == u->cals_size) {
		c = realloc(u->cals, (u->cals_size + 8) * 2 * sizeof(*c));
		if (c == NULL) {
			no_memory(e);
			return NULL;
		}
		u->cals = c;
		u->cals_size = (u->cals_size + 8) * 2;
	}
	c = &u->cals[u->ncals++];
	memset(c, 0, sizeof(*c));
	snprintf(c->uuid, sizeof(c->uuid), "%s", uuid);
	return c;
}

struct user_book *user_find_book(const struct user *u, const char *uri)
{
	size_t i;

	for (i = 0; i < u->nbooks; i++)
		if (strcmp(u->books[i].uri, uri) == 0)
			return &u->books[i];
	return NULL;
}

bool heir_leaves(const struct user *u)
{
	return u->heir != 0 && !u->heir_kept;
}
