/*
 * A value on its way from P7 to P8.  Text is not NUL-terminated and belongs to the record it was
 * read from, to the arena of the record, or to the mapping.
 */
#ifndef VAL_H
#define VAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum val_type {
	V_NONE,			/* the record or member is not there */
	V_NULL,			/* SQL NULL */
	V_BOOL,
	V_INT,
	V_STR,
	V_LIST			/* i: index of the list in the parsed record */
};

struct val {
	enum val_type type;
	bool bytes;		/* V_STR: perhaps no UTF-8 */
	int64_t i;		/* V_BOOL (0 or 1), V_INT */
	const char *s;
	size_t n;
};

static inline struct val val_str(const char *s, size_t n)
{
	return (struct val){ V_STR, false, 0, s, n };
}

static inline struct val val_text(const char *s)
{
	return val_str(s, strlen(s));
}

static inline struct val val_int(int64_t i)
{
	return (struct val){ V_INT, false, i, "", 0 };
}

static inline struct val val_bool(bool b)
{
	return (struct val){ V_BOOL, false, b, "", 0 };
}

/* PHP's casts: of text the leading number, '' and '0' are false. */
int64_t val_as_int(const struct val *v);
bool val_as_bool(const struct val *v);
/* '', 0, false, NULL or not there */
bool val_empty(const struct val *v);

#endif
