/*
 * Conversions: how P7's value becomes P8's.  The mapping names them; the table here says how many
 * sources each takes.  A conversion never fails on data: what it cannot carry it notes.
 */
#ifndef CONVERT_H
#define CONVERT_H

#include "arena.h"
#include "buf.h"
#include "jsonr.h"
#include "mapping/mapping.h"
#include "mapping/notes.h"
#include "mapping/target.h"
#include "text/val.h"

#define SIEVE_DOMAINS 64
#define SIEVE_NAME 256

/* What P7's config.php says of ManageSieve. */
struct sieve {
	bool enabled;
	int64_t port;
	char domains[SIEVE_DOMAINS][SIEVE_NAME];	/* lower-case */
	unsigned n;
};

struct conv_ctx {
	struct arena *arena;		/* for texts that are made */
	struct notes *notes;
	const struct sieve *sieve;
	const struct map_attr *attr;	/* the attribute being made */
	struct jdoc json;		/* scratch */
};

struct conversion {
	const char *name;
	unsigned min, max;		/* sources */
	/* 0, or -1 when memory is exhausted; V_NONE in *OUT: nothing there. */
	int (*make)(struct conv_ctx *c, const struct val *const *in, unsigned n, struct val *out);
	bool none_skips;		/* no row when nothing is there */
	bool last;			/* made from the other attributes, after them (etag) */
};

const struct conversion *conversion_find(const char *name);

/* The value without PHP's blanks around it (space, \t, \n, \r, NUL, \v). */
struct val conv_trim(const struct val *v);
/* Trimmed text of any value; V_NONE and V_NULL are "". */
struct val conv_text(const struct val *v);
/* The same in lower case (ASCII), in the arena. */
int conv_lower(struct arena *a, const struct val *v, struct val *out);

typedef const struct val *const *inputs;

/* In conv_json.c: append a text (UTF-8) as PHP's json_encode writes it, quotes included. */
void php_json_text(struct buf *out, const char *s, size_t n);
/* A JSON list as PHP's json_encode writes it. */
int conv_folders_order(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
/* In conv_settings.c: P8's spelling of P7's settings. */
int conv_autodetect(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_language(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_limit(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_time_format(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
/* In conv_mail.c: passwords, servers, social accounts; p7-transform(1) says what each does. */
int conv_password(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_login_password(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_own_login(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_own_password(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_social_type(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_server_name(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_server_domains(struct conv_ctx *c, inputs in, unsigned n, struct val *out);
int conv_sieve(struct conv_ctx *c, inputs in, unsigned n, struct val *out);

#endif
