#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings/configfile.h"
#include "io.h"
#include "jsonr.h"
#include "jsonw.h"
#include "settings/settings.h"
#include "settings/settingval.h"
#include "stream.h"

#define LINE_FIELDS 4

static const char heading[] =
"# What P8's settings would be as P7 has them.  Remove a line, or put # before it, and P8 keeps\n"
"# what it has; then apply the list with --apply-settings.\n"
"# module\tkey\tin P7\tin P8 now\n";

static const char *shown(const char *module)
{
	return module[0] != '\0' ? module : "-";
}

/* VALUE as the file C would have it in the place of the N bytes at AT, into OUT: 1, or 0. */
static int form(const struct configfile *c, const char *key, size_t at, size_t n,
    const char *value, size_t len, struct buf *out)
{
	char type[CONFIGFILE_TYPE + 1];
	struct settingval s = { key, c->text.data + at, n, type };

	configfile_type(c, at, n, type);
	return settingval_form(&s, value, len, out);
}

/* JSON that stands on several lines in its file, on one line. */
static void put_line(struct buf *out, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		buf_addc(out, strchr("\t\r\n", p[i]) != NULL && p[i] != '\0' ? ' ' : p[i]);
}

/* One line about one proposal. */
static int list_one(struct target *t, const struct jdoc *d, struct buf *out, struct err *e)
{
	const char *module = jr_str(d, NULL, "module", ""), *key = jr_str(d, NULL, "key", "");
	const struct jval *value = jr_get(d, NULL, "value");
	struct buf text = BUF_INIT(TARGET_CONFIG_MAX), own = BUF_INIT(TARGET_CONFIG_MAX);
	const char *why = NULL;
	struct configfile c;
	struct jsonw w;
	size_t at = 0, n = 0;
	int rc;

	jw_begin(&w, &text);
	if (value != NULL)
		jr_write(d, value, &w);
	rc = configfile_open(&c, t, module, e);
	if (rc < 0)
		goto out;
	if (module[0] != '\0' && t->p8 != NULL && !target_has_module(t, module))
		why = "P8 has no such module";
	else if (rc == 0)
		why = "P8 has no such configuration file";
	else if (!configfile_find(&c, key, &at, &n))
		why = "P8 has no such setting";
	else if (!form(&c, key, at, n, text.data, text.len, &own))
		why = "P8 keeps another type of value";
	else if (settingval_same(own.data, own.len, c.text.data + at, n))
		why = "the same";
	buf_addf(out, "%s%s\t%s\t", why != NULL ? "# " : "", shown(module), key);
	buf_add(out, own.len > 0 ? own.data : text.data, own.len > 0 ? own.len : text.len);
	buf_addc(out, '\t');
	put_line(out, n > 0 ? c.text.data + at : "-", n > 0 ? n : 1);
	if (why != NULL)
		buf_addf(out, "\t%s", why);
	buf_addc(out, '\n');
	rc = buf_check(out, e);
out:
	configfile_close(&c);
	buf_free(&text);
	buf_free(&own);
	return rc;
}

int settings_list(struct target *t, const char *input, bool edited, const char *output,
    struct err *e)
{
	struct buf out = BUF_INIT(TARGET_CONFIG_MAX);
	struct stream_in si;
	int rc;

	if (si_open(&si, input, "p8", edited, e) < 0)
		return -1;
	buf_adds(&out, heading);
	while ((rc = si_next(&si, e)) == 1)
		if (strcmp(si.kind, "SETTING") == 0 && list_one(t, &si.doc, &out, e) < 0) {
			rc = -1;
			break;
		}
	si_close(&si);
	if (rc == 0 && output != NULL)
		rc = io_write_file(output, out.data, out.len, 0644, e);
	else if (rc == 0 && (fwrite(out.data, 1, out.len, stdout) != out.len ||
	    fflush(stdout) != 0))
		rc = err_sys(e, EXIT_IO, "cannot write the list of settings");
	buf_free(&out);
	return rc;
}

struct apply {
	struct target *t;
	const char *input;		/* its name */
	bool dry, quiet;
	unsigned line, refused;
	bool begun;			/* a line that is one of a list was there */
	struct configfile c;
	char module[64];		/* whose file is open */
	bool open;
};

static int refuse(struct apply *a, const char *const f[LINE_FIELDS], const char *why)
{
	a->refused++;
	fprintf(stderr, "p8-load: %s, line %u: %.64s/%.64s is not set: %s\n", a->input, a->line,
	    f[0], f[1] != NULL ? f[1] : "", why);
	return 0;
}

static int close_file(struct apply *a, struct err *e)
{
	int rc = a->open && !a->dry ? configfile_save(&a->c, e) : 0;

	if (a->open)
		configfile_close(&a->c);
	a->open = false;
	return rc;
}

