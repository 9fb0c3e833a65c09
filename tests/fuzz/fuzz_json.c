/* Any bytes: the reader accepts or refuses, and what it accepts it reads again the same. */
#include "fuzz.h"
#include "jsonr.h"
#include "jsonw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jdoc a, b;
	static struct buf first = BUF_INIT(1 << 20), second = BUF_INIT(1 << 20),
			  third = BUF_INIT(1 << 20);
	struct jsonw w;
	struct err e;
	char *text = fuzz_text(data, size);

	if (jr_parse(&a, text, size, &e) == 0) {
		buf_reset(&first);
		buf_reset(&second);
		jw_begin(&w, &first);
		jr_write(&a, a.v, &w);
		buf_add(&second, first.data, first.len);
		if (jr_parse(&b, second.data, second.len, &e) != 0)
			abort();
		buf_reset(&third);
		jw_begin(&w, &third);
		jr_write(&b, b.v, &w);
		if (first.len != third.len || memcmp(first.data, third.data, first.len) != 0)
			abort();
	}
	free(text);
	return 0;
}
