#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/print.h"
#include "base/strtree.h"
#include "count.h"
#include "grow.h"
#include "io.h"
#include "ledger/ledger.h"
#include "ledger/lists.h"
#include "ledger/select.h"
#include "lines.h"
#include "shown.h"

#define NAMED 20	/* so many of those who stop everything are named */

/* Flags of what is known of a user; of those who are wanted, that P7 has them. */
enum { FILES = 1, CALENDARS = 2, CONTACTS = 4, SEEN = 8 };

struct select {
	struct target *t;
	const struct select_opts *o;
	void *new_name, *wanted, *there;	/* by e-mail of P7; there: of those that P7 has */
	void *loaded, *was;			/* by source and number */
	char **line;				/* of P7's list, cut into its three columns */
	size_t n, size;
	size_t stopped;
	struct io_out out;
	struct buf text;
};

static int take_p7(void *arg, char *line, struct err *e)
{
	struct select *s = arg;
	char *number = strchr(line, '\t'), *email = number ? strchr(number + 1, '\t') : NULL;

	if (email == NULL)
		return err_set(e, EXIT_DATA, "the list of P7's users needs lines of source, number"
		    " and e-mail, as p7-extract --list-users --ids writes them");
	if (s->n == s->size && grow_array(&s->line, sizeof(char *), s->n, &s->size, e) < 0)
		return -1;
	if ((s->line[s->n] = strdup(line)) == NULL)
		return err_memory(e);
	s->n++;
	return strtree_put(&s->there, email + 1, "") != NULL ? 0 : err_memory(e);
}

/* As lists show it: P7's names have nothing that ends a column or that a terminal obeys. */
static int take_wanted(void *arg, char *line, struct err *e)
{
	const char *name = lines_name(line);
	struct select *s = arg;

	if (name[0] == '\0')
		return 0;
	if (shown_str(&s->text, name, e) < 0)
		return -1;
	return strtree_put(&s->wanted, s->text.data, "") != NULL ? 0 : err_memory(e);
}

static int take_name(void *arg, char *line, struct err *e)
{
	struct select *s = arg;
	char *tab = strchr(line, '\t');

	if (tab == NULL)
		return err_set(e, EXIT_DATA, "the list of new names needs lines of old e-mail, TAB,"
		    " new e-mail, as p7-transform --print-rename writes them");
	*tab = '\0';
	return strtree_put(&s->new_name, line, tab + 1) != NULL ? 0 : err_memory(e);
}

/* A name that P7 does not have was mistyped; one that another user keeps is not free. */
static int check_name(void *arg, char *line, struct err *e)
{
	struct select *s = arg;
	char *new = strchr(line, '\t');

	(void)e;
	*new++ = '\0';
	if (strtree_get(&s->there, line) == NULL) {
		if (s->stopped++ < NAMED)
			complain("P7 has no user %s\n", line);
	} else if (strtree_get(&s->there, new) != NULL && strtree_get(&s->new_name, new) == NULL) {
		if (s->stopped++ < NAMED)
			complain("%s cannot become %s: P7 has a user of that name\n", line, new);
	}
	return 0;
}

static int known(void **root, char *const *c, const char *name, unsigned flags, struct err *e)
{
	char key[UUID_LEN + 24];
	struct strnode *n;

	snprintf(key, sizeof(key), "%s\t%s", c[0], c[1]);
	n = strtree_put(root, key, name);
	if (n == NULL)
		return err_memory(e);
	n->flags = flags;
	return 0;
}

static int take_loaded(void *arg, char *const *c, struct err *e)
{
	struct select *s = arg;

	return known(&s->loaded, c, c[2], (strcmp(c[3], "files") == 0 ? FILES : 0) |
	    (strcmp(c[4], "calendars") == 0 ? CALENDARS : 0) |
	    (strcmp(c[5], "-") != 0 ? CONTACTS : 0), e);
}

static int take_renamed(void *arg, char *const *c, struct err *e)
{
	struct select *s = arg;

	return known(&s->was, c, c[3], 0, e);
}

/* Were all corporate files of the P7 that SOURCE names read? */
struct corporate {
	const char *source;
	bool done;
};

static int take_corporate(void *arg, char *const *c, struct err *e)
{
	struct corporate *of = arg;

	(void)e;
	of->done |= strcmp(c[0], of->source) == 0;
	return 0;
}

static int write_line(struct select *s, const char *state, bool users, bool files,
    const char *const column[4], struct err *e)
{
	buf_reset(&s->text);
	buf_addf(&s->text, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", state, users ? "done" : "todo",
	    files ? "done" : "todo", column[0], column[1], column[2], column[3]);
	return buf_check(&s->text, e) < 0 ? -1 :
	    io_out_write(&s->out, s->text.data, s->text.len, e);
}

/*
 * A comment that is one because of a control character can be named as the list has it, unless that
 * is somebody's very name.
 */
