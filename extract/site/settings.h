/*
 * P7's settings.xml, read as P7 reads it: section and key names in any case; text decoded twice
 * and trimmed; an absent element is the default of P7's code, an empty one is not; "on" or "1" is
 * true; symbolic names of enumerations in exact case, anything else is the default.
 * A struct settings owns its strings; settings_free frees them.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"
#include "jsonw.h"

enum stype {
	ST_STR,		/* text */
	ST_INT,
	ST_BOOL,
	ST_ENUM,	/* a symbolic name; the value is its integer */
	ST_NAME		/* one of a list of texts, kept as text */
};

struct setting_name {
	const char *name;	/* NULL ends the list */
	int value;
};

struct setting_key {
	const char *key;		/* "Section/Name" */
	enum stype type;
	const char *text;		/* default of ST_STR and ST_NAME, which are texts */
	int number;			/* default of the others */
	const struct setting_name *names;
	bool secret;			/* it never leaves this program */
	bool coded;			/* it does so in P7's password codec */
	const char *domain;		/* NULL, or the column of awm_domains that it stands for */
};

extern const struct setting_key setting_keys[];
extern const size_t setting_count;

#define SETTINGS_MAX 128
#define SETTINGS_SOCIALS 64	/* provider fields, "Socials/Google/Id" */

struct settings {
	struct {
		char *text;	/* ST_STR, ST_NAME; NULL: the default */
		int64_t number;
	} v[SETTINGS_MAX];
	struct {
		char *key, *text;
	} social[SETTINGS_SOCIALS];
	size_t socials;
	bool fallback;		/* settings.xml.bak was read */
	char why[256];		/* fallback: what was wrong with settings.xml */
};

/*
 * Read PATH, or PATH.bak when PATH is absent or not XML.  EXIT_NOINPUT, EXIT_CONFIG (neither can be
 * read), EXIT_PERMISSION (others can read it).
 */
int settings_read(struct settings *s, const char *path, struct err *e);
void settings_defaults(struct settings *s);
void settings_free(struct settings *s);
/* KEY is one of setting_keys: a wrong one aborts. */
const char *settings_text(const struct settings *s, const char *key);
int64_t settings_number(const struct settings *s, const char *key);
/* The value of setting_keys[I]; BOOLEANS: switches are true and false, else 1 and 0. */
void settings_put(const struct settings *s, size_t i, bool booleans, struct jsonw *w);
/* The members of SETTINGS "values": every key that is not a secret. */
void settings_write(const struct settings *s, struct jsonw *w);

#endif
