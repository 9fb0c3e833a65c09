#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "io.h"
#include "p7/password.h"
#include "site/settings.h"

#define FILE_MAX ((size_t)4 << 20)
#define ATTRIBUTES_MAX 256	/* of an element */
#define TEXT(x) TEXT_(x)
#define TEXT_(x) #x

static bool is_php_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\0';
}

/* Replace every ENTITY in S by C, in place. */
static void unescape(char *s, const char *entity, char c)
{
	size_t n = strlen(entity);
	char *to = s, *hit;

	while ((hit = strstr(s, entity)) != NULL) {
		memmove(to, s, (size_t)(hit - s));
		to += hit - s;
		*to++ = c;
		s = hit + n;
	}
	memmove(to, s, strlen(s) + 1);
}

/* P7 does this once when it loads a text and again whenever it reads it. */
static void decode_once(char *s)
{
	size_t n, lead = 0;

	unescape(s, "&gt;", '>');
	unescape(s, "&lt;", '<');
	unescape(s, "&amp;", '&');
	n = strlen(s);
	while (n > 0 && is_php_space(s[n - 1]))
		n--;
	while (lead < n && is_php_space(s[lead]))
		lead++;
	memmove(s, s + lead, n - lead);
	s[n - lead] = '\0';
}

static int64_t find(const char *key)
{
	size_t i;

	for (i = 0; i < setting_count; i++)
		if (strcasecmp(setting_keys[i].key, key) == 0)
			return (int64_t)i;
	return -1;
}

void settings_defaults(struct settings *s)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < setting_count; i++)
		s->v[i].number = setting_keys[i].number;
}

void settings_free(struct settings *s)
{
	size_t i;

	for (i = 0; i < setting_count; i++)
		free(s->v[i].text);
	for (i = 0; i < s->socials; i++) {
		free(s->social[i].key);
		free(s->social[i].text);
	}
	memset(s, 0, sizeof(*s));
}

/* The text directly in an element: comments are left out, CDATA counts. */
static char *element_text(const xmlNode *node)
{
	xmlChar *text = xmlNodeListGetString(node->doc, node->children, 1);

	return text != NULL ? (char *)text : strdup("");
}

static const struct setting_name *name_of(const struct setting_key *k, const char *text)
{
	const struct setting_name *n;

	for (n = k->names; n->name != NULL; n++)
		if (strcmp(n->name, text) == 0)
			return n;
	return NULL;
}

/* Take the element's TEXT (owned from here on) for key number I. */
static void assign(struct settings *s, size_t i, char *text)
{
	const struct setting_key *k = &setting_keys[i];
	const struct setting_name *n;

	switch (k->type) {
	case ST_STR:
		decode_once(text);
		decode_once(text);
		free(s->v[i].text);
		s->v[i].text = text;
		return;
	case ST_INT:
		s->v[i].number = strtoll(text, NULL, 10);
		break;
	case ST_BOOL:
		s->v[i].number = strcasecmp(text, "on") == 0 || strcmp(text, "1") == 0;
		break;
	case ST_ENUM:
		n = name_of(k, text);
		s->v[i].number = n != NULL ? n->value : k->number;
		break;
	case ST_NAME:
		if (name_of(k, text) != NULL) {
			free(s->v[i].text);
			s->v[i].text = text;
			return;
		}
		break;
	}
	free(text);
}

/* Socials: an element per provider, in it one per field, kept as they are. */
static int take_socials(struct settings *s, const xmlNode *section, struct err *e)
{
	const xmlNode *p, *f;
	char key[200], *text;

	for (p = section->children; p != NULL; p = p->next)
		for (f = p->children; f != NULL && p->type == XML_ELEMENT_NODE; f = f->next) {
			if (f->type != XML_ELEMENT_NODE || s->socials == SETTINGS_SOCIALS)
				continue;
			snprintf(key, sizeof(key), "Socials/%.80s/%.80s", (const char *)p->name,
			    (const char *)f->name);
			text = element_text(f);
			s->social[s->socials].key = strdup(key);
			s->social[s->socials++].text = text;
			if (text == NULL || s->social[s->socials - 1].key == NULL)
				return err_memory(e);
		}
	return 0;
}

static int take_section(struct settings *s, const xmlNode *section, struct err *e)
{
	const xmlNode *k;
	char key[200], *text;
	int64_t i;

	if (strcasecmp((const char *)section->name, "Socials") == 0)
		return take_socials(s, section, e);
	for (k = section->children; k != NULL; k = k->next) {
		if (k->type != XML_ELEMENT_NODE)
			continue;
		snprintf(key, sizeof(key), "%.80s/%.80s", (const char *)section->name,
		    (const char *)k->name);
		i = find(key);
		if (i < 0)
			continue;
		text = element_text(k);
		if (text == NULL)
			return err_memory(e);
		assign(s, (size_t)i, text);
	}
	return 0;
}

static int take_document(struct settings *s, xmlDoc *doc, struct err *e)
{
	const xmlNode *section, *root = xmlDocGetRootElement(doc);

	for (section = root != NULL ? root->children : NULL; section != NULL;
	    section = section->next)
		if (section->type == XML_ELEMENT_NODE && take_section(s, section, e) < 0)
			return -1;
	return 0;
}

/* libxml2 would print some errors of its own, whatever the options are. */
static void silent(void *arg, const char *fmt, ...)
{
	(void)arg;
	(void)fmt;
}

