#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target/atwork.h"
#include "base/confirm.h"
#include "after/changed.h"
#include "count.h"
#include "target/declared.h"
#include "io.h"
#include "exposed.h"
#include "ledger/lists.h"
#include "opts.h"
#include "target/optionfile.h"
#include "target/measure.h"
#include "target/preflight.h"
#include "base/print.h"
#include "after/repair.h"
#include "settings/settings.h"
#include "ledger/sources.h"
#include "target/runlock.h"
#include "ledger/runreport.h"
#include "ledger/select.h"
#include "run/summary.h"
#include "run/workers.h"
#include "after/undo.h"
#include "after/verify.h"

#define DESCRIPTION_MAX ((size_t)4 << 20)

static void on_signal(int no)
{
	(void)no;
	load_stop = 1;
}

/* The first signal stops after the current user, the second one ends the program. */
static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_RESETHAND };

	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/* A line for each file of P8 that was not understood. */
static void say_odd(FILE *out, const char *head, const struct declared *d)
{
	const char *p = d->names.data;
	size_t n;

	for (; p != NULL && *p != '\0'; p += n + 1) {
		n = strcspn(p, "\n");
		fprintf(out, "%s%.*s\n", head, (int)n, p);
	}
	if (d->odd > DECLARED_ODD_MAX)
		fprintf(out, "%sand %u more files\n", head, d->odd - DECLARED_ODD_MAX);
}

static int describe(struct target *t, const struct opts *o, struct err *e)
{
	struct buf text = BUF_INIT(DESCRIPTION_MAX);
	struct declared d = { .names = BUF_INIT(0) };
	struct sources known = { 0 };
	int rc;

	rc = preflight_read(t, NULL, e);
	if (rc == 0 && t->data != NULL)
		rc = target_check_salt(t, e);
	if (rc == 0)
		rc = sources_read(t, &known, e);
	if (rc == 0)
		rc = declared_describe(t, &(struct declared_more){ sources_put, &known }, &text, &d,
		    e);
	if (rc == 0 && !o->load.quiet)
		say_odd(stderr, "p8-load: ", &d);
	if (rc == 0 && o->output != NULL)
		rc = io_write_file(o->output, text.data, text.len, 0644, e);
	else if (rc == 0 && (fwrite(text.data, 1, text.len, stdout) != text.len ||
	    fflush(stdout) != 0))
		rc = err_sys(e, EXIT_IO, "cannot write the description");
	sources_free(&known);
	declared_free(&d);
	buf_free(&text);
	return rc;
}

/* What the modules declare: --check. */
static int check_declared(struct target *t, struct err *e)
{
	struct buf text = BUF_INIT(DESCRIPTION_MAX);
	struct declared d = { .names = BUF_INIT(0) };
	const char *p = t->modules.data, *end = p + t->modules.len;
	int rc = declared_describe(t, NULL, &text, &d, e);
	unsigned n = 0;

	for (; p != NULL && p < end; p += strlen(p) + 1)
		n++;
	printf("modules        %u\n", n);
	if (rc == 0 && d.attributes > 0)
		printf("attributes     %u, declared by %s\n", d.attributes,
		    COUNT(d.modules, "module"));
	else if (rc == 0)
		puts("attributes     P8's class files are not there: types by its release");
	if (rc == 0)
		say_odd(stdout, "attributes     ", &d);
	declared_free(&d);
	buf_free(&text);
	return rc;
}

static int check(struct target *t, struct err *e)
{
	if (preflight(t, stdout, e) < 0 || check_declared(t, e) < 0 ||
	    preflight_rights(t, stdout, e) < 0)
		return -1;
	puts("ready          P8 can be loaded");
	return io_std_flush(e);
}

static int load_alone(struct target *t, const struct opts *o, enum exitcode *status, struct err *e)
{
	struct load *l = calloc(1, sizeof(*l));
	int rc;

	if (l == NULL)
		return err_memory(e);
	rc = load_open(l, t, &o->load, e);
	if (rc == 0) {
		rc = load_stream(l, status, e);
		summary_print(l);
	}
	rc = report_end(&l->rejects.file, rc, e);
	load_close(l);
	free(l);
	return rc;
}

/* A dry run writes nothing that several could do faster. */
static int load(struct target *t, const struct opts *o, enum exitcode *status, struct err *e)
{
	if (preflight(t, NULL, e) < 0)
		return -1;
	if (o->load.without_cards && !t->no_dav)
		return err_set(e, EXIT_USAGE, "--without cards is for a P8 that has no tables for "
		    "them (WebMail Lite), and this one has; leave out that option");
	catch_signals();
	return o->load.jobs > 1 && !o->load.dry_run ? workers_load(t, &o->load, status, e) :
	    load_alone(t, o, status, e);
}

