#include <stdio.h>
#include <string.h>

#include "kinds/itemize.h"
#include "run/load.h"
#include "base/print.h"
#include "shown.h"

static bool wanted(const struct load *l)
{
	return (l->o->itemize || l->o->dry_run) && !l->o->compare;
}

static const char *owner(const struct load *l)
{
	return l->user.open ? user_name(&l->user) : "-";
}

void itemize_text(const char *s, size_t n)
{
	struct buf out = BUF_INIT(BUF_RECORD_MAX);
	const char *slash;
	size_t len;

	for (; n > 0; s += len, n -= len) {
		slash = memchr(s, '\\', n);
		len = slash == NULL ? n : (size_t)(slash - s);
		shown_put(&out, s, len);
		if (slash == NULL)
			break;
		buf_adds(&out, "\\134");
		len++;
	}
	if (out.len > 0)
		fwrite(out.data, 1, out.len, stdout);
	/* There was no memory for the rest. */
	if (out.failed)
		fputs(" (cut)", stdout);
	buf_free(&out);
}

/* What people know the thing by: the first of these attributes that it has. */
static const struct jval *natural(const struct load *l)
{
	static const char *const names[] = { "FullName", "FriendlyName", "PublicId", "Name",
	    "FolderFullName", "Storage" };
	const struct jval *o = jr_get(&l->si.doc, NULL, "string"), *v;
	unsigned i;

	for (i = 0; o != NULL && i < sizeof(names) / sizeof(*names); i++) {
		v = jr_get(&l->si.doc, o, names[i]);
		if (v != NULL && v->type == J_STR && v->n > 0)
			return v;
	}
	return NULL;
}

void itemize_entity(const struct load *l, const char *uuid)
{
	const struct jval *v;

	if (!wanted(l))
		return;
	print("+ %s %s %s", l->si.kind, owner(l), uuid);
	v = natural(l);
	if (v != NULL) {
		putchar(' ');
		itemize_text(v->s, v->n);
	}
	putchar('\n');
}

void itemize_dav(const struct load *l, const char *book, const char *card)
{
	if (!wanted(l))
		return;
	print("+ %s %s ", card ? "CARD" : "ADDRESSBOOK", owner(l));
	itemize_text(book, strlen(book));
	if (card != NULL) {
		putchar('/');
		itemize_text(card, strlen(card));
	}
	putchar('\n');
}

void itemize_calendar(const struct load *l, const char *kind, const char *name)
{
	if (!wanted(l))
		return;
	print("+ %s ", kind);
	itemize_text(owner(l), strlen(owner(l)));
	putchar(' ');
	itemize_text(name, strlen(name));
	putchar('\n');
}

void itemize_file(const struct load *l, const char *path, size_t n)
{
	if (!wanted(l))
		return;
	print("+ FILE %s ", owner(l));
	itemize_text(path, n);
	putchar('\n');
}

void itemize_link(const struct load *l, const char *place)
{
	if (!wanted(l))
		return;
	print("+ PUBLIC_LINK %s ", owner(l));
	itemize_text(place, strlen(place));
	putchar('\n');
}

void itemize_user(const struct load *l, char mark, const char *why)
{
	if (!wanted(l))
		return;
	print("%c %s %s%s%s\n", mark, l->user.principal ? "PRINCIPAL" : "USER", owner(l),
	    why ? ": " : "", why ? why : "");
}
