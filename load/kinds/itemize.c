#include <stdio.h>
#include <string.h>

#include "kinds/itemize.h"
#include "kinds/context.h"
#include "base/print.h"
#include "shown.h"

static const char *owner(const struct context *x)
{
	return x->user->open ? user_name(x->user) : "-";
}

/* N bytes as shown.h has them, and a backslash as \134; " (cut)" behind it when memory is short. */
static void itemize_text(const char *s, size_t n)
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
static const struct jval *natural(const struct context *x)
{
	static const char *const names[] = { "FullName", "FriendlyName", "PublicId", "Name",
	    "FolderFullName", "Storage" };
	const struct jval *o = jr_get(&x->in->si.doc, NULL, "string"), *v;
	unsigned i;

	for (i = 0; o != NULL && i < sizeof(names) / sizeof(*names); i++) {
		v = jr_get(&x->in->si.doc, o, names[i]);
		if (v != NULL && v->type == J_STR && v->n > 0)
			return v;
	}
	return NULL;
}

void itemize_entity(const struct context *x, const char *uuid)
{
	const struct jval *v;

	if (!x->itemize)
		return;
	print("+ %s %s %s", x->in->si.kind, owner(x), uuid);
	v = natural(x);
	if (v != NULL) {
		putchar(' ');
		itemize_text(v->s, v->n);
	}
	putchar('\n');
}

void itemize_dav(const struct context *x, const char *book, const char *card)
{
	if (!x->itemize)
		return;
	print("+ %s %s ", card ? "CARD" : "ADDRESSBOOK", owner(x));
	itemize_text(book, strlen(book));
	if (card != NULL) {
		putchar('/');
		itemize_text(card, strlen(card));
	}
	putchar('\n');
}

void itemize_calendar(const struct context *x, const char *kind, const char *name)
{
	if (!x->itemize)
		return;
	print("+ %s ", kind);
	itemize_text(owner(x), strlen(owner(x)));
	putchar(' ');
	itemize_text(name, strlen(name));
	putchar('\n');
}

void itemize_file(const struct context *x, const char *path, size_t n)
{
	if (!x->itemize)
		return;
	print("+ FILE %s ", owner(x));
	itemize_text(path, n);
	putchar('\n');
}

void itemize_link(const struct context *x, const char *place)
{
	if (!x->itemize)
		return;
	print("+ PUBLIC_LINK %s ", owner(x));
	itemize_text(place, strlen(place));
	putchar('\n');
}

void itemize_user(const struct context *x, char mark, const char *why)
{
	if (!x->itemize)
		return;
	print("%c %s %s%s%s\n", mark, x->user->principal ? "PRINCIPAL" : "USER", owner(x),
	    why ? ": " : "", why ? why : "");
}