static int verify(struct target *t, const struct opts *o, enum exitcode *status, struct err *e)
{
	struct verify_opts v = { o->load.input, o->load.edited, o->deep, o->load.quiet,
	    o->load.progress };

	if (preflight_read(t, NULL, e) < 0)
		return -1;
	return v.input ? verify_stream(t, &v, status, e) : verify_ledger(t, &v, status, e);
}

/* What P8 keeps, before nobody knows it any more. */
static void say_kept(int64_t users, int64_t parts)
{
	printf("the ledger is forgotten; ");
	if (users == 0 && parts == 0)
		puts("no user of it is in P8 any more");
	if (users > 0)
		printf("P8 keeps %s, and refuses them when they are loaded again (user-exists)%s",
		    COUNT(users, "user"), parts > 0 ? "; " : "\n");
	if (parts > 0)
		printf("P8 keeps parts of %s whose load or undo had not ended, and nothing finds"
		    " these parts any more\n", COUNT(parts, "user"));
}

/* What --reset leaves in P8 is said before anything is forgotten. */
static int confirm_reset(bool yes, int64_t users, int64_t parts, struct err *e)
{
	char who[64], some[64], stays[300];

	snprintf(who, sizeof(who), "%s", COUNT(users, "user"));
	snprintf(some, sizeof(some), " and parts of %s whose load or undo had not ended",
	    COUNT(parts, "user"));
	snprintf(stays, sizeof(stays), users == 0 && parts == 0 ?
	    "no user of it is in P8 any more" :
	    "P8 keeps %s%s, but that can no longer be verified or taken back, and users who are in"
	    " P8 are refused when they are brought again", who, parts > 0 ? some : "");
	return confirm(yes, e, "--reset forgets what was loaded and which rows of P8 are whose: %s",
	    stays);
}

static int reset(struct target *t, bool yes, struct err *e)
{
	char name[TARGET_PREFIX_MAX + 65];
	int64_t users = 0, parts = 0;
	int there;

	snprintf(name, sizeof(name), "%sp7m_users", t->prefix);
	if (preflight_read(t, NULL, e) < 0 || (there = db_has_table(&t->db, name, e)) < 0 ||
	    atwork_alone(t, e) < 0 || (there && (list_staying(t, &users, &parts, e) < 0 ||
	    confirm_reset(yes, users, parts, e) < 0)) ||
	    ledger_reset(t, e) < 0)
		return -1;
	if (there)
		say_kept(users, parts);
	else
		puts("there is no ledger: nothing was loaded");
	return io_std_flush(e);
}

static int undo(struct target *t, const struct opts *o, enum exitcode *status, struct err *e)
{
	catch_signals();

	struct undo_opts u = { o->users.v, o->users.n, o->source ? o->source_id : NULL, o->all,
	    o->force, o->load.quiet, o->yes, o->load.dry_run, o->load.progress };

	return preflight_undo(t, e) < 0 ? -1 : undo_run(t, &u, status, e);
}

/* As p7-extract has it, "contacts" are collected addresses and groups, too, unless one is named. */
static int select_from(struct target *t, const struct opts *o, struct err *e)
{
	bool collected = opts_without(o, "collected"), groups = opts_without(o, "groups");
	const struct select_opts s = { o->load.input, o->only, o->names, o->output,
	    !opts_without(o, "files"), !opts_without(o, "calendars") && !t->no_dav,
	    !opts_without(o, "contacts") || collected != groups };

	return select_users(t, &s, e);
}

static int report(struct target *t, const struct opts *o, enum exitcode *status, struct err *e)
{
	const struct report_opts r = { o->selected, o->load.input, o->output ? o->output : ".",
	    o->p7, o->target.p8 ? o->target.p8 : "", o->rerun, o->left_out, o->found,
	    o->load.quiet };

	return report_write(t, &r, status, e);
}

static void warn_of_modes(const struct target *t)
{
	char warning[3 * 4096], config[4096] = "";
	const char *files[] = { config, t->salt_file };

	if (t->data == NULL)
		return;
	snprintf(config, sizeof(config), "%s/settings/config.json", t->data);
	exposed_warning(files, 2, warning, sizeof(warning));
	if (warning[0] != '\0')
		fprintf(stderr, "p8-load: %s\n", warning);
}

