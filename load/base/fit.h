/* Whether a value fits P8's column, judged before the server is asked.  Nothing is allocated. */
#ifndef LOAD_FIT_H
#define LOAD_FIT_H

#include <stdint.h>

#include "base/attrtype.h"

struct fit {
	size_t string_max;	/* characters of a string */
	bool bmp_only;		/* P8's text columns are utf8mb3 */
	size_t packet;		/* the server's max_allowed_packet */
};

/* NULL: it fits; else the reason code ("value-too-long", ...) of a REJECT. */
const char *fit_text(const struct fit *f, enum attr_type t, const char *p, size_t n);
const char *fit_num(enum attr_type t, int64_t v);
/* "YYYY-MM-DD HH:MM:SS" */
bool fit_datetime(const char *p, size_t n);
/* The sentences for people that belong to a code. */
const char *fit_reason(const char *code);
const char *fit_remedy(const char *code);

#endif
