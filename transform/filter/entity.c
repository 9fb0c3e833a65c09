#include <endian.h>
#include <string.h>

#include "digest.h"
#include "filter/entity.h"

#define ETAG_KEPT_SINCE 80600	/* from P8 8.6 on a contact keeps P7's tag */

static const char *const table_names[T_TYPES + 1] = {
	"string", "int", "bool", "text", "datetime", "mediumblob", "bigint", "double", "string",
	"ref", NULL
};

static const struct val nothing;

/* The value of one attribute before it is fitted to its column. */
static int make_one(struct maker *m, const struct map_attr *a, struct val *out)
{
	unsigned i;

	m->conv.attr = a;
	m->conv.n = a->nfrom;
	for (i = 0; i < a->nfrom; i++)
		m->conv.in[i] = m->vals[a->from[i].kind] != NULL ?
		    &m->vals[a->from[i].kind][a->from[i].slot] : &nothing;
	if (a->conv != NULL) {
		if (a->conv->make(&m->conv, out) < 0)
			return -1;
		if (out->type == V_NONE && a->conv->none_skips)
			return 0;
	} else
		*out = a->nfrom > 0 ? *m->conv.in[0] : a->value;
	if (out->type == V_NONE)
		*out = a->value;
	if (out->type == V_NONE && a->skip_empty)
		return 0;
	if (column_cast(&m->conv, out) < 0)
		return -1;
	if (a->skip_empty && val_empty(out))
		out->type = V_NONE;
	return 0;
}

/* A tag that changes with the contact: a hash of its attributes, each with its length or number. */
static int make_etag(struct maker *m, const struct map_entity *en, struct val *out)
{
	XXH128_canonical_t raw;
	size_t len = 2 * sizeof(raw) + 1;
	const struct val *v;
	uint64_t head;
	char *p, *text;

	if (out->n > 0 && m->target.release >= ETAG_KEPT_SINCE)
		return 0;
	*out = val_str("", 0);
	for (v = m->value; v < m->value + en->n; v++)
		len += sizeof(head) + v->n;
	p = text = arena_add(&m->conv.arena, NULL, len);
	if (text == NULL)
		return -1;
	for (v = m->value; v < m->value + en->n; v++) {
		head = htole64(v->type == V_STR ? v->n : (uint64_t)v->i);
		p = mempcpy(p, &head, sizeof(head));
		if (v->type == V_STR)
			p = mempcpy(p, v->s, v->n);
	}
	XXH128_canonicalFromHash(&raw, XXH3_128bits(text, (size_t)(p - text)));
	hex_text(raw.digest, sizeof(raw.digest), text);
	*out = val_str(text, 2 * sizeof(raw.digest));
	return 0;
}

int entity_make(struct maker *m, enum entity_kind kind, const char *uuid, struct err *e)
{
	const struct map_entity *en = &m->map.ent[kind];
	int last = -1;
	unsigned i;

	arena_reset(&m->conv.arena);
	m->conv.reports = 0;
	m->made[M_UUID] = val_text(uuid);
	for (i = 0; i < en->n; i++) {
		const struct map_attr *a = &en->attr[i];

		m->value[i] = nothing;
		if (a->type == T_REF)
			continue;
		if (make_one(m, a, &m->value[i]) < 0)
			return err_memory(e);
		if (a->conv != NULL && a->conv->last)
			last = (int)i;
	}
	if (last >= 0 && make_etag(m, en, &m->value[last]) < 0)
		return err_memory(e);
	return 0;
}

void entity_put_value(struct jsonw *w, const struct val *v)
{
	if (v->type == V_NULL)
		jw_null(w);
	else if (v->type == V_BOOL)
		jw_bool(w, v->i != 0);
	else if (v->type == V_INT)
		jw_int(w, v->i);
	else
		jw_str_n(w, v->s, v->n);
}

static int put_attrs(struct maker *m, const struct map_entity *en, struct jsonw *w, struct err *e)
{
	enum eav_type open = T_TYPES;
	unsigned i;

	for (i = 0; i < en->n; i++) {
		const struct map_attr *a = &en->attr[i];
		struct val *v = &m->value[i];

		if (a->type != T_REF && v->type == V_NONE)
			continue;
		if (eav_table(a->type) != open) {
			if (open != T_TYPES)
				jw_object_end(w);
			open = eav_table(a->type);
			jw_key(w, table_names[open]);
			jw_object(w);
		}
		jw_key_json(w, a->key, a->keylen);
		if (a->type == T_REF) {
			jw_str(w, m->ref[a->ref]);
			continue;
		}
		m->conv.attr = a;
		if (column_store(&m->conv, v) < 0)
			return err_memory(e);
		entity_put_value(w, v);
	}
	if (open != T_TYPES)
		jw_object_end(w);
	return 0;
}

