#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grow.h"
#include "target/phplex.h"
#include "target/phpmap.h"

#define NAMES 64		/* imports and constants of one file */

#define NESTED_MAX 32		/* maps inside of what puts maps together */

struct name {
	const char *from, *to;		/* TO is NULL when it is ambiguous */
};

struct names {
	struct name v[NAMES];
	unsigned n;
};

struct reader {
	struct phplex x;
	struct phpmap *m;
	const char *text;
	const char *space;		/* the name space, "" for none */
	const char *class;		/* the class at hand, "" before the first */
	unsigned depth, base;		/* braces that are open; those of the name space */
	struct names uses, consts;
	unsigned nested;		/* maps inside of what puts maps together */
	bool constants;			/* the first pass: constants and imports only */
	bool no_memory, full;
};

static const char *const types[] = { "string", "int", "bool", "text", "datetime", "mediumblob",
    "bigint", "double", "encrypted", "nodb" };

static void next(struct reader *r)
{
	phplex_next(&r->x);
}

static const char *keep(struct reader *r, const char *s)
{
	const char *p = arena_add(&r->m->a, s, strlen(s));

	r->no_memory |= p == NULL;
	return p != NULL ? p : "";
}

static void doubt(struct reader *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void doubt(struct reader *r, const char *fmt, ...)
{
	const char *p;
	unsigned line = 1;
	va_list ap;
	int n;

	if (r->m->doubts++ > 0)
		return;
	for (p = r->text; p < r->x.p; p++)
		line += *p == '\n';
	n = snprintf(r->m->doubt, sizeof(r->m->doubt), "line %u: ", line);
	va_start(ap, fmt);
	vsnprintf(r->m->doubt + n, sizeof(r->m->doubt) - (size_t)n, fmt, ap);
	va_end(ap);
	for (n = 0; r->m->doubt[n] != '\0'; n++)
		if ((unsigned char)r->m->doubt[n] < ' ' || r->m->doubt[n] == '\177')
			r->m->doubt[n] = '?';
}

static bool is_plain(const char *s)
{
	for (; *s > ' ' && *s < '\177'; s++)
		;
	return *s == '\0';
}

static void declare(struct reader *r, struct phpmap_decl d)
{
	struct phpmap *m = r->m;
	struct err none;

	if (!is_plain(d.class) || !is_plain(d.module) || (d.attr != NULL && !is_plain(d.attr))) {
		doubt(r, "a name that P8 does not have");
		return;
	}
	r->full |= m->n == PHPMAP_DECLS;
	r->no_memory |= GROW(m->v, m->n, m->size, &none) < 0;
	if (!r->full && !r->no_memory)
		m->v[m->n++] = d;
}

static void name_add(struct reader *r, struct names *l, const char *from, const char *to)
{
	if (l->n < NAMES)
		l->v[l->n++] = (struct name){ keep(r, from), to != NULL ? keep(r, to) : NULL };
}

/* What FROM stands for (N bytes of it), or NULL. */
static const char *name_find(const struct names *l, const char *from, size_t n, bool fold)
{
	unsigned i;

	for (i = l->n; i-- > 0;)
		if (strlen(l->v[i].from) == n && (fold ? strncasecmp(l->v[i].from, from, n) :
		    strncmp(l->v[i].from, from, n)) == 0)
			return l->v[i].to;
	return NULL;
}

/* The full name of a class as NAME stands in the file, into OUT. */
static void resolve(const struct reader *r, const char *name, char *out, size_t size)
{
	size_t n = strcspn(name, "\\");
	const char *to = name_find(&r->uses, name, n, true);

	if (name[0] == '\\')
		snprintf(out, size, "%s", name + 1);
	else if (strcasecmp(name, "self") == 0 || strcasecmp(name, "static") == 0)
		snprintf(out, size, "%s", r->class);
	else if (strncasecmp(name, "namespace\\", 10) == 0)
		snprintf(out, size, "%s%s%s", r->space, r->space[0] ? "\\" : "", name + 10);
	else if (to != NULL)
		snprintf(out, size, "%s%s", to, name + n);
	else
		snprintf(out, size, "%s%s%s", r->space, r->space[0] ? "\\" : "", name);
}

/* Is NAME the class at hand? */
static bool is_own(const struct reader *r, const char *name)
{
	char full[PHP_TEXT_MAX + 1];

	resolve(r, name, full, sizeof(full));
	return strcasecmp(full, r->class) == 0;
}

/*
 * A string, or a constant of this file, into OUT; in doubt when it is anything else, or more
 * than that.  The token behind it is one of STOP or "=>" then.
 */
static bool text(struct reader *r, const char *stop, char out[PHP_TEXT_MAX + 1])
{
	bool known = false;
	const char *value;

	if (r->x.type == PHP_STRING) {
		known = r->x.known;
		strcpy(out, r->x.text);
		next(r);
	} else if (r->x.type == PHP_NAME) {
		strcpy(out, r->x.text);
		next(r);
		if (r->x.type == PHP_CLASS && is_own(r, out)) {
			next(r);
			strcpy(out, r->x.text);
			next(r);
		}
		value = name_find(&r->consts, out, strlen(out), false);
		known = value != NULL;
		if (known)
			snprintf(out, PHP_TEXT_MAX + 1, "%s", value);
	}
	if (known && (r->x.type == PHP_ARROW || (r->x.type == PHP_CHAR && r->x.ch != '\0' &&
	    strchr(stop, r->x.ch) != NULL)))
		return true;
	out[0] = '\0';
	return false;
}

/* At "array(" or "[": behind it, with the bracket that closes it; 0: it is neither. */
static char open_array(struct reader *r)
{
	if (phplex_is(&r->x, '[')) {
		next(r);
		return ']';
	}
	if (!phplex_word(&r->x, "array"))
		return 0;
	next(r);
	if (!phplex_is(&r->x, '('))
		return 0;
	next(r);
	return ')';
}

/* One of the types that P8 has, or NULL. */
static const char *known_type(const char *s)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(types[i], s) == 0)
			return types[i];
	return NULL;
}

