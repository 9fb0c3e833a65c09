#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "options.h"
#include "shown.h"

#define HELP_COLUMN 24		/* where the help of an option begins */
#define ROW 256			/* of getopt_long's values: that of the first row */

int options_wrong(const struct option_program *p, struct err *e, const char *fmt, ...)
{
	char what[sizeof(e->msg)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(e, EXIT_USAGE, "%s; see %s --help", what, p->name);
}

int options_password(const char *option, struct err *e)
{
	return err_set(e, EXIT_USAGE, "a password on the command line can be seen by every user of"
	    " this machine; write it into an option file ([client] password=...) that only you can"
	    " read, and name that with --%s", option);
}

int option_number(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	char *end;

	*out = strtoull(s, &end, 10);
	return *s < '0' || *s > '9' || *end != '\0' || *out < min || *out > max ? -1 : 0;
}

static void *member(void *to, const struct option_row *r)
{
	return (char *)to + r->at;
}

static bool is_operand(const struct option_row *r)
{
	return r->kind == OPT_OPERAND || r->kind == OPT_OPERANDS;
}

static bool is_option(const struct option_row *r)
{
	return r->kind != OPT_HEADING && !is_operand(r);
}

static bool heeded(const struct option_row *r, unsigned mode)
{
	return r->modes == 0 || (r->modes >> mode & 1) != 0;
}

/* Append the words, "a, b or c". */
static void add_words(struct buf *out, const char *const *words, const char *last)
{
	size_t i;

	for (i = 0; words[i] != NULL; i++) {
		buf_adds(out, i == 0 ? "" : words[i + 1] != NULL ? ", " : last);
		buf_adds(out, words[i]);
	}
}

/* A word of R that the N bytes at S are not. */
static int no_such_word(const struct option_program *p, const struct option_row *r, const char *s,
    size_t n, struct err *e)
{
	struct buf words = BUF_INIT(1024);
	int rc;

	add_words(&words, r->words, r->kind == OPT_SET ? " and " : " or ");
	if (r->kind == OPT_SET)
		rc = options_wrong(p, e, "no such kind: %.*s; --%s takes %s, with commas between",
		    (int)n, s, r->name, words.data);
	else
		rc = options_wrong(p, e, "--%s is %s, not %.*s", r->name, words.data, (int)n, s);
	buf_free(&words);
	return rc;
}

/* The place of the N bytes at S among the words of R; -1: it has none. */
static int word(const struct option_row *r, const char *s, size_t n)
{
	int i;

	for (i = 0; r->words[i] != NULL; i++)
		if (strlen(r->words[i]) == n && memcmp(r->words[i], s, n) == 0)
			return i;
	return -1;
}

static int take_set(const struct option_program *p, const struct option_row *r, unsigned *to,
    const char *s, struct err *e)
{
	size_t n;
	int i;

	for (;; s += n + 1) {
		n = strcspn(s, ",");
		if ((i = word(r, s, n)) < 0)
			return no_such_word(p, r, s, n, e);
		*to |= 1u << i;
		if (s[n] == '\0')
			return 0;
	}
}

static int take_item(struct option_list *l, const char *s, struct err *e)
{
	if (GROW(l->v, l->n, l->size, e) < 0)
		return -1;
	l->v[l->n++] = s;
	return 0;
}

static int take_value(const struct option_program *p, const struct option_row *r, void *to,
    const char *arg, struct err *e)
{
	uint64_t n;
	int i;

	switch (r->kind) {
	case OPT_FLAG:
		if (r->at != OPTION_NOWHERE)
			*(bool *)to = true;
		return 0;
	case OPT_NUMBER:
		if (option_number(arg, r->min, r->max, &n) < 0)
			return options_wrong(p, e, "--%s needs a number from %llu to %llu, not %s",
			    r->name, (unsigned long long)r->min, (unsigned long long)r->max, arg);
		*(uint64_t *)to = n;
		return 0;
	case OPT_CHOICE:
		if ((i = word(r, arg, strlen(arg))) < 0)
			return no_such_word(p, r, arg, strlen(arg), e);
		*(unsigned *)to = (unsigned)(r->min + (uint64_t)i);
		return 0;
	case OPT_SET:
		return take_set(p, r, to, arg, e);
	case OPT_LIST:
	case OPT_OPERANDS:
		return take_item(to, arg, e);
	case OPT_PASSWORD:
		return options_password(r->arg, e);
	default:
		*(const char **)to = arg;
		return 0;
	}
}

static int take(struct options *o, size_t i, const char *arg, struct err *e)
{
	const struct option_program *p = o->program;
	const struct option_row *r = &p->rows[i];

	if (r->nonempty != NULL && *arg == '\0')
		return options_wrong(p, e, "--%s needs %s", r->name, r->nonempty);
	if (r->once && (o->given >> i & 1) != 0)
		return options_wrong(p, e, "--%s is given twice", r->name);
	o->given |= (uint64_t)1 << i;
	if (r->chooses != 0 && o->mode != 0 && o->mode != r->chooses)
		return options_wrong(p, e, "%s and %s are two runs, use one of them",
		    p->modes[o->mode].name, p->modes[r->chooses].name);
	if (r->chooses != 0)
		o->mode = r->chooses;
	return take_value(p, r, member(o->to, r), arg, e);
}

/* C, '?' or ':', is what getopt_long(3) says of an option in ARGV. */
static int wrong_option(const struct option_program *p, int c, char *const argv[], struct err *e)
{
	const char *arg = argv[optind - 1];
	int n = (int)strcspn(arg, "=");

	if (c == ':')
		return options_wrong(p, e, "%.*s needs a value", n, arg);
	if (optopt == 'h' || optopt == ROW - 1)
		return options_wrong(p, e, "--%s takes no value", optopt == 'h' ? "help" :
		    "version");
	if (optopt >= ROW)
		return options_wrong(p, e, "--%s takes no value", p->rows[optopt - ROW].name);
	/* Among several letters behind one dash ARGV does not say which. */
	if (optopt != 0)
		return options_wrong(p, e, "unknown option -%c", optopt);
	return options_wrong(p, e, "unknown option %.*s", n, arg);
}

/* The table as getopt_long(3) has it; a row's value is ROW and its place. */
static void tables(const struct option_program *p, struct option *longs, char *letters)
{
	const struct option_row *r;
	size_t i;

	letters += sprintf(letters, ":h");
	for (i = 0; i < p->nrows; i++) {
		r = &p->rows[i];
		if (!is_option(r))
			continue;
		longs->name = r->name;
		longs->has_arg = r->kind == OPT_FLAG ? no_argument :
		    r->kind == OPT_PASSWORD ? optional_argument : required_argument;
		if (r->letter != 0)
			letters += sprintf(letters, "%c%.*s", r->letter, longs->has_arg, "::");
		longs++->val = ROW + (int)i;
	}
	*longs++ = (struct option){ "help", no_argument, NULL, 'h' };
	*longs = (struct option){ "version", no_argument, NULL, ROW - 1 };
}

static void help_lines(struct buf *out, const char *label, const char *help)
{
	size_t n;

	buf_addf(out, "  %-*s  ", HELP_COLUMN - 4, label);
	for (;; help += n + 1) {
		n = strcspn(help, "\n");
		buf_add(out, help, n);
		buf_addc(out, '\n');
		if (help[n] == '\0')
			return;
		buf_addf(out, "%*s", HELP_COLUMN, "");
	}
}

static void help(const struct option_program *p, struct buf *out)
{
	const struct option_row *r;
	char label[80];
	size_t i, n;

	buf_adds(out, p->usage);
	for (i = 0; i < p->nrows; i++) {
		r = &p->rows[i];
		if (r->kind == OPT_HEADING)
			buf_addf(out, "\n%s%s", r->help, *r->help != '\0' ? "\n" : "");
		if (!is_option(r) || r->help == NULL)
			continue;
		n = r->letter != 0 ? (size_t)sprintf(label, "-%c, ", r->letter) : 0;
		snprintf(label + n, sizeof(label) - n, "--%s%s%s", r->name,
		    r->arg != NULL ? " " : "", r->arg != NULL ? r->arg : "");
		help_lines(out, label, r->help);
	}
	help_lines(out, "-h, --help", "this text");
	help_lines(out, "--version", "version");
	buf_addf(out, "\nManual: man %s\n", p->name);
}

/* The row of the letter or value C. */
static size_t row(const struct option_program *p, int c)
{
	size_t i = 0;

	if (c >= ROW)
		return (size_t)(c - ROW);
	while (p->rows[i].letter != c)
		i++;
	return i;
}

int options_read(struct options *o, const struct option_program *p, void *to, int argc, char **argv,
    struct buf *text, struct err *e)
{
	struct option longs[OPTIONS_MAX + 3] = { { NULL, 0, NULL, 0 } };
	char letters[3 * OPTIONS_MAX + 3];
	int c;

	if (p->nrows > OPTIONS_MAX)
		return err_set(e, EXIT_BUG, "more options than lib/options.h has room for");
	*o = (struct options){ .program = p, .to = to };
	tables(p, longs, letters);
	opterr = 0;
	while ((c = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		if (c == 'h' || c == ROW - 1) {
			if (c == 'h')
				help(p, text);
			else
				buf_addf(text, "%s " VERSION "\n", p->name);
			return buf_check(text, e) < 0 ? -1 : 1;
		}
		if (c == '?' || c == ':')
			return wrong_option(p, c, argv, e);
		if (take(o, row(p, c), optarg, e) < 0)
			return -1;
	}
	o->operand = argv + optind;
	o->noperands = (size_t)(argc - optind);
	return 0;
}

/* R was given and says nothing to the mode. */
static int no_meaning(const struct options *o, const struct option_row *r, struct err *e)
{
	const struct option_mode *m = &o->program->modes[o->mode];
	const char *dashes = is_operand(r) ? "an " : "--";
	const char *in[sizeof(r->modes) * 8 + 1];
	struct buf where = BUF_INIT(1024);
	size_t i, n = 0;
	int rc;

	if (m->does != NULL)
		return options_wrong(o->program, e, "%s %s; %s%s has no meaning for it", m->name,
		    m->does, dashes, r->name);
	for (i = 0; i < o->program->nmodes; i++)
		if (heeded(r, (unsigned)i))
			in[n++] = o->program->modes[i].name;
	in[n] = NULL;
	add_words(&where, in, " or ");
	rc = options_wrong(o->program, e, "%s%s has no meaning for %s, only for %s", dashes,
	    r->name, m->name, where.data);
	buf_free(&where);
	return rc;
}

/* The operands, where the mode has a place for them. */
static int take_operands(struct options *o, struct err *e)
{
	const struct option_program *p = o->program;
	const struct option_row *r = NULL;
	size_t i;

	for (i = 0; i < p->nrows; i++)
		if (is_operand(&p->rows[i]) && (r == NULL || heeded(&p->rows[i], o->mode)))
			r = &p->rows[i];
	if (r == NULL)
		return options_wrong(p, e, "an argument that is not an option: %s", o->operand[0]);
	if (!heeded(r, o->mode))
		return no_meaning(o, r, e);
	if (r->kind == OPT_OPERAND && o->noperands > 1)
		return options_wrong(p, e, "more than one input");
	for (i = 0; i < o->noperands; i++)
		if (take_value(p, r, member(o->to, r), o->operand[i], e) < 0)
			return -1;
	return 0;
}

static int check_files(const struct options *o, const struct file_use *extra, size_t nextra,
    struct err *e)
{
	static const enum file_use_how how[] = {
		[OPT_READ] = FILE_READ, [OPT_WRITE] = FILE_WRITE, [OPT_APPEND] = FILE_APPEND,
		[OPT_TREE] = FILE_TREE, [OPT_OPERAND] = FILE_READ
	};
	struct file_use v[OPTIONS_MAX + 8];
	char names[OPTIONS_MAX][40];
	const struct option_row *r;
	size_t i, n = 0;

	for (i = 0; i < o->program->nrows; i++) {
		r = &o->program->rows[i];
		if ((r->kind < OPT_READ || r->kind > OPT_TREE) && r->kind != OPT_OPERAND)
			continue;
		snprintf(names[i], sizeof(names[i]), "%s%s", is_operand(r) ? "the " : "--",
		    r->name);
		v[n++] = (struct file_use){ names[i], *(const char **)member(o->to, r),
		    how[r->kind] };
	}
	for (i = 0; i < nextra && n < sizeof(v) / sizeof(*v); i++)
		v[n++] = extra[i];
	return same_file_check(v, n, o->program->name, e);
}

int options_check(struct options *o, const struct file_use *extra, size_t nextra, struct err *e)
{
	const struct option_program *p = o->program;
	const struct option_row *r;
	size_t i;

	for (i = 0; i < p->nrows; i++) {
		r = &p->rows[i];
		if ((o->given >> i & 1) == 0)
			continue;
		if (!heeded(r, o->mode))
			return no_meaning(o, r, e);
		if (r->needs != NULL && !options_given(o, r->needs))
			return options_wrong(p, e, "--%s belongs to --%s", r->name, r->needs);
	}
	if (o->noperands > 0 && take_operands(o, e) < 0)
		return -1;
	return check_files(o, extra, nextra, e);
}

bool options_given(const struct options *o, const char *name)
{
	size_t i;

	for (i = 0; i < o->program->nrows; i++)
		if ((o->given >> i & 1) != 0 && strcmp(o->program->rows[i].name, name) == 0)
			return true;
	return false;
}

void options_kept(const struct option_program *p, const void *to, unsigned mode, struct buf *out)
{
	const struct option_row *r;
	const void *at;
	char word[4200];
	size_t i;

	for (i = 0; i < p->nrows; i++) {
		r = &p->rows[i];
		if (!r->kept || !heeded(r, mode))
			continue;
		at = (const char *)to + r->at;
		if (r->kind == OPT_NUMBER && *(const uint64_t *)at != 0)
			buf_addf(out, " --%s %llu", r->name,
			    (unsigned long long)*(const uint64_t *)at);
		else if (r->kind == OPT_FLAG && *(const bool *)at)
			buf_addf(out, " --%s", r->name);
		else if (r->kind >= OPT_TEXT && r->kind <= OPT_TREE &&
		    *(const char *const *)at != NULL) {
			shown_shell(word, sizeof(word), *(const char *const *)at);
			buf_addf(out, " --%s %s", r->name, word);
		}
	}
}

void options_free(const struct option_program *p, void *to)
{
	struct option_list *l;
	size_t i;

	for (i = 0; i < p->nrows; i++) {
		if (p->rows[i].kind != OPT_LIST && p->rows[i].kind != OPT_OPERANDS)
			continue;
		l = member(to, &p->rows[i]);
		free(l->v);
		*l = (struct option_list){ NULL, 0, 0 };
	}
}
