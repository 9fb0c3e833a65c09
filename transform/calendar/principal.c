/* DAV principals that are not users. */
#include <string.h>

#include "calendar/dav.h"

/* U+FFFD in place of NUL bytes, so that it is not taken for the name that ends there: 1. */
static int without_nul(struct buf *text, struct err *e)
{
	const char *p = text->data, *end = p + text->len;
	struct buf to = BUF_INIT(1 << 16);

	if (memchr(p, '\0', text->len) == NULL)
		return 0;
	for (; p < end; p++)
		if (*p == '\0')
			buf_adds(&to, "\xef\xbf\xbd");
		else
			buf_add(&to, p, 1);
	buf_reset(text);
	buf_add(text, to.data, to.len);
	buf_free(&to);
	return text->failed ? err_memory(e) : 1;
}

/* The UUID is made of P7's name, which stays the same when they get another one. */
int principal_begin(struct dav *d, struct err *e)
{
	struct report_item i = { .code = "text-repaired", .table = "adav_principals", .id = -1,
	    .field = "uri", .reason = "P7 stored the text double-encoded",
	    .action = "the true text was taken" };
	struct report_item with_nul = { .code = "principal-with-nul", .table = "adav_principals",
	    .id = -1, .field = "uri", .reason = "the name of the principal has NUL bytes",
	    .action = "in P8 it has U+FFFD in their place" };
	const size_t skip = sizeof(PRINCIPALS) - 1;
	struct buf key = BUF_INIT(1 << 16);
	char uuid[UUID_LEN + 1];
	const char *is, *to;
	struct jsonw *w;
	int nul;

	d->fields[0] = '\0';
	is = dav_member(d, "principal", &d->text);
	if (is == NULL || *is == '\0')
		return filter_wrong(d->f, e, "PRINCIPAL_BEGIN without principal");
	buf_adds(&key, "principal:");
	buf_add(&key, is, d->text.len);
	uuid_v5(d->f->ns, key.data, key.len, uuid);
	buf_free(&key);
	nul = without_nul(&d->text, e);
	if (nul < 0)
		return -1;
	is = d->text.data;
	to = rename_principal(&d->f->rename, is, d->text.len);
	if (to != NULL)
		is = to;
	if (dav_begin(d, strncmp(is, PRINCIPALS, skip) == 0 ? is + skip : is, is, e) < 0)
		return -1;
	d->f->user = d->name.data;
	w = so_block_begin(&d->f->out, "PRINCIPAL");
	jw_kv_str(w, "principal", d->principal.data);
	jw_kv_str(w, "uuid", uuid);
	if (so_block_put(&d->f->out, e) < 0 || (nul && filter_report(d->f, with_nul, NULL, e) < 0))
		return -1;
	return d->fields[0] == '\0' ? 0 : filter_report(d->f, i, NULL, e);
}

int principal_end(struct dav *d, struct err *e)
{
	d->f->user = NULL;
	return so_block_end(&d->f->out, "principal", d->principal.data, e);
}
