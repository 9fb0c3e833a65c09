/*
 * Conversions: how P7's value becomes P8's.  The mapping names them; the table in convert.c says
 * how many sources each takes.  A conversion never fails on data: what it cannot carry it reports.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include "arena.h"
#include "jsonr.h"
#include "mapping/mapping.h"
#include "mapping/p8crypt.h"

#define SIEVE_DOMAINS 64
#define SIEVE_NAME 256

/* What P7's config.php says of ManageSieve. */
struct sieve {
	bool enabled;
	int64_t port;
	char domains[SIEVE_DOMAINS][SIEVE_NAME];	/* lower-case */
	unsigned n;
};

/*
 * What has to be reported about the record being made: kept until the record is in the stream, then
 * sent behind it.  Texts are constants.
 */
struct attr_report {
	bool reject;
	bool secret;		/* the value must not be repeated */
	const char *code, *reason, *action;
	const struct map_attr *attr;
};
#define ATTR_REPORTS_MAX 256	/* of one record; attributes have at most two or three each */

/* The record being made, and the attribute in hand. */
struct convert {
	struct sieve sieve;
	struct p8key key;
	struct arena arena;			/* for texts that are made */
	struct attr_report report[ATTR_REPORTS_MAX];
	unsigned reports;
	const struct map_attr *attr;
	const struct val *in[MAP_FROM];		/* N sources */
	unsigned n;
	struct jdoc json;			/* scratch */
};

/* Report the attribute in hand; SECRET, or one that P8 encrypts: without its value. */
void convert_report(struct convert *c, bool reject, bool secret, const char *code,
    const char *reason, const char *action);

struct conversion {
	const char *name;
	unsigned min, max;		/* sources */
	/* 0, or -1 when memory is exhausted; V_NONE in *OUT: nothing there. */
	int (*make)(struct convert *c, struct val *out);
	bool none_skips;		/* no row when nothing is there */
	bool last;			/* made from the other attributes, after them (etag) */
};

const struct conversion *conversion_find(const char *name);

/* The value without PHP's blanks around it (space, \t, \n, \r, NUL, \v). */
struct val conv_trim(const struct val *v);
/* Trimmed text of any value; V_NONE and V_NULL are "". */
struct val conv_text(const struct val *v);
/* The same in lower case (ASCII), in the arena. */
int conv_lower(struct convert *c, const struct val *v, struct val *out);

/* In conv_json.c: append a text (UTF-8) as PHP's json_encode writes it, quotes included. */
void php_json_text(struct buf *out, const char *s, size_t n);
/* A JSON list as PHP's json_encode writes it. */
int conv_folders_order(struct convert *c, struct val *out);
/* In conv_settings.c: P8's spelling of P7's settings. */
int conv_autodetect(struct convert *c, struct val *out);
int conv_language(struct convert *c, struct val *out);
int conv_limit(struct convert *c, struct val *out);
int conv_time_format(struct convert *c, struct val *out);
/* In conv_mail.c: passwords, servers, social accounts; p7-transform(1) says what each does. */
int conv_password(struct convert *c, struct val *out);
int conv_login_password(struct convert *c, struct val *out);
int conv_own_login(struct convert *c, struct val *out);
int conv_own_password(struct convert *c, struct val *out);
int conv_social_type(struct convert *c, struct val *out);
int conv_server_name(struct convert *c, struct val *out);
int conv_server_domains(struct convert *c, struct val *out);
int conv_sieve(struct convert *c, struct val *out);

#endif
