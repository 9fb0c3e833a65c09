#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "count.h"
#include "kinds/dav_sql.h"
#include "run/load.h"
#include "base/names.h"
#include "kinds/nodav.h"
#include "run/note.h"
#include "base/print.h"

#define TOOL "p8-load"

static const char *const kinds[3] = { "CALENDAR", "CALENDAR_OBJECT", "REMINDER" };

int dav_open(struct load *l, struct err *e)
{
	struct dav_stage *st = &l->dav.st;

	if (dav_stage_find(l->t, st, e) < 0)
		return -1;
	if (!st->present || l->o->dry_run)
		return 0;
	if (!st->whole)
		return err_set(
		    e, EXIT_CONFIG,
		    "calendars were staged only in part; stage them again"
		    " with p8-load --stage-dav, or drop them with p8-load --drop-dav-stage");
	if (strcmp(st->source, l->source) != 0)
		return err_set(
		    e, EXIT_CONFIG,
		    "the staged calendars are of another P7 (source %s, "
		    "this stream is of %s); finish that migration first, or stage again",
		    st->source, l->source);
	return dav_stage_ready(l->t, st, e);
}

/* Notes go with the unit, so that they are written and published as its others are. */
static int note(void *arg, const struct report_item *i, struct err *e)
{
	struct load *l = arg;

	if (note_item(l, *i, e) < 0)
		return -1;
	l->dav.noted++;
	return 0;
}

void dav_forget(struct load *l)
{
	l->unit.notes.n -= l->dav.noted;
	l->dav.noted = 0;
}

int dav_user(struct load *l, struct sums *sums, struct err *e)
{
	char uri[USER_EMAIL_MAX + sizeof(PRINCIPAL_PREFIX)];
	struct dav_owner o = { .principal = uri, .uri = uri, .email = l->user.public_id };
	struct dav_move mv = { l->t, &l->dav.st, note, l };
	struct dav_moved m;
	uint64_t n[3], hash[3];
	int i, k;

	dav_forget(l);
	if (!l->dav.st.present)
		return 0;
	snprintf(uri, sizeof(uri), PRINCIPAL_PREFIX "%s", l->user.public_id);
	if (dav_move_owner(&mv, &o, &m, e) < 0)
		return -1;
	memcpy(n, (uint64_t[]){ m.calendars, m.objects, m.reminders }, sizeof(n));
	memcpy(hash, (uint64_t[]){ m.calendar_hash, m.object_hash, m.reminder_hash },
	    sizeof(hash));
	for (i = 0; i < 3; i++) {
		k = load_kind(l, kinds[i], e);
		if (k < 0)
			return -1;
		sums->k[k].things += n[i];
		sums->k[k].rows += n[i];
		sums->k[k].hash += hash[i];
	}
	return 0;
}

int dav_has_ledger(struct target *t, struct err *e)
{
	char table[TARGET_PREFIX_MAX + 32];

	snprintf(table, sizeof(table), "%sp7m_dav_calendar", t->prefix);
	return db_has_table(&t->db, table, e);
}