static bool name_ok(const char *s)
{
	return s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")] ==
	    '\0' && strlen(s) < sizeof(((struct apply *)NULL)->module);
}

/* The file of the module, which may be the one that is open: 1, 0: none, -1. */
static int open_file(struct apply *a, const char *module, struct err *e)
{
	int rc;

	if (a->open && strcmp(a->module, module) == 0)
		return 1;
	if (close_file(a, e) < 0)
		return -1;
	rc = configfile_open(&a->c, a->t, module, e);
	if (rc == 1)
		a->open = true;
	else
		configfile_close(&a->c);
	snprintf(a->module, sizeof(a->module), "%s", module);
	return rc;
}

/* Put what the line says in the place of the N bytes at AT. */
static int set_value(struct apply *a, const char *const f[LINE_FIELDS], size_t at, size_t n,
    struct buf *own, struct err *e)
{
	const char *now = a->c.text.data + at;
	struct buf then = BUF_INIT(TARGET_CONFIG_MAX);
	int rc;

	if (!form(&a->c, f[1], at, n, f[2], strlen(f[2]), own))
		return refuse(a, f, "the value is not JSON of the type that P8 keeps there");
	if (settingval_same(own->data, own->len, now, n))
		return 0;
	rc = form(&a->c, f[1], at, n, f[3], strlen(f[3]), &then) &&
	    settingval_same(then.data, then.len, now, n);
	buf_free(&then);
	if (!rc && !settingval_same(f[3], strlen(f[3]), now, n))
		return refuse(a, f, "P8's value has changed since the list was made; make a new "
		    "one (--list-settings; p7-migrate: remove the list, then --check)");
	if (!a->quiet)
		printf("%s/%s: %.*s (was %.*s)\n", f[0], f[1], (int)own->len, own->data,
		    (int)n, now);
	return configfile_set(&a->c, at, n, own->data, own->len, e);
}

static int set(struct apply *a, const char *const f[LINE_FIELDS], struct err *e)
{
	const char *module = strcmp(f[0], "-") == 0 ? "" : f[0];
	struct buf own = BUF_INIT(TARGET_CONFIG_MAX);
	size_t at, n;
	int rc;

	if (!name_ok(module))
		return refuse(a, f, "that is not the name of a module");
	rc = open_file(a, module, e);
	if (rc < 0)
		return -1;
	if (rc == 0 || (module[0] != '\0' && a->t->p8 != NULL &&
	    !target_has_module(a->t, module)))
		return refuse(a, f, "P8 has no such module");
	if (!configfile_find(&a->c, f[1], &at, &n))
		return refuse(a, f, "P8 has no such setting");
	rc = set_value(a, f, at, n, &own, e);
	buf_free(&own);
	return rc;
}

static int apply_line(struct apply *a, char *line, struct err *e)
{
	const char *f[LINE_FIELDS] = { line };
	unsigned n = 1;
	char *p;

	line[strcspn(line, "\r")] = '\0';
	if (line[0] == '#' || line[strspn(line, " \t")] == '\0')
		return 0;
	for (p = line; n < LINE_FIELDS && (p = strchr(p, '\t')) != NULL; n++) {
		*p++ = '\0';
		f[n] = p;
	}
	if (n < LINE_FIELDS && !a->begun)
		return err_set(e, EXIT_DATA, "%s, line %u: module, key, P7's value and P8's, with "
		    "tabs between, are expected; --list-settings writes such a list", a->input,
		    a->line);
	if (n < LINE_FIELDS)
		return refuse(a, f, "the line has no four columns with tabs between");
	a->begun = true;
	line = strchr(f[3], '\t');
	if (line != NULL)
		*line = '\0';
	return set(a, f, e);
}

int settings_apply(struct target *t, const char *input, bool dry, bool quiet,
    enum exitcode *status, struct err *e)
{
	struct apply a = { .t = t, .input = input != NULL && strcmp(input, "-") != 0 ?
	    input : "/dev/stdin", .dry = dry,
	    .quiet = quiet };
	struct buf list = BUF_INIT(TARGET_CONFIG_MAX + 8192);
	char *line, *rest;
	int rc;

	rc = io_read_file(a.input, false, TARGET_CONFIG_MAX, &list, e);
	rest = list.data;
	while (rc == 0 && (line = strsep(&rest, "\n")) != NULL) {
		a.line++;
		rc = apply_line(&a, line, e);
	}
	/* After an error the file at hand stays as it is. */
	a.dry |= rc < 0;
	if (close_file(&a, e) < 0)
		rc = -1;
	buf_free(&list);
	if (rc == 0 && a.refused > 0)
		*status = EXIT_REJECTS;
	return rc < 0 ? -1 : io_std_flush(e);
}
