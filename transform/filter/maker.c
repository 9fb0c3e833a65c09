#include <string.h>

#include "filter/entity.h"

#define SIEVE_PORT 2000		/* where P7's configuration does not say it */

void maker_open(struct maker *m, struct filter *f)
{
	m->f = f;
	m->conv.sieve.port = SIEVE_PORT;
	m->made[M_SIEVE_PORT] = val_int(SIEVE_PORT);
	m->vals[S_MADE] = m->made;
	m->ref[REF_TENANT] = "@tenant";
	m->ref[REF_CHANNEL] = "@channel";
}

void maker_free(struct maker *m)
{
	unsigned i;

	for (i = 0; i < S_MADE; i++)
		source_free(&m->src[i]);
	jr_free(&m->conv.json);
	arena_free(&m->conv.arena);
	mapping_free(&m->map);
	target_free(&m->target);
	corrected_free(&m->corrected);
}

/* Addresses and logins of mail accounts that are a user's old name become the new one. */
static void rename_values(struct maker *m, enum source_kind kind)
{
	static const struct {
		enum source_kind kind;
		const char *member;
	} t[] = {
		{ S_ACCOUNT, "email" }, { S_ACCOUNT, "mail_inc_login" },
		{ S_ACCOUNT, "mail_out_login" }, { S_IDENTITY, "email" },
		{ S_USER_CONTACT, "h_email" }, { S_USER_CONTACT, "b_email" },
		{ S_USER_CONTACT, "other_email" },
	};
	const char *to;
	struct val *v;
	size_t i;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		v = t[i].kind == kind ? source_member(&m->src[kind], &m->map.rec[kind],
		    t[i].member) : NULL;
		to = v != NULL && v->type == V_STR ? rename_of(&m->f->rename, v->s, v->n) : NULL;
		if (to != NULL)
			*v = val_text(to);
	}
}

int maker_take(struct maker *m, enum source_kind kind, struct err *e)
{
	if (source_take(&m->src[kind], &m->map.rec[kind], &m->f->in, e) < 0 ||
	    corrected_apply(&m->corrected, &m->map.rec[kind], &m->src[kind], e) < 0)
		return -1;
	m->vals[kind] = m->src[kind].v;
	if (m->f->rename.accounts)
		rename_values(m, kind);
	return 0;
}

void maker_drop(struct maker *m, enum source_kind kind)
{
	m->src[kind].present = false;
	m->vals[kind] = NULL;
}

void maker_row(const struct maker *m, enum source_kind kind, struct report_item *i)
{
	const struct map_record *rec = &m->map.rec[kind];

	i->table = rec->table;
	if (m->vals[kind] == NULL || rec->key_slot < 0)
		return;
	i->id = val_as_int(&m->vals[kind][rec->key_slot]);
	if (kind == S_CONTACT && i->id < 0) {
		i->table = "adav_cards";
		i->id = -i->id;
	}
}

int maker_report(struct maker *m, enum source_kind kind, bool reject, const char *code,
    const char *reason, const char *action, struct err *e)
{
	struct report_item i = { .reject = reject, .code = code, .id = -1, .reason = reason,
	    .action = action };

	maker_row(m, kind, &i);
	return filter_report(m->f, i, reject && m->src[kind].present ? &m->src[kind].doc : NULL,
	    e);
}
