#include <string.h>

#include "card/carddate.h"

struct text {
	const char *s;
	size_t n;
};

static unsigned digits(struct text t)
{
	unsigned n = 0;

	while (n < t.n && t.s[n] >= '0' && t.s[n] <= '9')
		n++;
	return n;
}

static void skip(struct text *t, size_t n)
{
	t->s += n;
	t->n -= n;
}

static int number(struct text *t, unsigned n)
{
	int v = 0;

	for (; n > 0; n--, skip(t, 1))
		v = 10 * v + (*t->s - '0');
	return v;
}

static bool dash(struct text *t)
{
	bool is = t->n > 0 && *t->s == '-';

	if (is)
		skip(t, 1);
	return is;
}

/* One or two digits. */
static bool short_number(struct text *t, int *v)
{
	unsigned n = digits(*t);

	if (n < 1 || n > 2)
		return false;
	*v = number(t, n);
	return true;
}

/* What stands behind the year, or "--". */
static bool month_and_day(struct text *t, struct carddate *d)
{
	if (digits(*t) == 4) {
		d->month = number(t, 2);
		d->day = number(t, 2);
		return true;
	}
	return short_number(t, &d->month) && (!dash(t) || short_number(t, &d->day));
}

static bool without_year(struct text *t, struct carddate *d)
{
	return dash(t) ? short_number(t, &d->day) : month_and_day(t, d);
}

static bool with_year(struct text *t, struct carddate *d)
{
	unsigned n = digits(*t);

	if (n != 4 && n != 8)
		return false;
	d->year = number(t, 4);
	return n == 8 || dash(t) ? month_and_day(t, d) : true;
}

/* What is said (not -1) is in the calendar. */
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
	struct text t = { s, n };
	bool ok;

	*d = (struct carddate){ 0, -1, -1, false };
	if (n >= 2 && memcmp(s, "--", 2) == 0) {
		skip(&t, 2);
		ok = without_year(&t, d);
	} else
		ok = with_year(&t, d);
	d->time = t.n > 0;
	ok = ok && is_day(d) && (!d->time || strchr("Tt Zz+", *t.s) != NULL);
	if (!ok)
		*d = (struct carddate){ 0, 0, 0, false };
	d->month = d->month > 0 ? d->month : 0;
	d->day = d->day > 0 ? d->day : 0;
	return ok;
}