/* The value of a map's element: array('type', ...).  Stands behind it afterwards. */
static const char *type_of(struct reader *r, const char *attr)
{
	char word[PHP_TEXT_MAX + 1] = "", close = open_array(r);
	const char stop[] = { ',', close, '\0' };
	bool known = false, first = true;
	const char *type;

	if (close == 0) {
		doubt(r, "%s is not an array of type and default", attr);
		phplex_skip(&r->x, ",");
		return NULL;
	}
	if (r->x.type == PHP_NUMBER) {
		first = strcmp(r->x.text, "0") == 0;
		next(r);
		if (r->x.type == PHP_ARROW)
			next(r);
	}
	if (first)
		known = text(r, stop, word);
	type = known ? known_type(word) : NULL;
	if (type == NULL)
		doubt(r, "the type of %s is %s%s%s", attr, known ? "\"" : "not a literal",
		    known ? word : "", known ? "\", which is not known" : "");
	while (r->x.type != PHP_END && !phplex_is(&r->x, close)) {
		phplex_skip(&r->x, "");
		if (r->x.type == PHP_CHAR && !phplex_is(&r->x, close))
			next(r);	/* a bracket that has no other */
	}
	next(r);
	return type;
}

/* The elements of a map, behind its opening bracket; stands behind the closing one afterwards. */
static void map(struct reader *r, char close, struct phpmap_decl d)
{
	const char stop[] = { ',', close, '\0' };
	char name[PHP_TEXT_MAX + 1];

	d.attr = d.type = NULL;
	declare(r, d);
	while (r->x.type != PHP_END && !phplex_is(&r->x, close)) {
		if (phplex_is(&r->x, ',')) {
			next(r);
			continue;
		}
		if (!text(r, stop, name) || r->x.type != PHP_ARROW) {
			doubt(r, "an element of the map of %s has no literal name", d.class);
			phplex_skip(&r->x, ",");
			if (!phplex_is(&r->x, ',') && !phplex_is(&r->x, close))
				next(r);
			continue;
		}
		next(r);
		d.attr = keep(r, name);
		d.type = type_of(r, d.attr);
		declare(r, d);
		if (!phplex_is(&r->x, ',') && !phplex_is(&r->x, close)) {
			doubt(r, "%s is more than an array", d.attr);
			phplex_skip(&r->x, ",");
		}
	}
	next(r);
}