/* Modes that write: while one of them runs, --reset is refused, and the other way round. */
static bool works(enum mode mode)
{
	return mode != MODE_CHECK && mode != MODE_DESCRIBE && mode != MODE_VERIFY &&
	    mode != MODE_RESET && mode != MODE_LIST && mode != MODE_LOCK &&
	    mode != MODE_MEASURE && mode != MODE_SELECT &&
	    mode != MODE_REPORT;
}

/* A person at a terminal is told what the program waits for. */
static void say_waits(const struct opts *o)
{
	static const char *const input[MODES] = { [MODE_LOAD] = "P8's records",
	    [MODE_CHANGED] = "P8's records", [MODE_REPAIR] = "corrected REJECT records",
	    [MODE_LIST_SETTINGS] = "P8's records", [MODE_APPLY_SETTINGS] = "a list of settings" };

	if (input[o->mode] != NULL && io_in_is_terminal(o->load.input))
		fprintf(stderr, "p8-load: waiting for %s from this terminal; give it a FILE or a"
		    " pipe\n", input[o->mode]);
}

static int run(struct target *t, const struct opts *o, enum exitcode *status, struct err *e)
{
	if (target_read(t, &o->target, e) < 0)
		return -1;
	warn_of_modes(t);
	say_waits(o);
	if (o->mode == MODE_LIST_SETTINGS)
		return settings_list(t, o->load.input, o->load.edited, o->output, e);
	if (o->mode == MODE_APPLY_SETTINGS)
		return settings_apply(t, o->load.input, o->load.dry_run, o->load.quiet, status, e);
	if (o->mode == MODE_OPTION_FILE)
		return optionfile_write(t, o->output, e);
	if (target_connect(t, e) < 0 || (works(o->mode) && atwork_enter(t, e) < 0))
		return -1;
	switch (o->mode) {
	case MODE_CHECK:
		return check(t, e);
	case MODE_DESCRIBE:
		return describe(t, o, e);
	case MODE_VERIFY:
		return verify(t, o, status, e);
	case MODE_CHANGED:
		return preflight_read(t, NULL, e) < 0 ? -1 : changed_run(t, &o->load, o->output, e);
	case MODE_UNDO:
		return undo(t, o, status, e);
	case MODE_RESET:
		return reset(t, o->yes, e);
	case MODE_REPAIR:
		catch_signals();
		return preflight(t, NULL, e) < 0 ? -1 : repair_run(t, &o->load, status, e);
	case MODE_REPORT:
		return preflight_read(t, NULL, e) < 0 ? -1 : report(t, o, status, e);
	case MODE_SELECT:
		return preflight_read(t, NULL, e) < 0 ? -1 : select_from(t, o, e);
	case MODE_MEASURE:
		return preflight_read(t, NULL, e) < 0 ? -1 : measure(t, e);
	case MODE_LOCK:
		catch_signals();
		return runlock_hold(t, o->wait == OPTS_FOREVER ? -1 : (int64_t)o->wait, e);
	case MODE_LIST:
		if (preflight_read(t, NULL, e) < 0)
			return -1;
		return o->selected != NULL && strcmp(o->list, "rejects") == 0 ?
		    report_standing(t, o->selected, e) : list_write(t, o->list, o->output, e);
	default:
		return load(t, o, status, e);
	}
}

/* The run, watched from its beginning to its end. */
static int watched_run(struct target *t, struct opts *o, enum exitcode *status, struct err *e)
{
	struct progress p;
	struct err unwritten = { .msg = "" };
	int rc;

	if (progress_open(&p, &o->progress, e) < 0)
		return -1;
	o->load.progress = &p;
	progress_start(&p, opts_mode_name(o->mode), o->load.input, o->load.dry_run);
	rc = run(t, o, status, e);
	progress_end(&p, rc < 0 ? (int)e->status : (int)*status, rc < 0 ? e->msg : NULL);
	if (progress_close(&p, &unwritten) < 0 && rc == 0) {
		*e = unwritten;
		rc = -1;
	}
	return rc;
}

int main(int argc, char **argv)
{
	enum exitcode status = EXIT_BALANCED;
	struct err e = { .msg = "" };
	struct target t = { 0 };
	struct buf text = BUF_INIT(BUF_RECORD_MAX);
	struct opts o;
	int rc;

	io_std_open();
	rc = opts_parse(&o, argc, argv, &text, &e);
	if (rc == 0)
		rc = watched_run(&t, &o, &status, &e);
	if (rc == 1) {
		fputs(text.data, stdout);
		rc = io_std_flush(&e);
	}
	target_close(&t);
	opts_free(&o);
	buf_free(&text);
	if (rc < 0) {
		complain("p8-load: %s\n", e.msg);
		return e.status;
	}
	return status;
}
