#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kinds/dav_finish.h"
#include "kinds/dav_names.h"
#include "kinds/dav_sql.h"
#include "target/sql.h"

#define PUBLIC_PRINCIPAL "principals/caldav_public_user@localhost"
#define TENANT_PRINCIPAL "_dav_tenant_user@localhost"
#define SHARES_AT_ONCE 500

struct share {
	int64_t id, calendar, share, readonly;	/* P7's calendar, P8's, P7's row */
	bool has_member;
	char source[UUID_LEN + 1], member[320], owner[320];
};

static int note(struct dav_finish *f, const struct share *s, bool reject, const char *code,
    const char *reason, const char *action, struct err *e)
{
	const char *email = strchr(s->owner, '/');
	struct report_item i = { .reject = reject, .code = code,
	    .user = email != NULL ? email + 1 : NULL, .table = "adav_calendarshares",
	    .id = s->share, .reason = reason, .action = action };

	return f->mv.note(f->mv.arg, &i, e);
}

static int done(struct dav_finish *f, const struct share *s, struct err *e)
{
	return dav_run(f->mv.t, NULL,
	    "UPDATE {p7m_dav_share} SET done=1 WHERE source=? AND share=?",
	    (struct dbval[]){DB_STR(s->source), DB_INT(s->share)}, 2, e);
}

/* Everybody is everybody of the owner's tenant. */
static int64_t owners_tenant(struct dav_finish *f, const struct share *s, struct err *e)
{
	const char *email = strchr(s->owner, '/');
	int64_t tenant = 0;
	struct dav_user u;
	struct dbval v;

	if (email == NULL || dav_find_user(f->mv.t, email + 1, &u, e) < 0)
		return email == NULL ? f->mv.t->tenant : -1;
	v = DB_INT(u.entity);
	if (sql_int(f->mv.t, "SELECT value FROM {eav_attributes_int} WHERE id_entity=? AND"
	    " name='IdTenant'", &v, 1, &tenant, e) < 0)
		return -1;
	return tenant > 0 ? tenant : f->mv.t->tenant;
}

/* The principal P8 knows the sharee by: 1 found, 0 there is none (reported), -1 error. */
static int sharee(struct dav_finish *f, const struct share *s, char *uri, size_t size,
    struct err *e)
{
	size_t n = strlen(s->member), m = strlen(TENANT_PRINCIPAL);
	int64_t tenant;
	struct dav_user u;

	if (!s->has_member)
		return note(f, s, false, "sharee-missing", "the share names a principal that P7 has"
		    " no row for: its user was deleted", "left out", e);
	if (n > m && strcasecmp(s->member + n - m, TENANT_PRINCIPAL) == 0) {
		tenant = owners_tenant(f, s, e);
		snprintf(uri, size, "principals/%" PRId64 TENANT_PRINCIPAL, tenant);
		return tenant < 0 ? -1 : 1;
	}
	if (dav_find_user(f->mv.t, dav_user_of(s->member), &u, e) < 0)
		return -1;
	if (u.entity == 0) {
		f->n.pending++;
		/* A run over some users leaves others for later: the share only waits. */
		return note(f, s, !f->mv.st->present || f->mv.st->all_users, "sharee-not-in-p8",
		    "the calendar is shared with somebody who is not a user of P8", "bring that"
		    " user, and run p7-migrate again (or p8-load --p8 DIR --finish-dav)", e);
	}
	snprintf(uri, size, "principals/%s", u.public_id);
	return 1;
}

void dav_share_uri(const char *source, int64_t calendar, const char *uri,
    char out[UUID_LEN + 1])
{
	char name[400];
	uint8_t ns[16];

	uuid_raw(source, ns);
	snprintf(name, sizeof(name), "share:%" PRId64 ":%s", calendar, uri);
	uuid_v5(ns, name, strlen(name), out);
}

/* The sharee's instance is a copy of the owner's, as P8 itself makes it. */
static int add_instance(struct dav_finish *f, const struct share *s, const char *uri,
    struct err *e)
{
	char uuid[UUID_LEN + 1];

	dav_share_uri(s->source, s->id, uri, uuid);
	return dav_run(f->mv.t, NULL, "INSERT INTO {adav_calendarinstances} (calendarid,"
	    " principaluri, access, displayname, uri, description, calendarorder, calendarcolor,"
	    " timezone, transparent, share_href) SELECT calendarid, ?, ?, displayname, ?,"
	    " description, calendarorder, calendarcolor, timezone, 1, ? FROM"
	    " {adav_calendarinstances} WHERE calendarid=? AND access=1",
	    (struct dbval[]){ DB_STR(uri), DB_INT(s->readonly ? 2 : 3), DB_STR(uuid),
	    DB_STR(uri), DB_INT(s->calendar) }, 5, e);
}

static int shared_with_owner(struct dav_finish *f, const struct share *s, struct err *e)
{
	return note(f, s, false, "shared-with-owner", "the calendar is shared with its own owner",
	    "the share was left out", e);
}