/* Behind the comment, CDATA section or processing instruction that P begins with; NULL: none. */
static const char *behind(const char *p)
{
	static const char *const marks[][2] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" },
	    { "<?", "?>" } };
	const char *end;
	size_t i;

	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(p, marks[i][0], strlen(marks[i][0])) == 0) {
			end = strstr(p + strlen(marks[i][0]), marks[i][1]);
			return end != NULL ? end + strlen(marks[i][1]) : p + strlen(p);
		}
	return NULL;
}

/*
 * The parser compares each attribute of an element with all before it, and a document type may
 * declare any number of them, or entities with any number of such elements: P7 writes none of
 * these.  Nor does it write '<' between quotes, which could hide them all from the look below.
 * Where that loses its way, so does the parser, and ends.  Returns what is strange, or NULL.
 */
static const char *strange(const char *p)
{
	const char *next;
	bool tag = false;
	char quote = '\0';
	size_t n = 0;

	for (; *p != '\0'; p = next) {
		next = quote == '\0' && *p == '<' ? behind(p) : NULL;
		if (next != NULL)
			continue;
		next = p + 1;
		if (quote != '\0') {
			if (*p == '<')
				return "it has a '<' between quotes";
			quote = *p == quote ? '\0' : quote;
		} else if (*p == '<' || *p == '>') {
			tag = *p == '<';
			n = 0;
			if (strncmp(p, "<!ATTLIST", 9) == 0)
				return "it declares attributes (<!ATTLIST)";
			if (strncmp(p, "<!ENTITY", 8) == 0)
				return "it declares an entity (<!ENTITY)";
		} else if (tag && (*p == '"' || *p == '\'')) {
			quote = *p;
		} else if (tag && *p == '=' && ++n > ATTRIBUTES_MAX) {
			return "it has an element with more than " TEXT(ATTRIBUTES_MAX)
			    " attributes";
		}
	}
	return NULL;
}

static xmlDoc *parse(const char *path, struct err *e)
{
	struct buf text = BUF_INIT(FILE_MAX);
	const xmlError *x;
	const char *why;
	xmlDoc *doc = NULL;

	if (io_read_file(path, false, FILE_MAX, &text, e) == 0) {
		why = text.data != NULL ? strange(text.data) : NULL;
		if (why != NULL) {
			err_set(e, EXIT_CONFIG, "%s: %s, which P7 does not write; put P7's own file"
			    " there", path, why);
			buf_free(&text);
			return NULL;
		}
		xmlSetGenericErrorFunc(NULL, silent);
		doc = xmlReadMemory(text.data, (int)text.len, NULL, NULL,
		    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
		x = xmlGetLastError();
		if (doc == NULL)
			err_set(e, EXIT_CONFIG, "%s is not XML: line %d: %.*s", path,
			    x != NULL ? x->line : 0,
			    x != NULL && x->message != NULL ?
			    (int)strcspn(x->message, "\r\n") : 7,
			    x != NULL && x->message != NULL ? x->message : "unknown");
	}
	buf_free(&text);
	return doc;
}

int settings_read(struct settings *s, const char *path, struct err *e)
{
	struct err second = { .msg = "" };
	char bak[4200];
	xmlDoc *doc;
	int rc;

	settings_defaults(s);
	doc = parse(path, e);
	if (doc == NULL && e->status != EXIT_PERMISSION) {
		snprintf(bak, sizeof(bak), "%s.bak", path);
		doc = parse(bak, &second);
		s->fallback = doc != NULL;
		/* The copy would do, but for its permissions. */
		if (second.status == EXIT_PERMISSION)
			*e = second;
		snprintf(s->why, sizeof(s->why), "%.250s", e->msg);
	}
	if (doc == NULL)
		return -1;
	rc = take_document(s, doc, e);
	xmlFreeDoc(doc);
	if (rc < 0)
		settings_free(s);
	return rc;
}

static size_t must_find(const char *key)
{
	int64_t i = find(key);

	if (i < 0)
		abort();
	return (size_t)i;
}

const char *settings_text(const struct settings *s, const char *key)
{
	size_t i = must_find(key);

	return s->v[i].text != NULL ? s->v[i].text : setting_keys[i].text;
}

int64_t settings_number(const struct settings *s, const char *key)
{
	return s->v[must_find(key)].number;
}

void settings_put(const struct settings *s, size_t i, bool booleans, struct jsonw *w)
{
	const struct setting_key *k = &setting_keys[i];
	const char *text = s->v[i].text != NULL ? s->v[i].text : k->text;
	struct buf coded = BUF_INIT(FILE_MAX);

	if (k->coded) {
		p7password_encode(&coded, text, strlen(text));
		text = coded.data != NULL ? coded.data : "";
	}
	if (text != NULL)
		jw_str(w, text);
	else if (booleans && k->type == ST_BOOL)
		jw_bool(w, s->v[i].number != 0);
	else
		jw_int(w, s->v[i].number);
	buf_free(&coded);
}

void settings_write(const struct settings *s, struct jsonw *w)
{
	size_t i;

	for (i = 0; i < setting_count; i++) {
		if (setting_keys[i].secret)
			continue;
		jw_key(w, setting_keys[i].key);
		settings_put(s, i, true, w);
	}
	for (i = 0; i < s->socials; i++) {
		jw_key_n(w, s->social[i].key, strlen(s->social[i].key));
		jw_str(w, s->social[i].text);
	}
}