/* $this->aStaticMap, parent::$aStaticMap: what stands in a map by itself already. */
static bool is_itself(struct reader *r)
{
	if ((r->x.type != PHP_VAR || strcmp(r->x.text, "this") != 0) &&
	    !phplex_word(&r->x, "self") && !phplex_word(&r->x, "static"))
		return false;
	next(r);
	if (r->x.type != PHP_OBJECT && r->x.type != PHP_CLASS)
		return false;
	next(r);
	if (strcmp(r->x.text, "aStaticMap") != 0)
		return false;
	next(r);
	return true;
}

static void map_value(struct reader *r, const char *stop, struct phpmap_decl d);

/* An expression that is a map, up to one of STOP: arrays, and arrays put together. */
static void map_expression(struct reader *r, const char *stop, struct phpmap_decl d)
{
	char close = open_array(r);
	unsigned before = r->m->doubts;

	if (close != 0)
		map(r, close, d);
	else if (phplex_word(&r->x, "array_merge") || phplex_word(&r->x, "\\array_merge") ||
	    phplex_word(&r->x, "array_replace") || phplex_word(&r->x, "\\array_replace")) {
		next(r);
		for (next(r); r->x.type != PHP_END && !phplex_is(&r->x, ')');) {
			map_value(r, ",", d);
			if (phplex_is(&r->x, ','))
				next(r);
			else if (!phplex_is(&r->x, ')'))
				return;
		}
		next(r);
	} else if (!is_itself(r))
		doubt(r, "the map of %s is made by more than an array", d.class);
	if (phplex_is(&r->x, '+')) {
		doubt(r, "the map of %s is a sum", d.class);
		next(r);
		map_value(r, stop, d);
	}
	if (r->x.type == PHP_CHAR && r->x.ch != '\0' && strchr(stop, r->x.ch) != NULL)
		return;
	if (!phplex_is(&r->x, ')') && r->m->doubts == before)
		doubt(r, "the map of %s is made by more than an array", d.class);
	phplex_skip(&r->x, stop);
}

/* The same, as deep as people write it. */
static void map_value(struct reader *r, const char *stop, struct phpmap_decl d)
{
	if (r->nested == NESTED_MAX) {
		doubt(r, "the map of %s is too deep", d.class);
		phplex_skip(&r->x, stop);
		return;
	}
	r->nested++;
	map_expression(r, stop, d);
	r->nested--;
}

/* aStaticMap['Name'] = array(...) */
static void one_of_map(struct reader *r, struct phpmap_decl d)
{
	char name[PHP_TEXT_MAX + 1];
	bool known;

	next(r);
	known = text(r, "]", name);
	if (!known)
		phplex_skip(&r->x, "]");
	next(r);
	if (!phplex_is(&r->x, '=')) {
		if (phplex_is(&r->x, '['))
			doubt(r, "a part of the map of %s is used by itself", d.class);
		return;
	}
	next(r);
	if (phplex_is(&r->x, '='))
		return;
	d.attr = keep(r, name);
	if (!known)
		doubt(r, "an element of the map of %s has no literal name", d.class);
	d.type = type_of(r, known ? name : "it");
	if (known)
		declare(r, d);
}

