// rooms: transform
/* Calendar objects and cards of any bytes: what is found in them has its bounds. */
#include "fuzz.h"
#include "icaluid.h"
#include "lib/ical.h"

const char *__asan_default_options(void);

/* libical keeps memory for later, which after each run would be searched for leaks for long. */
const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf plain = BUF_INIT(1 << 22);
	char *text = fuzz_text(data, size);
	struct ical_facts f;
	struct icaluid u;
	bool found;

	found = icaluid_find(text, size, &u);
	if (found != (u.len > 0) || u.len > ICALUID_MAX || strlen(u.uid) != u.len ||
	    memchr(u.component, '\0', sizeof(u.component)) == NULL)
		abort();
	buf_reset(&plain);
	icaluid_text(text, size, &plain);
	if (plain.len > 0 && memchr(plain.data, '\0', plain.len) != NULL)
		abort();
	if (ical_look(text, size, &f) != (f.component[0] != '\0'))
		abort();
	if (f.timed && (f.first < 0 || f.last < 0 || f.first > f.last || f.last > UINT32_MAX))
		abort();
	free(text);
	return 0;
}
