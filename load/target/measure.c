#include <inttypes.h>
#include <stdio.h>

#include "base/rate.h"
#include "io.h"
#include "target/measure.h"
#include "target/sql.h"

#define STATEMENTS 20		/* so many, of so many rows each */
#define ROWS 1000

static int insert(struct target *t, struct buf *sql, unsigned first, struct err *e)
{
	unsigned i;

	buf_reset(sql);
	buf_adds(sql, "INSERT INTO p7m_probe (id_entity, name, value) VALUES ");
	for (i = 0; i < ROWS; i++)
		buf_addf(sql, "%s(%u,'Probe%u','A value as they are %u')", i ? "," : "",
		    first + i, i, i);
	buf_addc(sql, '\0');
	return buf_check(sql, e) < 0 ? -1 : db_exec(&t->db, sql->data, e);
}

static int write_rows(struct target *t, uint64_t *rate, struct err *e)
{
	struct buf sql = BUF_INIT(1 << 20);
	uint64_t begun = rate_now();
	unsigned i;
	int rc;

	rc = sql_expand(t, "CREATE TEMPORARY TABLE p7m_probe LIKE {eav_attributes_string}", &sql,
	    e);
	if (rc == 0)
		rc = db_exec(&t->db, sql.data, e);
	if (rc == 0)
		rc = db_exec(&t->db, "START TRANSACTION", e);
	for (i = 0; i < STATEMENTS && rc == 0; i++)
		rc = insert(t, &sql, i * ROWS, e);
	if (rc == 0)
		rc = db_exec(&t->db, "ROLLBACK", e);
	if (rc == 0)
		rc = db_exec(&t->db, "DROP TEMPORARY TABLE p7m_probe", e);
	buf_free(&sql);
	*rate = STATEMENTS * ROWS * RATE_SECOND / (rate_now() - begun + 1);
	return rc;
}

int measure(struct target *t, struct err *e)
{
	uint64_t rate;
	struct dbq q;
	int rc;

	if (write_rows(t, &rate, e) < 0)
		return err_prefix(e, "P8's database takes no temporary table");
	printf("rate\t%" PRIu64 "\n", rate);
	if (sql_prepare(t, &q, "SELECT @@datadir", e) < 0)
		return -1;
	rc = dbq_run(&q, NULL, 0, e);
	if (rc == 0 && (rc = dbq_next(&q, e)) == 1)
		printf("datadir\t%s\n", dbq_str(&q, 0));
	dbq_close(&q);
	return rc < 0 ? -1 : io_std_flush(e);
}