static int share_with(struct dav_finish *f, const struct share *s, const char *uri,
    struct err *e)
{
	struct dbq q;
	int64_t access = 0;
	int rc;

	if (strlen(uri) > DAV_PRINCIPAL_MAX)
		return note(f, s, true, "principal-too-long", "P8's calendars take principals of "
		    "at most 100 bytes", "take the one it is shared with back (p8-load --p8 DIR"
		    " --undo EMAIL), give them a shorter e-mail address in P7, and run again", e);
	if (dav_prepare(&q, f->mv.t, NULL, "SELECT access FROM {adav_calendarinstances} WHERE"
	    " calendarid=? AND principaluri=?", e) < 0)
		return -1;
	rc = dbq_run(&q, (struct dbval[]){ DB_INT(s->calendar), DB_STR(uri) }, 2, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1) {
		access = dbq_int(&q, 0);
		rc = 0;
	}
	dbq_close(&q);
	if (rc < 0)
		return -1;
	if (access == 1)
		return shared_with_owner(f, s, e);
	if (access == 0) {
		f->n.shares++;
		return add_instance(f, s, uri, e);
	}
	if (access == 2 && !s->readonly)
		return dav_run(f->mv.t, NULL, "UPDATE {adav_calendarinstances} SET access=3 WHERE"
		    " calendarid=? AND principaluri=?",
		    (struct dbval[]){ DB_INT(s->calendar), DB_STR(uri) }, 2, e);
	return 0;
}

static int one_share(struct dav_finish *f, void *arg, struct err *e)
{
	const struct share *s = arg;
	uint64_t pending = f->n.pending;
	char uri[400];
	int rc;

	if (s->has_member && strcasecmp(s->member, PUBLIC_PRINCIPAL) == 0) {
		f->n.published++;
		rc = dav_run(f->mv.t, NULL, "UPDATE {adav_calendarinstances} SET public=1 WHERE"
		    " calendarid=? AND access=1", &DB_INT(s->calendar), 1, e);
	} else if (s->has_member && strcasecmp(s->member, s->owner) == 0) {
		/* He may be no user of P8. */
		rc = shared_with_owner(f, s, e);
	} else {
		rc = sharee(f, s, uri, sizeof(uri), e);
		if (rc == 1)
			rc = share_with(f, s, uri, e);
	}
	return rc < 0 || f->n.pending > pending ? rc : done(f, s, e);
}

/* Up to SHARES_AT_ONCE shares of P8's calendars behind (SOURCE, SHARE); their number or -1. */
static int next_shares(struct dav_finish *f, const char *source, int64_t share, struct share *v,
    struct err *e)
{
	struct dbq q;
	int rc, n = 0;

	if (dav_prepare(&q, f->mv.t, NULL, "SELECT s.source, s.id, s.share, s.member_uri,"
	    " s.readonly, m.calendarid, i.principaluri FROM {p7m_dav_share} s JOIN"
	    " {p7m_dav_calendar} m ON m.source=s.source AND m.id=s.id JOIN"
	    " {adav_calendarinstances} i ON i.calendarid=m.calendarid AND i.access=1"
	    " WHERE s.done=0 AND (s.source>? OR s.source=? AND s.share>?)"
	    " ORDER BY s.source, s.share LIMIT 500", e) < 0)
		return -1;
	rc = dbq_run(&q, (struct dbval[]){ DB_STR(source), DB_STR(source), DB_INT(share) }, 3, e);
	while (rc == 0 && n < SHARES_AT_ONCE && (rc = dbq_next(&q, e)) == 1) {
		snprintf(v[n].source, sizeof(v[n].source), "%s", dbq_str(&q, 0));
		v[n].id = dbq_int(&q, 1);
		v[n].share = dbq_int(&q, 2);
		v[n].has_member = q.col[3].p != NULL;
		snprintf(v[n].member, sizeof(v[n].member), "%s", dbq_str(&q, 3));
		v[n].readonly = dbq_int(&q, 4) != 0;
		v[n].calendar = dbq_int(&q, 5);
		snprintf(v[n].owner, sizeof(v[n].owner), "%s", dbq_str(&q, 6));
		n++;
		rc = 0;
	}
	dbq_close(&q);
	return rc < 0 ? -1 : n;
}

int dav_finish_shares(struct dav_finish *f, struct err *e)
{
	struct share *v = malloc(SHARES_AT_ONCE * sizeof(*v));
	char source[UUID_LEN + 1] = "";
	int64_t share = -1;
	int n, i, rc = 0;

	if (v == NULL)
		return err_set(e, EXIT_TEMPORARY, "out of memory");
	while (rc == 0 && (n = next_shares(f, source, share, v, e)) != 0) {
		rc = n < 0 ? -1 : 0;
		for (i = 0; rc == 0 && i < n; i++)
			rc = dav_transaction(f, one_share, &v[i], e);
		if (rc == 0) {
			strcpy(source, v[n - 1].source);
			share = v[n - 1].share;
		}
	}
	free(v);
	return rc;
}
