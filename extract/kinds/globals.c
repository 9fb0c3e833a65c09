#include <string.h>

#include "kinds/outside.h"
#include "database/form.h"

/* Of the default domain: what is the same in every installation, but not the column's default. */
static const char *fixed(const struct p7_column *k)
{
	return strcmp(k->name, "name") == 0 ? "\"\"" :
	    strcmp(k->name, "override_settings") == 0 ? "1" : k->def;
}

/* The domain that has no row: id_domain 0 is what settings.xml says. */
static int put_default_domain(struct run *r, struct err *e)
{
	const struct p7_table *p7 = p7_table("awm_domains");
	struct jsonw *w = so_begin(&r->so, "DOMAIN");
	const struct p7_column *k;
	size_t i;

	for (k = p7->col; k < p7->col + p7->cols; k++) {
		jw_key(w, k->name);
		for (i = 0; i < setting_count; i++)
			if (setting_keys[i].domain != NULL &&
			    strcmp(setting_keys[i].domain, k->name) == 0)
				break;
		if (i < setting_count)
			settings_put(&r->site.set, i, false, w);
		else
			jw_raw(w, fixed(k), strlen(fixed(k)));
	}
	return so_put(&r->so, "DOMAIN", e);
}

/* A small table, all of whose rows are sent. */
struct small {
	struct run *r;
	const char *kind;
	struct form form;
};

static int put_row(void *arg, const struct rows *rows, struct err *e)
{
	struct small *s = arg;
	struct buf *text = form_text(&s->form);
	struct jsonw *w = so_begin(&s->r->so, s->kind);

	form_put(&s->form, rows, text);
	jw_raw(w, text->data, text->len);
	return so_put(&s->r->so, s->kind, e);
}

/* In the order of KEY. */
static int put_table(struct run *r, const char *kind, const char *table, const char *key,
    struct err *e)
{
	const struct cat_table *t = catalog_table(&r->cat, table);
	struct small s = { .r = r, .kind = kind };
	struct buf sql = BUF_INIT(1 << 16);
	int rc;

	if (t == NULL)
		return 0;
	buf_addf(&sql, "SELECT t.%s", key);
	rc = form_make(&s.form, 1, t, &sql, e);
	sql_addf(&sql, &r->cat, " FROM {%s t} ORDER BY t.%s", table, key);
	if (rc == 0)
		rc = rows_each(&r->db, &sql, put_row, &s, e);
	form_free(&s.form);
	buf_free(&sql);
	return rc;
}

int globals_write(struct run *r, struct err *e)
{
	struct jsonw *w;

	if (!(r->o->families & F_SETTINGS))
		return 0;
	w = so_begin(&r->so, "SETTINGS");
	site_write(&r->site, w);
	if (so_put(&r->so, "SETTINGS", e) < 0 ||
	    put_table(r, "TENANT", "awm_tenants", "id_tenant", e) < 0 ||
	    put_default_domain(r, e) < 0)
		return -1;
	return put_table(r, "DOMAIN", "awm_domains", "id_domain", e);
}
