/*
 * A setting's value in the form that P8's configuration file has for it: releases differ in the
 * type of one and the same setting ("F24" of an enumeration, "0" as a string, 0 as a number).
 */
#ifndef LOAD_SETTINGVAL_H
#define LOAD_SETTINGVAL_H

#include <stddef.h>

#include "buf.h"

struct settingval {
	const char *key;
	const char *now;	/* JSON, N bytes: what the file has */
	size_t n;
	const char *type;	/* that the file says with it ("spec"), "" when it says none */
};

/*
 * The JSON VALUE, of LEN bytes, as the file would have it, into OUT (emptied first).  1; 0: it has
 * no such form, or one of the texts is no JSON.
 */
int settingval_form(const struct settingval *s, const char *value, size_t len, struct buf *out);
/* Are the two JSON texts the same value of the same type? */
int settingval_same(const char *a, size_t na, const char *b, size_t nb);

#endif
