#include <stdio.h>
#include <string.h>

#include "digest.h"
#include "run.h"

/* What a user has beside his accounts: the second factor, safe senders, public links. */

/* P8 asks for the second factor of a user, P7 for that of an account: the one that logs in. */
int two_factor_record(struct run *r, struct err *e)
{
	const struct jdoc *d = &r->in.doc;
	struct report_item i = { .code = "not-carried", .user = r->user.name,
	    .table = "twofa_accounts", .id = jr_int(d, NULL, "id", -1),
	    .action = "the user logs in to P8 with the password alone; they set it up again"
		" there" };
	const char *reason = NULL;

	if (r->vals[S_TWO_FACTOR] != NULL)
		reason = "the user has two secrets for two-factor login, this is the second";
	else if (jr_int(d, NULL, "account_id", -1) != r->user.id_acct)
		reason = "a secret for two-factor login is not the default account's";
	else if (strcmp(jr_str(d, NULL, "auth_type", ""), "google") != 0 ||
	    jr_int(d, NULL, "data_type", 1) != 1)
		reason = "P8 knows two-factor login by time-based codes only";
	else if (!target_has(&r->target, "TwoFactorAuth"))
		reason = "P8 has no module TwoFactorAuth";
	if (reason == NULL)
		return run_take(r, S_TWO_FACTOR, e);
	i.reason = reason;
	return report_add(&r->report, &i, e);
}

int sender_record(struct run *r, struct err *e)
{
	char uuid[UUID_LEN + 1];
	int rc;

	/* Others are no different from senders that P7 knows nothing of; p7-extract counts them. */
	if (jr_int(&r->in.doc, NULL, "safety", 1) != 1 ||
	    jr_str(&r->in.doc, NULL, "email", "")[0] == '\0')
		return 0;
	if (run_take(r, S_SENDER, e) < 0)
		return -1;
	run_uuid(r, uuid, "sender:%lld",
	    (long long)jr_int(&r->src[S_SENDER].doc, NULL, "id", -1));
	rc = entity_put(r, E_SENDER, uuid, e);
	run_drop(r, S_SENDER);
	return rc;
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
static void link_data(struct run *r, const struct jdoc *d, const char *type, const char *id,
    struct buf *b)
{
	struct val email = conv_trim(&r->made[M_EMAIL]);
	const char *path = jr_str(d, NULL, "Path", ""), *name = jr_str(d, NULL, "Name", "");
	const char *hash = jr_str(&r->in.doc, NULL, "hash", "");

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

static int put_link(struct run *r, const struct jdoc *d, const char *type, struct err *e)
{
	struct val email = conv_trim(&r->made[M_EMAIL]);
	const char *path = jr_str(d, NULL, "Path", ""), *name = jr_str(d, NULL, "Name", "");
	struct buf data = BUF_INIT(BUF_RECORD_MAX), place = BUF_INIT(BUF_RECORD_MAX);
	char id[33], key[33];
	struct jsonw *w;
	int rc;

	link_id(&email, type, path, name, id);
	link_data(r, d, type, id, &data);
	md5_hex(id, 32, key);
	buf_addf(&place, "%s%s/%s", type, path, name);
	w = so_begin(&r->out, "PUBLIC_LINK");
	jw_kv_str(w, "hash_id", key);
	jw_kv_str(w, "hash", jr_str(&r->in.doc, NULL, "hash", ""));
	jw_key(w, "place");
	jw_str_n(w, place.data, place.len);
	jw_key(w, "data");
	jw_str_n(w, data.data, data.len);
	rc = data.failed || place.failed ? err_set(e, EXIT_TEMPORARY, "out of memory") :
	    so_put(&r->out, "PUBLIC_LINK", e);
	buf_free(&data);
	buf_free(&place);
	return rc;
}

/* A link that P8 does not get; it has no number, so its record says which it is. */
static int lose_link(struct run *r, bool reject, const char *code, const char *reason,
    const char *action, struct err *e)
{
	struct report_item i = { .reject = reject, .code = code, .user = r->user.name,
	    .table = "awm_min", .id = -1, .field = "data", .reason = reason, .action = action,
	    .record = r->in.line, .record_len = r->in.len };

	return report_add(&r->report, &i, e);
}

int link_record(struct run *r, struct err *e)
{
	static const char left[] = "left in P7: the public link does not work in P8";
	const char *data = jr_str(&r->in.doc, NULL, "data", "");
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct err ignored = { .msg = "" };
	const char *type;
	int rc;

	if (!target_has(&r->target, "Min") || !target_has(&r->target, "Files"))
		return lose_link(r, false, "not-carried",
		    "P8 has no module Min, which keeps links", left, e);
	buf_adds(&text, data);
	if (text.failed)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	if (text.len == 0 || jr_parse(&r->conv.json, text.data, text.len, &ignored) < 0 ||
	    r->conv.json.v[0].type != J_OBJECT)
		rc = lose_link(r, true, "link-unreadable",
		    "the data of the public link is not JSON that P7 can read either",
		    "share the file again in P8", e);
	else if ((type = storage(&r->conv.json)) == NULL)
		rc = lose_link(r, false, "not-carried", "P8 has no such storage of files", left,
		    e);
	else
		rc = put_link(r, &r->conv.json, type, e);
	buf_free(&text);
	return rc;
}
