#include <stdio.h>
#include <string.h>

#include "run/load.h"
#include "run/write.h"

static int open_one(struct load *l, struct bulk *b, const char *table, const struct bulk_col *c,
    unsigned cols, unsigned keys, struct err *e)
{
	struct buf name = BUF_INIT(1024);

	target_table(l->t, &name, table);
	if (name.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	bulk_init(b, &l->t->db, name.data, c, cols, keys);
	if (b->bytes > l->packet / 2)
		b->bytes = l->packet / 2;
	buf_free(&name);
	return 0;
}

static enum bulk_type value_type(enum attr_type t)
{
	return attr_is_num(t) ? BULK_INT : t == AT_MEDIUMBLOB ? BULK_BLOB : BULK_TEXT;
}

static int open_attrs(struct load *l, struct err *e)
{
	char table[64];
	unsigned t;

	for (t = 0; t < AT_COUNT; t++) {
		struct bulk_col c[] = { { "id_entity", BULK_INT, NULL },
		    { "name", BULK_TEXT, NULL }, { "value", value_type(t), NULL } };

		snprintf(table, sizeof(table), "eav_attributes_%s", attr_type_name[t]);
		if (open_one(l, &l->w.attrs[t], table, c, 3, 0, e) < 0)
			return -1;
	}
	return 0;
}

int writer_open(struct load *l, struct err *e)
{
	static const struct bulk_col ents[] = { { "uuid", BULK_TEXT, NULL },
	    { "parent_uuid", BULK_TEXT, NULL }, { "entity_type", BULK_TEXT, NULL },
	    { "module_name", BULK_TEXT, NULL } };
	static const struct bulk_col cards[] = { { "addressbookid", BULK_INT, NULL },
	    { "uri", BULK_BLOB, NULL }, { "carddata", BULK_BLOB, NULL },
	    { "lastmodified", BULK_INT, NULL }, { "etag", BULK_BLOB, NULL },
	    { "size", BULK_INT, NULL } };
	static const struct bulk_col files[] = { { "user_id", BULK_INT, NULL },
	    { "root", BULK_TEXT, NULL }, { "path", BULK_BLOB, NULL },
	    { "directory", BULK_INT, NULL }, { "size", BULK_INT, NULL },
	    { "mtime", BULK_INT, NULL }, { "sha256", BULK_TEXT, NULL },
	    { "path_sha", BULK_BLOB, "SHA2(?, 256)" } };

	static const struct bulk_col own[] = { { "user_id", BULK_INT, NULL },
	    { "what", BULK_TEXT, NULL }, { "first", BULK_INT, NULL }, { "last", BULK_INT, NULL },
	    { "step", BULK_INT, NULL }, { "kind", BULK_TEXT, NULL } };
	static const struct bulk_col kinds[] = { { "user_id", BULK_INT, NULL },
	    { "kind", BULK_TEXT, NULL }, { "things", BULK_INT, NULL },
	    { "value_rows", BULK_INT, NULL }, { "hash", BULK_TEXT, NULL },
	    { "source", BULK_TEXT, NULL } };

	if (open_one(l, &l->w.own, "p7m_own", own, 6, 0, e) < 0 ||
	    open_one(l, &l->w.kinds, "p7m_kinds", kinds, 6, 0, e) < 0)
		return -1;
	if (open_one(l, &l->w.ents, "eav_entities", ents, 4, 1, e) < 0 ||
	    open_one(l, &l->w.cards, "adav_cards", cards, 6, 2, e) < 0 ||
	    open_one(l, &l->w.files, "p7m_files", files, 8, 0, e) < 0)
		return -1;
	/* The rows may be there: a COMMIT that broke off was done all the same. */
	l->w.files.tail = " ON DUPLICATE KEY UPDATE root=root";
	return open_attrs(l, e);
}

void writer_close(struct load *l)
{
	unsigned t;

	bulk_close(&l->w.ents);
	bulk_close(&l->w.cards);
	bulk_close(&l->w.files);
	bulk_close(&l->w.own);
	bulk_close(&l->w.kinds);
	for (t = 0; t < AT_COUNT; t++)
		bulk_close(&l->w.attrs[t]);
}
