#include <string.h>

#include "contact/contacts.h"

static int put_book(struct contacts *k, const char *uri, const char *name, struct err *e)
{
	struct jsonw *w = so_begin(&k->m->f->out, "ADDRESSBOOK");

	jw_kv_str(w, "uri", uri);
	jw_kv_str(w, "displayname", name);
	return so_put(&k->m->f->out, "ADDRESSBOOK", e);
}

int put_own_books(struct contacts *k, struct err *e)
{
	if (k->own_books)
		return 0;
	k->own_books = true;
	return put_book(k, "AddressBook", "Address Book", e) < 0 ||
	    put_book(k, "Collected", "Collected Addresses", e) < 0 ? -1 : 0;
}

int put_card(struct contacts *k, const char *book, const char *uri, const char *uuid,
    int64_t modified, struct err *e)
{
	char own[UUID_LEN + sizeof(".vcf")];
	struct jsonw *w;

	if (k->card.failed)
		return err_set(e, EXIT_DATA, "a vCard is larger than %zu bytes", BUF_RECORD_MAX);
	if (uri == NULL)
		uri = strcat(strcpy(own, uuid), ".vcf");
	w = so_begin(&k->m->f->out, "CARD");
	jw_kv_str(w, "book", book);
	jw_kv_str(w, "uri", uri);
	jw_kv_int(w, "lastmodified", modified);
	jw_key(w, "data");
	jw_str_n(w, k->card.data, k->card.len);
	return so_put(&k->m->f->out, "CARD", e);
}

int put_card_warning(struct contacts *k, int64_t id, const char *code, const char *reason,
    const char *done, bool record, struct err *e)
{
	struct report_item i = { .code = code, .table = "adav_cards", .id = id,
	    .field = "carddata", .reason = reason, .action = done };

	return filter_report(k->m->f, i, record ? &k->m->f->in.doc : NULL, e);
}

int put_repaired(struct contacts *k, int64_t id, struct err *e)
{
	return k->repaired ? put_card_warning(k, id, "text-repaired", "P7 stored the text"
	    " double-encoded", "the true text was taken", false, e) : 0;
}
