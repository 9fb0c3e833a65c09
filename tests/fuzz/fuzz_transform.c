// rooms: transform
/* p7-transform on a stream of any bytes: a P8 stream or an error, by the exit status. */
#include "fuzz.h"

int transform_main(int argc, char **argv);
#define main transform_main
#include "transform/main.c"
#undef main

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char salt[] = "<?php \\Aurora\\System\\Api::$sSalt = \"MTYwNTYwMDAwMC4x\";";
	static char salt_path[64];
	struct wish o = { .output = "out", .salt = salt_path, .edited = true };
	struct err e = { .msg = "" };

	if (salt_path[0] == '\0') {
		snprintf(salt_path, sizeof(salt_path), "salt8.%d", (int)getpid());
		if (io_write_file(salt_path, salt, sizeof(salt) - 1, 0600, &e) < 0)
			abort();
	}
	o.input = fuzz_file(data, size);
	if ((transform(&o, &e) < 0) != (e.status != EXIT_BALANCED && e.status != EXIT_REJECTS))
		abort();
	return 0;
}
