/* The stream that is read, and the record at hand. */
#ifndef LOAD_INPUT_H
#define LOAD_INPUT_H

#include "stream.h"
#include "uuid.h"

struct input {
	bool reading;			/* si is open */
	struct stream_in si;
	struct buf spare;		/* decoded base64 of the current value */
	char snapshot[20];		/* "@snapshot" */
	char source[UUID_LEN + 1];	/* source id */
};

#endif
