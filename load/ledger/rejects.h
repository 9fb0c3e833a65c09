/*
 * What is said of things that did not come, or came altered: REJECT and WARN records (report.h) on
 * their way to the file of --rejects and into the counts.
 */
#ifndef LOAD_REJECTS_H
#define LOAD_REJECTS_H

#include "base/counts.h"
#include "base/reasons.h"
#include "report.h"

struct rejects {
	struct report maker;		/* builds the text of our own */
	struct report file;		/* the --rejects file */
	struct reasons reasons;
};

#endif
