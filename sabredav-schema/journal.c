#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "journal.h"
#include "sql.h"

static const char *const states[] = { "", "planned", "started", "done" };

static struct entry *entry_new(struct journal *j, const char *step, const char *action,
    struct err *e)
{
	struct entry *en;

	if (GROW(j->v, j->n, j->size, e) < 0)
		return NULL;
	en = &j->v[j->n++];
	memset(en, 0, sizeof(*en));
	snprintf(en->step, sizeof(en->step), "%s", step);
	snprintf(en->action, sizeof(en->action), "%s", action);
	return en;
}

static int read_entry(struct journal *j, struct dbq *q, struct err *e)
{
	struct entry *en = entry_new(j, dbq_str(q, 0), dbq_str(q, 1), e);
	enum state s;

	if (en == NULL)
		return -1;
	for (s = STATE_PLANNED; s <= STATE_DONE; s++)
		if (strcmp(dbq_str(q, 2), states[s]) == 0)
			en->state = s;
	en->position = dbq_int(q, 3);
	en->rows_seen = dbq_int(q, 4);
	en->rows_off = dbq_int(q, 5);
	return 0;
}

int journal_load(struct journal *j, struct db *db, const char *prefix, struct err *e)
{
	struct dbq q;
	int rc;

	memset(j, 0, sizeof(*j));
	j->db = db;
	snprintf(j->name, sizeof(j->name), "%sdsu_journal", prefix);
	rc = db_has_table(db, j->name, e);
	if (rc <= 0)
		return rc;
	j->exists = true;
	if (sql_prepare(&q, db, "", e, "SELECT step, action, state, position, rows_seen, rows_off"
	    " FROM %I ORDER BY seq", j->name) < 0)
		return err_prefix(e, "the journal");
	rc = dbq_run(&q, NULL, 0, e);
	while (rc >= 0 && (rc = dbq_next(&q, e)) == 1)
		if (read_entry(j, &q, e) < 0) {
			rc = -1;
			break;
		}
	dbq_close(&q);
	return rc;
}

void journal_free(struct journal *j)
{
	free(j->v);
	j->v = NULL;
	j->n = 0;
}

int journal_create(struct journal *j, struct err *e)
{
	int rc;

	if (j->exists)
		return 0;
	rc = sql_run(j->db, "", NULL, 0, e, "CREATE TABLE IF NOT EXISTS %I (seq INT UNSIGNED NOT"
	    " NULL AUTO_INCREMENT, step VARCHAR(8) NOT NULL, action VARCHAR(%d) NOT NULL,"
	    " state ENUM('planned','started','done') NOT NULL, position BIGINT NOT NULL DEFAULT 0,"
	    " rows_seen BIGINT NOT NULL DEFAULT 0, rows_off BIGINT NOT NULL DEFAULT 0,"
	    " planned_at DATETIME NULL, started_at DATETIME NULL, done_at DATETIME NULL,"
	    " statement MEDIUMTEXT, PRIMARY KEY (seq), UNIQUE KEY step_action (step, action))"
	    " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
	    j->name, ACTION_SIZE);
	j->exists = rc == 0;
	return rc;
}

struct entry *journal_find(const struct journal *j, const char *step, const char *action)
{
	unsigned i;

	for (i = 0; i < j->n; i++)
		if (strcmp(j->v[i].step, step) == 0 && strcmp(j->v[i].action, action) == 0)
			return &j->v[i];
	return NULL;
}

enum state journal_state(const struct journal *j, const char *step, const char *action)
{
	const struct entry *en = journal_find(j, step, action);

	return en != NULL ? en->state : STATE_NONE;
}

bool journal_interrupted(const struct journal *j)
{
	unsigned i;

	for (i = 0; i < j->n; i++)
		if (j->v[i].state != STATE_DONE)
			return true;
	return false;
}

int journal_plan(struct journal *j, const char *step, const char *action, const char *sql,
    bool keep, struct err *e)
{
	struct dbval v[] = { DB_STR(step), DB_STR(action), DB_STR(sql), DB_INT(0), DB_STR(sql),
	    DB_INT(0) };
	struct entry *en = journal_find(j, step, action);

	if (en == NULL && (en = entry_new(j, step, action, e)) == NULL)
		return -1;
	if (!keep || en->state == STATE_DONE)
		en->position = en->rows_seen = en->rows_off = 0;
	en->state = STATE_PLANNED;
	v[3].i = en->position;
	v[5].i = en->position;
	return sql_run(j->db, "", v, 6, e, "INSERT INTO %I (step, action, state, statement,"
	    " position, planned_at) VALUES (?, ?, 'planned', ?, ?, UTC_TIMESTAMP()) ON DUPLICATE"
	    " KEY UPDATE state='planned', statement=?, position=?, started_at=NULL, done_at=NULL,"
	    " planned_at=UTC_TIMESTAMP()", j->name);
}

int journal_set(struct journal *j, struct entry *en, enum state state, struct err *e)
{
	struct dbval v[] = { DB_STR(states[state]), DB_INT(en->rows_seen), DB_INT(en->rows_off),
	    DB_STR(en->step), DB_STR(en->action) };

	en->state = state;
	return sql_run(j->db, "", v, 5, e, "UPDATE %I SET state=?, %S=UTC_TIMESTAMP(),"
	    " rows_seen=?, rows_off=? WHERE step=? AND action=?", j->name,
	    state == STATE_STARTED ? "started_at" : "done_at");
}

int journal_progress(struct journal *j, const struct entry *en, struct err *e)
{
	struct dbval v[] = { DB_INT(en->position), DB_INT(en->rows_seen), DB_INT(en->rows_off),
	    DB_STR(en->step), DB_STR(en->action) };

	return sql_run(j->db, "", v, 5, e, "UPDATE %I SET position=?, rows_seen=?, rows_off=?"
	    " WHERE step=? AND action=?", j->name);
}

int journal_forget(struct journal *j, const char *step, struct err *e)
{
	struct dbval v = DB_STR(step);
	size_t i = 0;

	if (sql_run(j->db, "", &v, 1, e, "DELETE FROM %I WHERE step=?", j->name) < 0)
		return -1;
	while (i < j->n) {
		if (strcmp(j->v[i].step, step) == 0)
			j->v[i] = j->v[--j->n];
		else
			i++;
	}
	return 0;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), k = strlen(end);

	return n >= k && strcmp(s + n - k, end) == 0;
}

int journal_settle(struct journal *j, const char *to,
    bool (*keep)(void *arg, const char *step, const char *action), void *arg, struct err *e)
{
	struct dbval v[2];
	struct entry *en;
	unsigned i = 0;

	while (i < j->n) {
		en = &j->v[i];
		if (ends_in(en->action, ".undo") || ends_in(en->action, "undo.drop") ||
		    (en->state == STATE_PLANNED && strcmp(en->step, to) <= 0 &&
		    !keep(arg, en->step, en->action))) {
			v[0] = DB_STR(en->step);
			v[1] = DB_STR(en->action);
			if (sql_run(j->db, "", v, 2, e, "DELETE FROM %I WHERE step=? AND"
			    " action=?", j->name) < 0)
				return -1;
			*en = j->v[--j->n];
			continue;
		}
		if (en->state == STATE_STARTED && strcmp(en->step, to) <= 0 &&
		    !keep(arg, en->step, en->action) && journal_set(j, en, STATE_DONE, e) < 0)
			return -1;
		i++;
	}
	return 0;
}

int journal_drop(struct journal *j, struct err *e)
{
	j->exists = false;
	return sql_run(j->db, "", NULL, 0, e, "DROP TABLE IF EXISTS %I", j->name);
}
