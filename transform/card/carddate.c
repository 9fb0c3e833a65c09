#include <string.h>

#include "card/carddate.h"
#include "text/ascii.h"

/*
 * The forms of a day.  'Y' is four digits, 'M' and 'D' are two, or one when the letter is small and
 * no digit follows.
 */
static const char *const forms[] = { "YMD", "Y-MD", "Y-m-d", "Y-m", "Y", "--MD", "--m-d", "--m",
	"---d" };

static unsigned digits(const char *s, const char *end)
{
	const char *p = s;

	while (p < end && ascii_is_digit(*p))
		p++;
	return (unsigned)(p - s);
}

/* The end of the day at the beginning of S; NULL: S does not begin with a day of this form. */
static const char *match(const char *form, const char *s, const char *end, struct carddate *d)
{
	unsigned n, room;
	int *to;

	for (; *form != '\0'; form++) {
		if (*form == '-') {
			if (s == end || *s++ != '-')
				return NULL;
			continue;
		}
		to = *form == 'Y' ? &d->year : *form == 'M' || *form == 'm' ? &d->month : &d->day;
		n = digits(s, end);
		room = *form == 'Y' ? 4 : 2;
		if (*form == 'm' || *form == 'd' ? n < 1 || n > room : n < room)
			return NULL;
		for (*to = 0, n = n < room ? n : room; n > 0; n--)
			*to = 10 * *to + (*s++ - '0');
	}
	return s;
}

/* Is what is said (not -1) in the calendar? */
static bool is_day(const struct carddate *d)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = d->year == 0 || (d->year % 4 == 0 && (d->year % 100 != 0 ||
	    d->year % 400 == 0));

	if (d->month == 0 || d->month > 12 || d->day == 0)
		return false;
	return d->day <= (d->month < 0 ? 31 : days[d->month - 1] - (d->month == 2 && !leap));
}

bool carddate_read(const char *s, size_t n, struct carddate *d)
{
	const char *end = s + n, *behind = NULL;
	size_t i;

	for (i = 0; behind == NULL && i < sizeof(forms) / sizeof(forms[0]); i++) {
		*d = (struct carddate){ 0, -1, -1, false };
		behind = match(forms[i], s, end, d);
		if (behind != NULL && behind < end && strchr("Tt Zz+", *behind) == NULL)
			behind = NULL;
	}
	if (behind == NULL || !is_day(d)) {
		*d = (struct carddate){ 0, 0, 0, false };
		return false;
	}
	d->time = behind < end;
	d->month = d->month > 0 ? d->month : 0;
	d->day = d->day > 0 ? d->day : 0;
	return true;
}
