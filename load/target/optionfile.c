#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "io.h"
#include "target/optionfile.h"

/* What the client library reads before anything else: TLS, for one, can be in it. */
static void put_usual(struct buf *out)
{
	static const char *const usual[] = { "/etc/my.cnf", "/etc/mysql/my.cnf" };
	const char *home = getenv("HOME");
	char own[4096];
	size_t i;

	for (i = 0; i < sizeof(usual) / sizeof(*usual); i++)
		if (access(usual[i], R_OK) == 0)
			buf_addf(out, "!include %s\n", usual[i]);
	snprintf(own, sizeof(own), "%s/.my.cnf", home != NULL ? home : "");
	if (home != NULL && access(own, R_OK) == 0)
		buf_addf(out, "!include %s\n", own);
}

static void put(struct buf *out, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_addf(out, "%s=\"", key);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			buf_addc(out, '\\');
		buf_addc(out, *value);
	}
	buf_adds(out, "\"\n");
}

int optionfile_write(const struct target *t, const char *path, struct err *e)
{
	struct buf text = BUF_INIT(1 << 20);
	const struct db_opts *o = &t->opts;
	char *given;
	int rc;

	if (o->defaults_file == NULL) {
		put_usual(&text);
	} else if ((given = realpath(o->defaults_file, NULL)) != NULL) {
		buf_addf(&text, "!include %s\n", given);
		free(given);
	}
	buf_adds(&text, "[client]\n");
	put(&text, "host", o->host);
	put(&text, "socket", o->socket);
	put(&text, "user", o->user);
	put(&text, "password", o->password);
	if (o->port != 0)
		buf_addf(&text, "port=%" PRIu64 "\n", o->port);
	rc = buf_check(&text, e) < 0 ? -1 : io_write_file(path, text.data, text.len, 0600, e);
	if (text.data != NULL)
		explicit_bzero(text.data, text.len);
	buf_free(&text);
	return rc;
}
