#include <ctype.h>
#include <string.h>

#include "base/fit.h"
#include "columns.h"
#include "report.h"
#include "utf8.h"

#define PACKET_REST 4096	/* what else stands in the message that carries a value */

static const struct {
	const char *code, *reason, *remedy;
} codes[] = {
{ "value-too-long", "the value is longer than P8's column",
    "enter it in P8 by hand, or shorten it in P7 and " BRING_AGAIN },
{ "value-too-large", "the value is larger than the server takes in one message",
    "raise max_allowed_packet of P8's server and " BRING_AGAIN },
{ "value-no-utf8", "the value is not UTF-8, and P8's column holds text only",
    "correct it in P7 and " BRING_AGAIN },
{ "value-not-bmp", "the value has a character outside of what utf8mb3 columns hold",
    "p7-transform replaces such characters: let it make the stream, and " BRING_AGAIN },
{ "value-out-of-range", "the number does not fit P8's column",
    "correct it in P7 and " BRING_AGAIN },
{ "value-no-date", "the value is not a date and time",
    "correct it in P7 and " BRING_AGAIN },
{ "value-type", "the value is not of its attribute's type",
    "correct the file of p7-transform --mapping and " BRING_AGAIN },
{ "ref-unknown", "the entity that it refers to is not in P8",
    "give p8-load the stream as p7-transform made it, and " BRING_AGAIN },
};

const char *fit_reason(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(codes[i].code, code) == 0)
			return codes[i].reason;
	return "the value was refused";
}

const char *fit_remedy(const char *code)
{
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(codes[i].code, code) == 0)
			return codes[i].remedy;
	return "correct it in P7 and " BRING_AGAIN;
}

static bool is_ascii(const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if ((unsigned char)p[i] >= 0x80)
			return false;
	return true;
}

const char *fit_text(const struct fit *f, enum attr_type t, const char *p, size_t n)
{
	if (n + PACKET_REST > f->packet)
		return "value-too-large";
	if (t == AT_MEDIUMBLOB)
		return n > COLUMN_BLOB ? "value-too-long" : NULL;
	if (t == AT_TEXT && n > COLUMN_TEXT)
		return "value-too-long";
	if (t == AT_STRING && n > f->string_max && is_ascii(p, n))
		return "value-too-long";
	if (is_ascii(p, n))
		return NULL;
	if (!utf8_valid(p, n))
		return "value-no-utf8";
	if (t == AT_STRING && utf8_chars(p, n) > f->string_max)
		return "value-too-long";
	return f->bmp_only && utf8_beyond_bmp(p, n) ? "value-not-bmp" : NULL;
}

const char *fit_num(enum attr_type t, int64_t v)
{
	if (t == AT_BOOL)
		return v == 0 || v == 1 ? NULL : "value-out-of-range";
	if (t == AT_INT)
		return v >= INT32_MIN && v <= INT32_MAX ? NULL : "value-out-of-range";
	return NULL;
}

bool fit_datetime(const char *p, size_t n)
{
	static const char form[] = "0000-00-00 00:00:00";
	size_t i;

	if (n != sizeof(form) - 1)
		return false;
	for (i = 0; i < n; i++)
		if (form[i] == '0' ? !isdigit((unsigned char)p[i]) : p[i] != form[i])
			return false;
	return true;
}
