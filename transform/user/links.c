#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "user/user.h"

/* What a user has besides the accounts: the second factor, safe senders, public links. */

/* P8 asks for the second factor of a user, P7 for that of an account: the one that logs in. */
int two_factor_record(struct user *u, struct err *e)
{
	const struct jdoc *d = &u->m->f->in.doc;
	struct report_item i = { .code = "not-carried", .table = "twofa_accounts",
	    .id = jr_int(d, NULL, "id", -1),
	    .action = "the user logs in to P8 with the password alone; they set it up again"
		" there" };
	const char *reason = NULL;

	if (u->m->vals[S_TWO_FACTOR] != NULL)
		reason = "the user has two secrets for two-factor login, this is the second";
	else if (jr_int(d, NULL, "account_id", -1) != u->id_acct)
		reason = "a secret for two-factor login is not the default account's";
	else if (strcmp(jr_str(d, NULL, "auth_type", ""), "google") != 0 ||
	    jr_int(d, NULL, "data_type", 1) != 1)
		reason = "P8 knows two-factor login by time-based codes only";
	else if (!target_has(&u->m->target, "TwoFactorAuth"))
		reason = "P8 has no module TwoFactorAuth";
	if (reason == NULL)
		return maker_take(u->m, S_TWO_FACTOR, e);
	i.reason = reason;
	return filter_report(u->m->f, i, NULL, e);
}

int sender_record(struct user *u, struct err *e)
{
	const struct jdoc *d = &u->m->f->in.doc;

	/* Others are no different from senders that P7 knows nothing of; p7-extract counts them. */
	if (jr_int(d, NULL, "safety", 1) != 1 || jr_str(d, NULL, "email", "")[0] == '\0')
		return 0;
	return entity_of_record(u->m, S_SENDER, E_SENDER, "sender", "id", e);
}

/* The storage a link leads to; P7 before 7.5 had numbers.  NULL: P8 has none like it. */
static const char *storage(const struct jdoc *d)
{
	const struct jval *v = jr_get(d, NULL, "Type");
	int64_t n = v != NULL && v->type == J_INT ? v->i : -1;
	const char *s = jr_str(d, NULL, "Type", "");

	if (n == 0 || strcmp(s, "personal") == 0 || strcmp(s, "0") == 0)
		return "personal";
	return n == 1 || strcmp(s, "corporate") == 0 || strcmp(s, "1") == 0 ? "corporate" : NULL;
}

static void put_text(struct buf *b, const char *key, const char *s, size_t n)
{
	buf_addf(b, ",\"%s\":", key);
	php_json_text(b, s, n);
}

/* P8's name of a link: of the user, the storage and the place. */
static void link_id(const struct val *email, const char *type, const char *path, const char *name,
    char id[33])
{
	struct buf b = BUF_INIT(BUF_RECORD_MAX);

	buf_add(&b, email->s, email->n);
	buf_addf(&b, "|%s|%s|%s", type, path, name);
	md5_hex(b.data, b.len, id);
	buf_free(&b);
}

/* The data of the link as P8 writes it. */
static void link_data(struct user *u, const struct jdoc *d, const char *type, const char *id,
    struct buf *b)
{
	struct val email = conv_trim(&u->m->made[M_EMAIL]);
	const char *path = jr_str(d, NULL, "Path", ""), *name = jr_str(d, NULL, "Name", "");
	const char *hash = jr_str(&u->m->f->in.doc, NULL, "hash", "");

	buf_adds(b, "{\"UserId\":");
	php_json_text(b, email.s, email.n);
	put_text(b, "Type", type, strlen(type));
	put_text(b, "Path", path, strlen(path));
	put_text(b, "Name", name, strlen(name));
	buf_addf(b, ",\"Size\":%lld,\"IsFolder\":%s", (long long)jr_int(d, NULL, "Size", 0),
	    jr_bool(d, NULL, "IsFolder", false) ? "true" : "false");
	put_text(b, "__hash_id__", id, strlen(id));
	put_text(b, "__hash__", hash, strlen(hash));
	buf_addf(b, ",\"__time__\":%lld,\"__time_update__\":%lld}",
	    (long long)jr_int(d, NULL, "__time__", 0),
	    (long long)jr_int(d, NULL, "__time_update__", 0));
}

static int put_link(struct user *u, const struct jdoc *d, const char *type, struct err *e)
{
	struct val email = conv_trim(&u->m->made[M_EMAIL]);
	const char *path = jr_str(d, NULL, "Path", ""), *name = jr_str(d, NULL, "Name", "");
	struct buf data = BUF_INIT(BUF_RECORD_MAX), place = BUF_INIT(BUF_RECORD_MAX);
	char id[33], key[33];
	struct jsonw *w;
	int rc;

	link_id(&email, type, path, name, id);
	link_data(u, d, type, id, &data);
	md5_hex(id, 32, key);
	buf_addf(&place, "%s%s/%s", type, path, name);
	w = so_begin(&u->m->f->out, "PUBLIC_LINK");
	jw_kv_str(w, "hash_id", key);
	jw_kv_str(w, "hash", jr_str(&u->m->f->in.doc, NULL, "hash", ""));
	jw_key(w, "place");
	jw_str_n(w, place.data, place.len);
	jw_key(w, "data");
	jw_str_n(w, data.data, data.len);
	rc = data.failed || place.failed ? err_memory(e) :
	    so_put(&u->m->f->out, "PUBLIC_LINK", e);
	buf_free(&data);
	buf_free(&place);
	return rc;
}

/* A link that P8 does not get; it has no number, so its record says which it is. */
static int lose_link(struct user *u, bool reject, const char *code, const char *reason,
    const char *action, struct err *e)
{
	struct report_item i = { .reject = reject, .code = code,
	    .table = "awm_min", .id = -1, .field = "data", .reason = reason, .action = action,
	    .record = u->m->f->in.line, .record_len = u->m->f->in.len };

	return filter_report(u->m->f, i, NULL, e);
}

int link_record(struct user *u, struct err *e)
{
	static const char left[] = "left in P7: the public link does not work in P8";
	const char *data = jr_str(&u->m->f->in.doc, NULL, "data", "");
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct err ignored = { .msg = "" };
	const char *type;
	int rc;

	if (!target_has(&u->m->target, "Min") || !target_has(&u->m->target, "Files"))
		return lose_link(u, false, "not-carried",
		    "P8 has no module Min, which keeps links", left, e);
	buf_adds(&text, data);
	if (text.failed)
		return err_memory(e);
	if (text.len == 0 || jr_parse(&u->m->conv.json, text.data, text.len, &ignored) < 0 ||
	    u->m->conv.json.v[0].type != J_OBJECT)
		rc = lose_link(u, true, "link-unreadable",
		    "the data of the public link is not JSON that P7 can read either",
		    "share the file again in P8", e);
	else if ((type = storage(&u->m->conv.json)) == NULL)
		rc = lose_link(u, false, "not-carried", "P8 has no such storage of files", left,
		    e);
	else
		rc = put_link(u, &u->m->conv.json, type, e);
	buf_free(&text);
	return rc;
}
