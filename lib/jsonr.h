/*
 * Strict reader of JSON text (RFC 8259) into a flat tree of values.
 * The tree belongs to the struct jdoc and is reused by the next parse; strings are slices of the
 * text that was parsed, which jr_parse unescapes in place (so the text is changed, and has to stay
 * where it is as long as the tree is used).  Refused: text that is not UTF-8, lone surrogates,
 * duplicate keys, numbers that are not integers of 64 bits (fractions and exponents are kept as
 * text, type J_OTHER), nesting deeper than JR_DEPTH, more than JR_VALUES values, bytes after the
 * value.
 */
#ifndef JSONR_H
#define JSONR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "err.h"

#define JR_DEPTH 32
#define JR_VALUES (1u << 20)
#define JR_KEYS 4096		/* of one object: each is compared with the others */

enum jtype { J_NULL, J_BOOL, J_INT, J_OTHER, J_STR, J_ARRAY, J_OBJECT };

struct jval {
	enum jtype type;
	bool b;			/* J_BOOL */
	bool unsigned64;	/* J_INT above INT64_MAX: read i as uint64_t */
	int64_t i;		/* J_INT */
	const char *s;		/* J_STR: unescaped, NUL-terminated; numbers: the text */
	size_t n;		/* J_STR, numbers: bytes; J_ARRAY, J_OBJECT: members */
	const char *key;	/* inside an object */
	size_t keylen;
	uint32_t next;		/* index of the next sibling, 0 when last */
	uint32_t child;		/* index of the first member, 0 when none */
};

struct jdoc {
	struct jval *v;		/* v[0] is the root */
	uint32_t n;
	size_t size;
};

/* Parse N bytes at S (S[N] must be writable); the message names the column of the fault. */
int jr_parse(struct jdoc *d, char *s, size_t n, struct err *e);
void jr_free(struct jdoc *d);

/* The member KEY of object O (NULL: of the root), or NULL. */
const struct jval *jr_get(const struct jdoc *d, const struct jval *o, const char *key);
const struct jval *jr_first(const struct jdoc *d, const struct jval *o);
const struct jval *jr_next(const struct jdoc *d, const struct jval *v);
/* The string member KEY of O as a C string, or DEF when it is absent or not a string. */
const char *jr_str(const struct jdoc *d, const struct jval *o, const char *key, const char *def);
/* The integer member KEY of O, or DEF; a bool counts as 0 or 1. */
int64_t jr_int(const struct jdoc *d, const struct jval *o, const char *key, int64_t def);
bool jr_bool(const struct jdoc *d, const struct jval *o, const char *key, bool def);
/*
 * The bytes of V: of a string, or of {"base64":"..."} (decoded at the end of SPARE, a caller's
 * buffer).  Returns 0, or -1 when V is neither (also null).
 */
int jr_bytes(const struct jdoc *d, const struct jval *v, struct buf *spare, const char **p,
    size_t *n);

/* Write V (and its members) as JSON again. */
struct jsonw;
void jr_write(const struct jdoc *d, const struct jval *v, struct jsonw *w);

#endif
