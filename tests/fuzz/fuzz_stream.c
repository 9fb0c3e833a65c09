/* Streams of any bytes, gzip too: whole records up to the end, or an error; edited or not. */
#include "fuzz.h"
#include "stream.h"

static void read_all(const char *path, bool edited)
{
	static struct stream_in si;
	struct err e = { .msg = "" };
	int rc;

	if (si_open(&si, path, "p7|p8|dav", edited, &e) < 0)
		return;
	while ((rc = si_next(&si, &e)) == 1)
		if (si.line[si.len] != '\0' || strlen(si.kind) >= sizeof(si.kind))
			abort();
	if (rc < 0 && (e.status == EXIT_BALANCED || e.msg[0] == '\0'))
		abort();
	si_close(&si);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);

	read_all(path, false);
	read_all(path, true);
	return 0;
}