int dav_remove_owner(struct target *t, const char *public_id, struct err *e)
{
	/* The calendars of the owner first; the map says which of P8's are ours. */
	static const char *const owned[] = {
		"DELETE o FROM {adav_calendarobjects} o JOIN {adav_calendarinstances} i ON"
		" i.calendarid=o.calendarid AND i.access=1 JOIN {p7m_dav_calendar} m ON"
		" m.calendarid=i.calendarid WHERE i.principaluri=?",
		"DELETE o FROM {adav_calendarchanges} o JOIN {adav_calendarinstances} i ON"
		" i.calendarid=o.calendarid AND i.access=1 JOIN {p7m_dav_calendar} m ON"
		" m.calendarid=i.calendarid WHERE i.principaluri=?",
		"DELETE c FROM {adav_calendars} c JOIN {adav_calendarinstances} i ON"
		" i.calendarid=c.id AND i.access=1 JOIN {p7m_dav_calendar} m ON"
		" m.calendarid=i.calendarid WHERE i.principaluri=?",
		"UPDATE {p7m_dav_share} s JOIN {p7m_dav_calendar} m ON m.source=s.source AND"
		" m.id=s.id JOIN {adav_calendarinstances} i ON i.calendarid=m.calendarid"
		" SET s.done=0 WHERE i.principaluri=?",
		"DELETE x FROM {adav_calendarinstances} x JOIN {adav_calendarinstances} i ON"
		" i.calendarid=x.calendarid AND i.access=1 JOIN {p7m_dav_calendar} m ON"
		" m.calendarid=i.calendarid WHERE i.principaluri=? AND x.access IN (2,3)",
		("DELETE i FROM {adav_calendarinstances} i JOIN {p7m_dav_calendar} m"
		 " USING (calendarid) WHERE i.principaluri=?"),
	};
	char uri[USER_EMAIL_MAX + sizeof(PRINCIPAL_PREFIX)];
	size_t i;

	if (t->no_dav)
		return 0;
	snprintf(uri, sizeof(uri), PRINCIPAL_PREFIX "%s", public_id);
	for (i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
		if (dav_run(t, NULL, owned[i], &DB_STR(uri), 1, e) < 0)
			return -1;
	if (dav_run(t, NULL, "UPDATE {p7m_dav_calendar} m LEFT JOIN {adav_calendars} c ON"
	    " c.id=m.calendarid SET m.calendarid=NULL WHERE m.principal IN (?,?) AND"
	    " c.id IS NULL", (struct dbval[]){ DB_STR(uri), DB_STR(public_id) }, 2, e) < 0)
		return -1;
	/* Calendars that are left are not ours, nor are their reminders. */
	return dav_run(t, NULL, "DELETE r FROM {adav_reminders} r LEFT JOIN"
	    " {adav_calendarinstances} i ON i.principaluri=? AND i.uri=CAST(r.calendaruri AS"
	    " BINARY) WHERE i.id IS NULL AND r.user={:davtext}",
	    (struct dbval[]){ DB_STR(uri), DB_STR(public_id) }, 2, e);
}

/* A load without a stream: what notes and the ledger need. */
static struct load *open_bare(struct target *t, const struct load_opts *o, struct err *e)
{
	struct load *l = calloc(1, sizeof(*l));

	if (l == NULL) {
		err_set(e, EXIT_TEMPORARY, "out of memory");
		return NULL;
	}
	l->o = o;
	l->t = t;
	l->user.stage.f.fd = l->user.stage.f.dir = -1;
	sql_open(&l->sql, t);
	if (report_open(&l->maker, TOOL, NULL, e) < 0 ||
	    report_open(&l->rejects, TOOL, o->rejects, e) < 0 ||
	    (!o->dry_run && (ledger_create(t, e) < 0 || dav_tables_create(t, e) < 0))) {
		free(l);
		return NULL;
	}
	return l;
}

static int close_bare(struct load *l, int rc, struct err *e)
{
	struct err ignored;

	sql_close(&l->sql);
	unit_free(&l->unit);
	report_close(&l->maker, &ignored);
	rc = report_end(&l->rejects, rc, e);
	free(l);
	return rc;
}

int dav_stage_run(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e)
{
	struct dav_stage_opts so = { o->input, o->dav_prefix, o->edited, o->itemize,
	    o->dry_run, o->progress };
	struct load *l = open_bare(t, o, e);
	struct dav_stage st;
	uint64_t rejects;
	int rc;

	if (l == NULL)
		return -1;
	if (t->no_dav) {
		rc = nodav_reject_calendars(l, e);
		*status = l->counts.own_rejects + l->counts.stream_rejects > 0 ? EXIT_REJECTS :
		    EXIT_BALANCED;
		return close_bare(l, rc, e);
	}
	rc = dav_stage_load(t, &so, &l->rejects, e);
	rejects = l->rejects.rejects;
	if (rc == 0)
		rc = dav_stage_find(t, &st, e);
	if (rc == 0 && !o->quiet && !o->dry_run)
		complain("p8-load: calendars are staged in %s*, names as %s%s\n", st.prefix,
		    t->dav_text == DAV_TEXT_SERVER ? "P8 reads them on this server" : "UTF-8",
		    t->dav_text_assumed ? " (see --dav-text)" : "");
	*status = rejects > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	return close_bare(l, rc, e);
}

/* In the finishing run a note is stored at once: it belongs to the open transaction. */
static int finish_note(void *arg, const struct report_item *i, struct err *e)
{
	struct load *l = arg;
	struct ledger_note n = { .reject = i->reject, .email = i->user };

	if (note_item(l, *i, e) < 0)
		return -1;
	n.line = l->maker.line.data;
	n.n = l->maker.line.len;
	return ledger_note(&l->sql, &n, e);
}

static int finish_moved(void *arg, const char *public_id, const struct dav_moved *m,
    struct err *e)
{
	struct load *l = arg;
	const struct { uint64_t n, hash; } k[3] = { { m->calendars, m->calendar_hash },
	    { m->objects, m->object_hash }, { m->reminders, m->reminder_hash } };
	char hash[24];
	int i;

	for (i = 0; i < 3; i++) {
		snprintf(hash, sizeof(hash), "%" PRIu64, k[i].hash);
		if (dav_run(l->t, NULL, "DELETE k FROM {p7m_kinds} k JOIN {p7m_users} u ON"
		    " u.id=k.user_id WHERE u.public_id=? AND k.kind=?",
		    (struct dbval[]){ DB_STR(public_id), DB_STR(kinds[i]) }, 2, e) < 0)
			return -1;
		if (k[i].n > 0 && dav_run(l->t, NULL, "INSERT INTO {p7m_kinds} (user_id, kind,"
		    " things, value_rows, hash) SELECT id, ?, ?, ?, ? FROM {p7m_users} WHERE"
		    " public_id=?", (struct dbval[]){ DB_STR(kinds[i]), DB_INT((int64_t)k[i].n),
		    DB_INT((int64_t)k[i].n), DB_STR(hash), DB_STR(public_id) }, 5, e) < 0)
			return -1;
	}
	return 0;
}

static int finish_ended(void *arg, bool committed, struct err *e)
{
	struct load *l = arg;

	if (committed && note_publish(l, e) < 0)
		return -1;
	unit_reset(&l->unit);
	return 0;
}

/* Users who were loaded without calendars have them now: all, or those that the stage names. */
static int mark_owners(struct load *l, struct err *e)
{
	struct dav_stage *st = &l->dav.st;

	return dav_run(l->t, st, st->all_users ?
	    "UPDATE {p7m_users} SET calendars=1 WHERE state='done' AND source=?" :
	    "UPDATE {p7m_users} u JOIN (SELECT DISTINCT LOWER(SUBSTRING(uri,12)) AS email FROM"
	    " [principals]) p ON p.email=LOWER(u.email) SET u.calendars=1"
	    " WHERE u.state='done' AND u.source=?", &DB_STR(st->source), 1, e);
}

static int finish(struct load *l, struct dav_finish *f, struct err *e)
{
	/* What waited is looked at again, so that only what still waits is reported. */
	if (dav_stage_find(l->t, &l->dav.st, e) < 0 ||
	    dav_run(l->t, NULL, "DELETE FROM {p7m_rejects} WHERE stage='" TOOL "' AND code IN"
	    " ('sharee-not-in-p8','calendars-without-user',"
	    " 'reminders-without-calendar')", NULL, 0, e) < 0)
		return -1;
	if (l->dav.st.present && (dav_stage_ready(l->t, &l->dav.st, e) < 0 ||
	    dav_finish_owners(f, e) < 0 || dav_finish_reminders(f, e) < 0))
		return -1;
	if (dav_finish_shares(f, e) < 0 || (l->dav.st.present && mark_owners(l, e) < 0))
		return -1;
	return dav_stage_drop(l->t, e);
}

int dav_finish_run(struct target *t, const struct load_opts *o, enum exitcode *status,
    struct err *e)
{
	struct load *l = open_bare(t, o, e);
	struct dav_finish f = { .moved = finish_moved, .ended = finish_ended };
	int rc;

	if (l == NULL)
		return -1;
	f.mv = (struct dav_move){ t, &l->dav.st, finish_note, l };
	rc = t->no_dav ? 0 : finish(l, &f, e);
	if (rc == 0 && !o->quiet && !t->no_dav)
		complain("p8-load: calendars of %s moved, %s made, %s made public, %s"
		    " %s sharee\n", COUNT(f.n.owners, "more owner"),
		    COUNT(f.n.shares, "share"), COUNT(f.n.published, "calendar"),
		    COUNT(f.n.pending, "share"),
		    f.n.pending == 1 ? "waits for its" : "wait for their");
	*status = l->counts.own_rejects > 0 ? EXIT_REJECTS : EXIT_BALANCED;
	return close_bare(l, rc, e);
}
