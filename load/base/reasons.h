/* How often each reason code came, and what to do about it: the end of a run's summary. */
#ifndef LOAD_REASONS_H
#define LOAD_REASONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REASONS 64		/* different codes; more are counted together */
#define REASON_TEXT 320

struct reasons {
	unsigned n;
	struct reason {
		char code[64];
		char action[REASON_TEXT];	/* of the first one */
		bool others;		/* not every record has the same action */
		bool reject;
		uint64_t n;
	} v[REASONS];
};

/* Count a REJECT or WARN record of N bytes. */
void reasons_add(struct reasons *r, const char *line, size_t n);
/* Add those of FROM. */
void reasons_merge(struct reasons *r, const struct reasons *from);
/* A line each, the most frequent first, rejects before warnings, on standard error. */
void reasons_print(struct reasons *r);

#endif