static const char *p7_name(const struct select *s, const char *listed)
{
	const char *octal = strchr(listed, '\\'), *name = listed + 2;

	if (strncmp(listed, "# ", 2) != 0 || *name == '#' || *name == '\0' ||
	    strpbrk(name, " ") != NULL || octal == NULL || strtree_get(&s->wanted, name) == NULL ||
	    strtree_get(&s->there, name) != NULL)
		return listed;
	return name;
}

static int select_one(struct select *s, char *line, struct err *e)
{
	const struct select_opts *o = s->o;
	char *number = strchr(line, '\t') + 1, *listed = strchr(number, '\t') + 1;
	const char *name = p7_name(s, listed), *now, *old;
	const struct strnode *in, *was, *new = strtree_get(&s->new_name, name);
	struct strnode *wanted = strtree_get(&s->wanted, name);
	bool users = false, files = false, other;

	if (wanted != NULL)
		wanted->flags |= SEEN;
	listed[-1] = '\0';
	in = strtree_get(&s->loaded, line);
	was = strtree_get(&s->was, line);
	number[-1] = '\0';
	now = new != NULL ? new->value : name;
	now += strncmp(now, "# ", 2) == 0 ? 2 : 0;
	other = in != NULL && strcasecmp(in->value, now) != 0;
	if (wanted == NULL && o->users != NULL)
		return write_line(s, "passed", true, true,
		    (const char *const []){ line, number, name, now }, e);
	if (in != NULL && !other) {
		files = !o->files || (in->flags & FILES);
		users = files && (!o->contacts || (in->flags & CONTACTS)) &&
		    (!o->calendars || (in->flags & CALENDARS));
	} else if (other) {
		/* Was that name given by a list, another one than today's? */
		old = was != NULL ? was->value : new != NULL ? name : in->value;
		if (strcasecmp(old, name) == 0 && s->stopped++ < NAMED)
			complain("%s is in P8 by this name, not as %s\n", in->value, now);
	}
	return write_line(s, other ? "other" : in == NULL ? "new" : users ? "whole" : "lacking",
	    users, files, (const char *const []){ line, number, name, now }, e);
}

static int put_unknown(void *arg, const struct strnode *n, struct err *e)
{
	return n->flags & SEEN ? 0 : write_line(arg, "unknown", false, true,
	    (const char *const []){ "-", "-", n->key, n->key }, e);
}

static int write_all(struct select *s, struct err *e)
{
	char source[UUID_LEN + 1] = "-";
	struct corporate corporate = { source, false };
	size_t i;
	int rc = 0;

	if (s->n > 0)
		snprintf(source, sizeof(source), "%.*s", (int)strcspn(s->line[0], "\t"),
		    s->line[0]);
	for (i = 0; i < s->n && rc == 0; i++)
		rc = select_one(s, s->line[i], e);
	if (rc == 0 && s->stopped > 0)
		return err_set(e, EXIT_DATA, "%s brought by another name than the list of new names"
		    " (p7-migrate --map-users) says now: give the list by which they were brought,"
		    " or p7-migrate --redo EMAIL (as in P7), which takes one back and brings the"
		    " user under the new name", COUNT(s->stopped, "user"));
	if (rc == 0)
		rc = strtree_each(s->wanted, put_unknown, s, e);
	if (rc < 0 || s->o->users != NULL)
		return rc;
	if (s->loaded != NULL && list_each(s->t, "corporate", take_corporate, &corporate, e) < 0)
		return -1;
	return write_line(s, "corporate", corporate.done, corporate.done,
	    (const char *const []){ source, "-", "-", "-" }, e);
}

static int read_all(struct select *s, struct err *e)
{
	const struct select_opts *o = s->o;

	if (lines_each(o->list, take_p7, s, e) < 0 ||
	    (o->users != NULL && lines_each(o->users, take_wanted, s, e) < 0) ||
	    (o->names != NULL && (lines_each(o->names, take_name, s, e) < 0 ||
	    lines_each(o->names, check_name, s, e) < 0)))
		return -1;
	if (s->stopped > 0)
		return err_set(e, EXIT_DATA, "%s: %s cannot be used; correct or remove them",
		    o->names, COUNT(s->stopped, "line"));
	if (o->users != NULL && s->wanted == NULL)
		return err_set(e, EXIT_DATA, "the list of users is empty; nothing was done");
	return list_each(s->t, "loaded", take_loaded, s, e) < 0 ? -1 :
	    list_each(s->t, "renamed", take_renamed, s, e);
}

int select_users(struct target *t, const struct select_opts *o, struct err *e)
{
	struct select s = { .t = t, .o = o, .text = BUF_INIT(BUF_RECORD_MAX) };
	int rc = read_all(&s, e);

	if (rc == 0 && (rc = io_out_open(&s.out, o->output, false, e)) == 0) {
		rc = write_all(&s, e);
		if (rc == 0)
			rc = io_out_close(&s.out, e);
		else
			io_out_abort(&s.out);
	}
	strtree_free(&s.new_name);
	strtree_free(&s.wanted);
	strtree_free(&s.there);
	strtree_free(&s.loaded);
	strtree_free(&s.was);
	while (s.n > 0)
		free(s.line[--s.n]);
	free(s.line);
	buf_free(&s.text);
	return rc;
}
