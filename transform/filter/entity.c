#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "run.h"

#define ETAG_KEPT_SINCE 80600	/* from P8 8.6 on a contact keeps P7's tag */

static const char *const table_names[T_TYPES] = {
	"string", "int", "bool", "text", "datetime", "mediumblob", "bigint", "double", "string",
	"ref"
};

static const struct val nothing;

static int no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

/* The value of one attribute before it is fitted to its column. */
static int make_one(struct run *r, const struct map_attr *a, struct val *out)
{
	const struct val *in[MAP_FROM];
	unsigned i;

	for (i = 0; i < a->nfrom; i++)
		in[i] = r->vals[a->from[i].kind] != NULL ?
		    &r->vals[a->from[i].kind][a->from[i].slot] : &nothing;
	r->conv.attr = a;
	if (a->conv != NULL) {
		if (a->conv->make(&r->conv, in, a->nfrom, out) < 0)
			return -1;
		if (out->type == V_NONE && a->conv->none_skips)
			return 0;
	} else
		*out = a->nfrom > 0 ? *in[0] : a->value;
	if (out->type == V_NONE)
		*out = a->value;
	if (out->type == V_NONE && a->skip_empty)
		return 0;
	if (fit_cast(&r->fit, a, out) < 0)
		return -1;
	if (a->skip_empty && val_empty(out))
		out->type = V_NONE;
	return 0;
}

/* Append what tells V from other values, without alignment. */
static char *digest_part(char *p, const struct val *v)
{
	uint64_t head = v->type == V_STR ? v->n : (uint64_t)v->i;
	unsigned j;

	for (j = 0; j < 8; j++)
		*p++ = (char)(head >> 8 * j);
	if (v->type != V_STR)
		return p;
	memcpy(p, v->s, v->n);
	return p + v->n;
}

/* A tag that changes with the contact: a hash of its attributes. */
static int make_etag(struct run *r, const struct map_entity *en, struct val *out)
{
	XXH128_canonical_t raw;
	size_t len = 2 * sizeof(raw) + 1;
	char *p, *text;
	unsigned i;

	if (out->n > 0 && r->target.release >= ETAG_KEPT_SINCE)
		return 0;
	*out = val_str("", 0);
	for (i = 0; i < en->n; i++)
		len += 8 + r->made_of[i].n;
	text = arena_add(&r->arena, NULL, len);
	if (text == NULL)
		return -1;
	for (i = 0, p = text; i < en->n; i++)
		p = digest_part(p, &r->made_of[i]);
	XXH128_canonicalFromHash(&raw, XXH3_128bits(text, (size_t)(p - text)));
	hex_text(raw.digest, sizeof(raw.digest), text);
	*out = val_str(text, 2 * sizeof(raw.digest));
	return 0;
}

int entity_make(struct run *r, enum entity_kind kind, const char *uuid, struct err *e)
{
	const struct map_entity *en = &r->map.ent[kind];
	int last = -1;
	unsigned i;

	arena_reset(&r->arena);
	r->notes.n = 0;
	r->made[M_UUID] = val_text(uuid);
	for (i = 0; i < en->n; i++) {
		const struct map_attr *a = &en->attr[i];

		r->made_of[i].type = V_NONE;
		r->made_of[i].n = 0;
		r->made_of[i].i = 0;
		if (a->type == T_REF)
			continue;
		if (make_one(r, a, &r->made_of[i]) < 0)
			return no_memory(e);
		if (a->conv != NULL && a->conv->last)
			last = (int)i;
	}
	if (last >= 0 && make_etag(r, en, &r->made_of[last]) < 0)
		return no_memory(e);
	return 0;
}

static void put_value(struct jsonw *w, const struct val *v)
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

static int put_attrs(struct run *r, const struct map_entity *en, struct jsonw *w, struct err *e)
{
	enum eav_type open = T_TYPES;
	unsigned i;

	for (i = 0; i < en->n; i++) {
		const struct map_attr *a = &en->attr[i];
		struct val *v = &r->made_of[i];

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
			jw_str(w, r->ref[a->ref]);
			continue;
		}
		if (fit_store(&r->fit, a, v) < 0)
			return no_memory(e);
		put_value(w, v);
	}
	if (open != T_TYPES)
		jw_object_end(w);
	return 0;
}

