/*
 * Days as birthdays of vCards have them: "1985-04-12", "19850412", "1985-4-12", "1985-04", "1985",
 * "--0412", "--04-12", "--04", "---12", each with a time behind it.
 */
#ifndef CARDDATE_H
#define CARDDATE_H

#include <stdbool.h>
#include <stddef.h>

/* In place of a year that is not known: what Apple's programs write, and leap as it has to be. */
#define CARDDATE_NO_YEAR 1604

struct carddate {
	int year, month, day;	/* 0: not given */
	bool time;		/* there is more behind the day */
};

/* False, and D is all zero: it is not such a day, or not a day of the calendar. */
bool carddate_read(const char *s, size_t n, struct carddate *d);

#endif
