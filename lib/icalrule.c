#include <ctype.h>
#include <libical/ical.h>
#include <string.h>
#include <strings.h>

#include "icalrule.h"

#define ENDLESS "FREQ=YEARLY"

static const char *const names[] = { "FREQ", "COUNT", "UNTIL", "INTERVAL", "BYSECOND", "BYMINUTE",
    "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS", "WKST" };
enum { COUNT = 1, UNTIL = 2, NAMES = sizeof(names) / sizeof(names[0]) };

struct part {
	const char *p;		/* its value; NULL: not there */
	size_t n;
};

/* Which of the names the N bytes at P are; NAMES: none. */
static unsigned name_of(const char *p, size_t n)
{
	unsigned i;

	while (n > 0 && isspace((unsigned char)*p)) {
		p++;
		n--;
	}
	while (n > 0 && isspace((unsigned char)p[n - 1]))
		n--;
	for (i = 0; i < NAMES; i++)
		if (strlen(names[i]) == n && strncasecmp(names[i], p, n) == 0)
			break;
	return i;
}

static void put(struct buf *out, const char *name, const struct part *part)
{
	size_t i;

	buf_adds(out, name);
	buf_addc(out, '=');
	for (i = 0; i < part->n; i++)
		if (!isspace((unsigned char)part->p[i]))
			buf_addc(out, part->p[i]);
	buf_addc(out, ';');
}

void icalrule_clean(const char *text, struct buf *out)
{
	struct part part[NAMES + 1] = { { NULL, 0 } };
	size_t n, name;
	unsigned i;

	buf_reset(out);
	for (; *text != '\0'; text += n + (text[n] == ';')) {
		n = strcspn(text, ";");
		name = strcspn(text, "=;");
		if (name < n)
			part[name_of(text, name)] = (struct part){ text + name + 1, n - name - 1 };
	}
	if (part[COUNT].p != NULL)
		part[UNTIL].p = NULL;
	for (i = 0; i < NAMES; i++)
		if (part[i].p != NULL)
			put(out, names[i], &part[i]);
	if (out->len == 0 ||
	    icalrecurrencetype_from_string(out->data).freq == ICAL_NO_RECURRENCE) {
		buf_reset(out);
		buf_adds(out, ENDLESS);
	}
}
