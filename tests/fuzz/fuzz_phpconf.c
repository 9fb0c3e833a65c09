// rooms: extract
/* PHP files of any bytes: values that can be walked, a salt without NUL, or an error. */
#include "extract/site/phpconf.h"
#include "fuzz.h"
#include "p8/salt.h"

static void walk(const struct phpconf *c, const struct pcval *v, unsigned depth)
{
	const struct pcpair *p;
	size_t at = 0;

	if (v->type == PC_STR && v->s[v->n] != '\0')
		abort();
	/* A variable can stand in an array many times: a look at each level is enough. */
	if (v->type != PC_ARRAY || depth > PHPCONF_DEPTH)
		return;
	while ((p = phpconf_each(c, v, &at)) != NULL) {
		if (p->key != NULL && v == &c->root && phpconf_get(c, p->key) == NULL)
			abort();
		if (at < 64)
			walk(c, &p->v, depth + 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *path = fuzz_file(data, size);
	struct buf salt = BUF_INIT(1 << 20);
	struct phpconf c;
	struct err e;

	if (phpconf_read(&c, path, &e) == 0) {
		walk(&c, &c.root, 0);
		phpconf_free(&c);
	}
	if (p8salt_read(path, &salt, &e) == 0 && salt.len == 0)
		abort();
	buf_free(&salt);
	return 0;
}
