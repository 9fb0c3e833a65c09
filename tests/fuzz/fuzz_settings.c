// rooms: extract
/* settings.xml of any bytes: every key has a value, or the file is refused. */
#include "extract/site/settings.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct buf out = BUF_INIT(1 << 22);
	struct settings s;
	struct jsonw w;
	struct err e;
	size_t i;

	if (settings_read(&s, fuzz_file(data, size), &e) < 0)
		return 0;
	for (i = 0; i < setting_count; i++) {
		if (setting_keys[i].type == ST_STR || setting_keys[i].type == ST_NAME)
			(void)strlen(settings_text(&s, setting_keys[i].key));
		else
			(void)settings_number(&s, setting_keys[i].key);
	}
	buf_reset(&out);
	jw_begin(&w, &out);
	jw_object(&w);
	settings_write(&s, &w);
	jw_object_end(&w);
	settings_free(&s);
	return 0;
}