/* Behind the word aStaticMap. */
static void static_map(struct reader *r)
{
	struct phpmap_decl d = { .class = r->class, .module = "" };

	next(r);
	if (r->constants || r->class[0] == '\0')
		return;
	if (phplex_is(&r->x, '[')) {
		one_of_map(r, d);
		return;
	}
	if (r->x.type != PHP_ADD && !phplex_is(&r->x, '='))
		return;
	next(r);
	if (!phplex_is(&r->x, '='))
		map_value(r, ";", d);
}

/* An argument that names a class or a module, into OUT: "" when it does not say. */
static void argument(struct reader *r, char out[PHP_TEXT_MAX + 1])
{
	char name[PHP_TEXT_MAX + 1] = "";

	out[0] = '\0';
	if (r->x.type == PHP_STRING) {
		strcpy(out, r->x.known ? r->x.text : "");
		next(r);
	} else if (r->x.type == PHP_NAME) {
		strcpy(name, r->x.known ? r->x.text : "");
		next(r);
		if (r->x.type == PHP_CLASS) {
			next(r);
			if (phplex_word(&r->x, "class") && name[0] != '\0')
				resolve(r, name, out, PHP_TEXT_MAX + 1);
			if (r->x.type == PHP_NAME)
				next(r);
		}
	}
	if (!phplex_is(&r->x, ',')) {
		out[0] = '\0';
		phplex_skip(&r->x, ",");
	}
}

/* extendObject('Class', array(...)) and extend('Module', 'Class', array(...)), behind its name. */
static void extend_object(struct reader *r, bool sure)
{
	char first[PHP_TEXT_MAX + 1], second[PHP_TEXT_MAX + 1];
	struct phpmap_decl d = { .module = "", .extends = true };

	if (!phplex_is(&r->x, '('))
		return;
	next(r);
	argument(r, first);
	if (!phplex_is(&r->x, ',')) {
		if (sure)
			doubt(r, "extendObject without a map");
		return;
	}
	next(r);
	strcpy(second, first);
	if (!phplex_is(&r->x, '[') && !phplex_word(&r->x, "array") && r->x.type != PHP_VAR) {
		argument(r, second);
		if (!phplex_is(&r->x, ',')) {
			if (sure)
				doubt(r, "extendObject without a map");
			return;
		}
		next(r);
		d.module = keep(r, first);
	} else if (!sure)
		return;
	if (second[0] == '\0') {
		doubt(r, "extendObject of a class that is not a literal");
		return;
	}
	d.class = keep(r, second);
	map_value(r, ")", d);
}

/* "use A\B;", "use A\B as C, D\E;", "use A\{B, C as D};" */
static void import(struct reader *r)
{
	char prefix[PHP_TEXT_MAX + 1] = "", name[2 * PHP_TEXT_MAX + 2], *last;

	while (r->x.type == PHP_NAME) {
		snprintf(name, sizeof(name), "%s%s", prefix, r->x.text + (r->x.text[0] == '\\'));
		next(r);
		if (phplex_is(&r->x, '{')) {
			snprintf(prefix, sizeof(prefix), "%.*s", PHP_TEXT_MAX, name);
			next(r);
			continue;
		}
		last = strrchr(name, '\\');
		last = last != NULL ? last + 1 : name;
		if (phplex_word(&r->x, "as"))
			next(r);
		if (r->x.type == PHP_NAME)
			last = r->x.text;
		name_add(r, &r->uses, last, name);
		if (r->x.type == PHP_NAME)
			next(r);
		if (phplex_is(&r->x, ','))
			next(r);
	}
	phplex_skip(&r->x, ";");
}