static bool our_own(const char *key, size_t n)
{
	static const char *const own[] = { "kind", "entity", "module", "uuid", "parent" };
	size_t i;

	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (strlen(own[i]) == n && memcmp(own[i], key, n) == 0)
			return true;
	for (i = 0; i < T_TYPES; i++)
		if (strlen(table_names[i]) == n && memcmp(table_names[i], key, n) == 0)
			return true;
	return false;
}

/* Members of the P7 record that nothing is known of come along. */
static void put_extra(struct run *r, const struct map_entity *en, struct jsonw *w)
{
	const struct source *s;
	const struct jval *v;
	unsigned i;

	if (en->from == S_MADE || !r->src[en->from].present)
		return;
	s = &r->src[en->from];
	for (i = 0; i < s->nextra; i++) {
		v = &s->doc.v[s->extra[i]];
		if (our_own(v->key, v->keylen))
			continue;
		jw_key_n(w, v->key, v->keylen);
		jr_write(&s->doc, v, w);
	}
}

/* The source that a note about an attribute names. */
static const struct map_from *note_source(const struct run *r, const struct map_attr *a)
{
	const struct map_from *f = NULL;
	unsigned i;

	for (i = 0; i < a->nfrom; i++) {
		if (a->from[i].kind == S_MADE)
			continue;
		if (f == NULL)
			f = &a->from[i];
		if (r->vals[a->from[i].kind] != NULL &&
		    !val_empty(&r->vals[a->from[i].kind][a->from[i].slot]))
			return &a->from[i];
	}
	return f;
}

static int put_note(struct run *r, const struct note *n, struct err *e)
{
	const struct map_from *f = note_source(r, n->attr);
	struct report_item i = { .reject = n->reject, .code = n->code, .id = -1,
	    .user = r->user.open ? r->user.name : NULL, .field = n->attr->name,
	    .reason = n->reason, .action = n->action };
	struct buf record = BUF_INIT(BUF_RECORD_MAX);
	const struct val *v = NULL;
	struct jsonw w;
	int rc;

	if (f != NULL) {
		run_row(r, f->kind, &i);
		i.field = f->member;
		if (r->vals[f->kind] != NULL)
			v = &r->vals[f->kind][f->slot];
	}
	/* Folders are written when all of an account are known, and their records are gone. */
	if (n->attr->nfrom == 1 && n->attr->from[0].kind == S_MADE &&
	    n->attr->from[0].slot == M_FOLDER_NAME) {
		i.table = r->user.folder_table[0] != '\0' ? r->user.folder_table :
		    r->map.rec[S_SYSTEM_FOLDER].table;
		i.field = "folder_full_name";
		i.id = r->user.row;
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
	rc = record.failed ? no_memory(e) : report_add(&r->report, &i, e);
	buf_free(&record);
	return rc;
}

int entity_write(struct run *r, enum entity_kind kind, const char *uuid, struct err *e)
{
	const struct map_entity *en = &r->map.ent[kind];
	struct jsonw *w = so_begin(&r->out, en->kind);
	unsigned i;

	jw_raw(w, en->head, en->headlen);
	jw_kv_str(w, "uuid", uuid);
	jw_kv_str(w, "parent", en->tenant_parent ? r->ref[REF_TENANT] : "");
	if (put_attrs(r, en, w, e) < 0)
		return -1;
	put_extra(r, en, w);
	if (so_put(&r->out, en->kind, e) < 0)
		return -1;
	for (i = 0; i < r->notes.n; i++)
		if (put_note(r, &r->notes.v[i], e) < 0)
			return -1;
	return 0;
}

int entity_put(struct run *r, enum entity_kind kind, const char *uuid, struct err *e)
{
	return entity_make(r, kind, uuid, e) < 0 ? -1 : entity_write(r, kind, uuid, e);
}
