// rooms: transform
/* A mapping of any bytes: it is read or refused with a reason. */
#include "fuzz.h"
#include "transform/mapping/mapping.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct mapping m;
	char *text = fuzz_text(data, size);
	struct target target;
	struct err e = { .msg = "" };

	target_default(&target);
	memset(&m, 0, sizeof(m));
	if (mapping_read(&m, text, size, "mapping", &target, NULL, &e) < 0 && e.msg[0] == '\0')
		abort();
	mapping_free(&m);
	target_free(&target);
	free(text);
	return 0;
}