/* "const NAME = 'value', ..." */
static void constant(struct reader *r)
{
	char name[PHP_TEXT_MAX + 1], value[PHP_TEXT_MAX + 1];
	const char *other;

	while (r->x.type == PHP_NAME) {
		/* of two words the first is the constant's type */
		while (r->x.type == PHP_NAME) {
			strcpy(name, r->x.text);
			next(r);
		}
		if (!phplex_is(&r->x, '='))
			return;
		next(r);
		if (text(r, ",;", value)) {
			/* classes of one file may have constants of one name */
			other = name_find(&r->consts, name, strlen(name), false);
			name_add(r, &r->consts, name,
			    other == NULL || strcmp(other, value) == 0 ? value : NULL);
		}
		phplex_skip(&r->x, ",;");
		if (!phplex_is(&r->x, ','))
			return;
		next(r);
	}
}

static void name_space(struct reader *r)
{
	if (r->x.type == PHP_NAME) {
		r->space = keep(r, r->x.text);
		next(r);
	} else if (phplex_is(&r->x, '{'))
		r->space = "";
	r->base = r->depth + phplex_is(&r->x, '{');
}

static void class(struct reader *r)
{
	char full[PHP_TEXT_MAX + 1];

	if (r->x.type != PHP_NAME || phplex_word(&r->x, "extends") ||
	    phplex_word(&r->x, "implements"))
		return;		/* one without a name */
	resolve(r, r->x.text, full, sizeof(full));
	r->class = keep(r, full);
}

/* One name; BEFORE says what stood in front of it. */
static void word(struct reader *r, enum php_type before)
{
	bool method = before == PHP_OBJECT || before == PHP_CLASS;
	char name[PHP_TEXT_MAX + 1];

	strcpy(name, r->x.text);
	if (method && strcmp(name, "aStaticMap") == 0) {
		static_map(r);
		return;
	}
	next(r);
	if (method && !r->constants && (strcasecmp(name, "extendObject") == 0 ||
	    strcasecmp(name, "extend") == 0))
		extend_object(r, strlen(name) > 6);
	else if (!method && strcasecmp(name, "function") == 0) {
		if (!r->constants && (phplex_word(&r->x, "getStaticMap") ||
		    phplex_word(&r->x, "getMap")))
			doubt(r, "%s has a map that is computed", r->class);
		if (r->x.type == PHP_NAME)
			next(r);
	} else if (!method && strcasecmp(name, "namespace") == 0)
		name_space(r);
	else if (!method && strcasecmp(name, "use") == 0 && r->depth <= r->base && r->constants)
		import(r);
	else if (!method && strcasecmp(name, "const") == 0 && r->constants)
		constant(r);
	else if (!method && strcasecmp(name, "class") == 0)
		class(r);
}

static void pass(struct reader *r, const char *s, size_t n, bool constants)
{
	enum php_type before = PHP_END;

	r->constants = constants;
	r->space = r->class = "";
	r->depth = r->base = 0;
	phplex_open(&r->x, s, n);
	while (r->x.type != PHP_END && !r->no_memory && !r->full) {
		if (r->x.type == PHP_NAME)
			word(r, before);
		else if (r->x.type == PHP_VAR && strcmp(r->x.text, "aStaticMap") == 0)
			static_map(r);
		else {
			r->depth += phplex_is(&r->x, '{');
			r->depth -= phplex_is(&r->x, '}') && r->depth > 0;
			before = r->x.type;
			next(r);
			continue;
		}
		before = PHP_END;
	}
}

int phpmap_read(struct phpmap *m, const char *s, size_t n, struct err *e)
{
	struct reader r = { .m = m, .text = s };

	memset(m, 0, sizeof(*m));
	pass(&r, s, n, true);
	if (!r.no_memory)
		pass(&r, s, n, false);
	if (r.no_memory)
		return err_memory(e);
	return r.full ? err_set(e, EXIT_DATA, "more than %d attributes", PHPMAP_DECLS) : 0;
}

void phpmap_free(struct phpmap *m)
{
	arena_free(&m->a);
	free(m->v);
	memset(m, 0, sizeof(*m));
}