/* Members of the P7 record that nothing is known of come along. */
static void put_extra(struct maker *m, const struct map_entity *en, struct jsonw *w)
{
	static const char *const own[] = { "kind", "entity", "module", "uuid", "parent", NULL };
	const struct source *s;
	const struct jval *v;
	unsigned i;

	if (en->from == S_MADE || !m->src[en->from].present)
		return;
	s = &m->src[en->from];
	for (i = 0; i < s->nextra; i++) {
		v = &s->doc.v[s->extra[i]];
		if (filter_key_is(v, own) || filter_key_is(v, table_names))
			continue;
		jw_key_n(w, v->key, v->keylen);
		jr_write(&s->doc, v, w);
	}
}

/* The source that a report about an attribute names. */
static const struct map_from *report_source(const struct maker *m, const struct map_attr *a)
{
	const struct map_from *f = NULL;
	unsigned i;

	for (i = 0; i < a->nfrom; i++) {
		if (a->from[i].kind == S_MADE)
			continue;
		if (f == NULL)
			f = &a->from[i];
		if (m->vals[a->from[i].kind] != NULL &&
		    !val_empty(&m->vals[a->from[i].kind][a->from[i].slot]))
			return &a->from[i];
	}
	return f;
}

static int put_report(struct maker *m, const struct attr_report *n, struct err *e)
{
	const struct map_from *f = report_source(m, n->attr);
	struct report_item i = { .reject = n->reject, .code = n->code, .id = -1,
	    .field = n->attr->name, .reason = n->reason, .action = n->action };
	struct buf record = BUF_INIT(BUF_RECORD_MAX);
	const struct val *v = NULL;
	struct jsonw w;
	int rc;

	if (f != NULL) {
		maker_row(m, f->kind, &i);
		i.field = f->member;
		if (m->vals[f->kind] != NULL)
			v = &m->vals[f->kind][f->slot];
	}
	/* Folders are written when all of an account are known, and their records are gone. */
	if (n->attr->nfrom == 1 && n->attr->from[0].kind == S_MADE &&
	    n->attr->from[0].slot == M_FOLDER_NAME) {
		i.table = m->folder_table[0] != '\0' ? m->folder_table :
		    m->map.rec[S_SYSTEM_FOLDER].table;
		i.field = "folder_full_name";
		i.id = m->folder_id;
	}
	if (v != NULL && v->type == V_STR && !n->secret) {
		jw_begin(&w, &record);
		jw_object(&w);
		jw_key_n(&w, f->member, strlen(f->member));
		jw_str_n(&w, v->s, v->n);
		jw_object_end(&w);
		i.record = record.data;
		i.record_len = record.len;
	}
	rc = record.failed ? err_memory(e) : filter_report(m->f, i, NULL, e);
	buf_free(&record);
	return rc;
}

int entity_write(struct maker *m, enum entity_kind kind, const char *uuid, struct err *e)
{
	const struct map_entity *en = &m->map.ent[kind];
	struct jsonw *w = so_begin(&m->f->out, en->kind);
	unsigned i;

	jw_raw(w, en->head, en->headlen);
	jw_kv_str(w, "uuid", uuid);
	jw_kv_str(w, "parent", en->tenant_parent ? m->ref[REF_TENANT] : "");
	if (put_attrs(m, en, w, e) < 0)
		return -1;
	put_extra(m, en, w);
	if (so_put(&m->f->out, en->kind, e) < 0)
		return -1;
	for (i = 0; i < m->conv.reports; i++)
		if (put_report(m, &m->conv.report[i], e) < 0)
			return -1;
	return 0;
}

int entity_put(struct maker *m, enum entity_kind kind, const char *uuid, struct err *e)
{
	return entity_make(m, kind, uuid, e) < 0 ? -1 : entity_write(m, kind, uuid, e);
}

int entity_of_record(struct maker *m, enum source_kind source, enum entity_kind kind,
    const char *name, const char *id, struct err *e)
{
	char uuid[UUID_LEN + 1];
	int rc;

	if (maker_take(m, source, e) < 0)
		return -1;
	filter_uuid(m->f, uuid, "%s:%lld", name,
	    (long long)jr_int(&m->src[source].doc, NULL, id, -1));
	rc = entity_put(m, kind, uuid, e);
	maker_drop(m, source);
	return rc;
}
