#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "io.h"
#include "jsonr.h"
#include "jsonw.h"
#include "p8/release.h"
#include "p8/salt.h"
#include "target/nodav.h"
#include "target/target.h"

#define VERSION_MAX 4096	/* bytes of the file VERSION */

static int put(char **to, const char *s, struct err *e)
{
	free(*to);
	*to = strdup(s);
	return *to == NULL ? err_memory(e) : 0;
}

static char *path_of(const char *dir, const char *rest)
{
	char *p;

	return asprintf(&p, "%s/%s", dir, rest) < 0 ? NULL : p;
}

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* config.json keeps [value, type, ...]; the value as a C string, or NULL. */
static const char *setting(const struct jdoc *d, const char *key)
{
	const struct jval *v = jr_get(d, NULL, key);

	if (v != NULL && v->type == J_ARRAY)
		v = jr_first(d, v);
	return v != NULL && v->type == J_STR ? v->s : NULL;
}

/* "host", "host:port", "host:/socket" */
static int split_host(struct target *t, const char *host, struct err *e)
{
	const char *colon = strchr(host, ':');

	if (put(&t->host, host, e) < 0)
		return -1;
	if (colon == NULL || strchr(colon + 1, ':') != NULL)
		return 0;
	t->host[colon - host] = '\0';
	if (colon[1] == '/')
		return put(&t->socket, colon + 1, e);
	t->port = (unsigned)strtoul(colon + 1, NULL, 10);
	if (t->port == 0 || t->port > 65535)
		return err_set(e, EXIT_CONFIG, "DBHost is \"%s\": no port behind the colon", host);
	return 0;
}

static int set_prefix(struct target *t, const char *prefix, struct err *e)
{
	const char *p;

	for (p = prefix; isalnum((unsigned char)*p) || *p == '_' || *p == '-' || *p == '$'; p++)
		;
	if (*p != '\0' || strlen(prefix) > TARGET_PREFIX_MAX)
		return err_set(e, EXIT_CONFIG,
		    "table prefix \"%s\": only letters, digits, _ - $, at "
		    "most %d of them",
		    prefix, TARGET_PREFIX_MAX);
	strcpy(t->prefix, prefix);
	return 0;
}

/* The same of a truth value. */
static bool switched_on(const struct jdoc *d, const char *key)
{
	const struct jval *v = jr_get(d, NULL, key);

	if (v != NULL && v->type == J_ARRAY)
		v = jr_first(d, v);
	return v != NULL && v->type == J_BOOL && v->b;
}

static int take_settings(struct target *t, const struct jdoc *d, const char *path, struct err *e)
{
	const char *type = setting(d, "DBType"), *prefix = setting(d, "DBPrefix");
	const char *host = setting(d, "DBHost"), *name = setting(d, "DBName");
	const char *login = setting(d, "DBLogin"), *password = setting(d, "DBPassword");

	if (name == NULL || host == NULL)
		return err_set(e, EXIT_CONFIG,
		    "%s has no DBHost and DBName, so it is not P8's; give "
		    "--p8 the directory of a P8 whose database is set up",
		    path);
	if (type != NULL && strcasecmp(type, "MySQL") != 0)
		return err_set(e, EXIT_CONFIG, "%s: P8 uses a database of type %s; only MySQL and "
		    "MariaDB can be loaded", path, type);
	t->multi_tenant = switched_on(d, "EnableMultiTenant");
	if (set_prefix(t, prefix ? prefix : "au_", e) < 0 || split_host(t, host, e) < 0 ||
	    put(&t->name, name, e) < 0 || put(&t->user, login ? login : "", e) < 0)
		return -1;
	return put(&t->password, password ? password : "", e);
}

static int read_config(struct target *t, struct err *e)
{
	struct buf text = BUF_INIT(TARGET_CONFIG_MAX + 8192);
	char *path = path_of(t->data, "settings/config.json");
	struct jdoc d = { 0 };
	int rc = -1;

	if (path == NULL)
		return err_memory(e);
	if (io_read_file(path, false, TARGET_CONFIG_MAX, &text, e) < 0) {
		if (e->status == EXIT_NOINPUT)
			err_prefix(e, "%s is not a P8 directory", t->p8);
	} else if (jr_parse(&d, text.data, text.len, e) < 0) {
		e->status = EXIT_CONFIG;
		err_prefix(e, "%s", path);
	} else
		rc = take_settings(t, &d, path, e);
	jr_free(&d);
	buf_free(&text);
	free(path);
	return rc;
}

/* A P8 whose VERSION is missing or empty may be any release; one that says another is refused. */
static int read_version(struct target *t, struct err *e)
{
	struct buf text = BUF_INIT(65536);
	char *path = path_of(t->p8, "VERSION");
	size_t n;
	int rc;

	if (path == NULL)
		return err_memory(e);
	rc = io_read_file(path, false, VERSION_MAX, &text, e);
	if (rc < 0 && e->status == EXIT_NOINPUT) {
		*e = (struct err){ .msg = "" };
		rc = 0;
	} else if (rc < 0) {
		e->status = e->status == EXIT_PERMISSION ? EXIT_PERMISSION : EXIT_CONFIG;
		err_prefix(e, "P8's release");
	} else if (text.len > 0) {
		n = strspn(text.data, " \t\r\n");
		snprintf(t->version, sizeof(t->version), "%.*s",
		    (int)strcspn(text.data + n, "\r\n"), text.data + n);
		rc = t->version[0] != '\0' ? p8release_check(path, t->version, e) : 0;
	}
	buf_free(&text);
	free(path);
	return rc;
}

/* settings/modules/NAME.config.json may say "Disabled": [true, "bool"]. */
static bool module_disabled(const struct target *t, const char *name)
{
	struct buf text = BUF_INIT(TARGET_CONFIG_MAX + 8192);
	struct err ignored = { .msg = "" };
	const struct jval *v;
	struct jdoc d = { 0 };
	bool disabled = false;
	char *path;

	if (t->data == NULL ||
	    asprintf(&path, "%s/settings/modules/%s.config.json", t->data, name) < 0)
		return false;
	if (io_read_file(path, false, TARGET_CONFIG_MAX, &text, &ignored) == 0 && text.len > 0 &&
	    jr_parse(&d, text.data, text.len, &ignored) == 0) {
		v = jr_get(&d, NULL, "Disabled");
		if (v != NULL && v->type == J_ARRAY)
			v = jr_first(&d, v);
		disabled = v != NULL && v->type == J_BOOL && v->b;
	}
	jr_free(&d);
	buf_free(&text);
	free(path);
	return disabled;
}

static int read_modules(struct target *t, struct err *e)
{
	char *path = path_of(t->p8, "modules");
	struct dirent **list = NULL;
	int n, i;

	if (path == NULL)
		return err_memory(e);
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0) {
		err_sys(e, EXIT_CONFIG, "%s is not a P8 directory: cannot read %s", t->p8, path);
		free(path);
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (list[i]->d_name[0] != '.' && !module_disabled(t, list[i]->d_name))
			buf_add(&t->modules, list[i]->d_name, strlen(list[i]->d_name) + 1);
		free(list[i]);
	}
	free(list);
	free(path);
	return buf_check(&t->modules, e);
}

static int override_with(struct target *t, const struct target_opts *o, struct err *e)
{
	const struct db_opts *d = &o->db;
	bool own = d->defaults_file == NULL && d->user == NULL;

	/* Another server is another address as a whole, another user has another password. */
	if (d->host != NULL || d->socket != NULL) {
		free(t->socket);
		t->socket = NULL;
		t->port = 0;
	}
	if (!own && t->password != NULL) {
		explicit_bzero(t->password, strlen(t->password));
		free(t->password);
		t->password = NULL;
	}
	if (d->host != NULL && put(&t->host, d->host, e) < 0)
		return -1;
	if (d->socket != NULL && put(&t->socket, d->socket, e) < 0)
		return -1;
	if (d->user != NULL && put(&t->user, d->user, e) < 0)
		return -1;
	if (d->name != NULL && put(&t->name, d->name, e) < 0)
		return -1;
	if (d->port != 0)
		t->port = d->port;
	t->opts = (struct db_opts){ d->defaults_file, d->group, t->host, t->socket, t->user,
	    t->password, t->name, t->port };
	return 0;
}

static int find_data(struct target *t, const struct target_opts *o, struct err *e)
{
	char *path;

	if (o->data == NULL && t->p8 == NULL)
		return 0;
	path = o->data != NULL ? strdup(o->data) : path_of(t->p8, "data");
	if (path == NULL)
		return err_memory(e);
	t->data = realpath(path, NULL);
	if (t->data == NULL || !is_dir(t->data)) {
		err_set(e, EXIT_NOINPUT, "%s is not a directory; %s", path, o->data != NULL ?
		    "--data needs P8's data directory" : "is --p8 the directory of a P8?");
		free(path);
		return -1;
	}
	free(path);
	t->salt_file = path_of(t->data, "salt8.php");
	return t->salt_file == NULL ? err_memory(e) : 0;
}

/* P7 keeps settings.xml where P8 has config.json: the usual mix-up of two directories. */
static int refuse_p7(const struct target *t, struct err *e)
{
	char *path = path_of(t->data, "settings/settings.xml");
	char *ours = path_of(t->data, "settings/config.json");
	struct stat st;
	int rc = 0;

	if (path == NULL || ours == NULL)
		rc = err_memory(e);
	else if (stat(path, &st) == 0 && stat(ours, &st) != 0)
		rc = err_set(e, EXIT_CONFIG,
		    "%s is a P7 directory (it has data/settings/settings.xml);"
		    " --p8 needs the directory of P8",
		    t->p8);
	free(path);
	free(ours);
	return rc;
}

int target_read(struct target *t, const struct target_opts *o, struct err *e)
{
	memset(t, 0, sizeof(*t));
	buf_init(&t->modules, 1 << 20);
	t->dav_text = o->dav_text;
	strcpy(t->prefix, "au_");
	if (o->p8 != NULL) {
		t->p8 = realpath(o->p8, NULL);
		if (t->p8 == NULL || !is_dir(t->p8))
			return err_set(e, EXIT_NOINPUT, "%s is not a directory; --p8 needs the "
			    "directory that P8 is installed in", o->p8);
	}
	if (find_data(t, o, e) < 0)
		return -1;
	if (t->p8 != NULL && (refuse_p7(t, e) < 0 || read_version(t, e) < 0 ||
	    read_config(t, e) < 0 || read_modules(t, e) < 0))
		return -1;
	if (o->prefix != NULL && set_prefix(t, o->prefix, e) < 0)
		return -1;
	return override_with(t, o, e);
}

/* P8's DAV connection names a charset only in releases after 8.8; before, the server's rules. */
static void choose_dav_text(struct target *t)
{
	if (t->dav_text != DAV_TEXT_AUTO)
		return;
	t->dav_text_assumed = true;
	t->dav_text = strncmp(t->db.client_charset, "utf8", 4) == 0 ? DAV_TEXT_UTF8 :
	    DAV_TEXT_SERVER;
}

/* Not db_close: that would tell the server good-bye. */
void target_leave(struct target *t)
{
	if (t->connected)
		close((int)mysql_get_socket(t->db.c));
	memset(&t->db, 0, sizeof(t->db));
	t->connected = false;
}

static void disconnect(struct target *t)
{
	if (t->connected)
		db_close(&t->db);
	t->connected = false;
}

int target_connect(struct target *t, struct err *e)
{
	disconnect(t);
	if (db_open(&t->db, &t->opts, e) < 0)
		return -1;
	t->connected = true;
	choose_dav_text(t);
	if (t->no_dav && nodav_stand_in(t, e) < 0)
		return -1;
	if (t->db.name[0] == '\0')
		return err_set(e, EXIT_CONFIG, "no database was named; use --p8 DIR or --db-name");
	return 0;
}

void target_close(struct target *t)
{
	disconnect(t);
	free(t->p8);
	free(t->data);
	free(t->salt_file);
	free(t->host);
	free(t->socket);
	free(t->user);
	if (t->password != NULL)
		explicit_bzero(t->password, strlen(t->password));
	free(t->password);
	free(t->name);
	buf_free(&t->modules);
	memset(t, 0, sizeof(*t));
}

int target_check_salt(const struct target *t, struct err *e)
{
	struct buf salt = BUF_INIT(1 << 20);
	struct stat st;
	int rc;

	if (t->salt_file == NULL)
		return err_set(e, EXIT_CONFIG,
		    "where P8's salt8.php lies is unknown; use --p8 DIR or "
		    "--data DIR");
	if (stat(t->salt_file, &st) != 0 && errno == ENOENT)
		return err_set(e, EXIT_NOINPUT, "there is no %s, without which P8 cannot read "
		    "passwords; open P8 once in a browser, it makes the file then", t->salt_file);
	rc = p8salt_read(t->salt_file, &salt, e);
	if (rc < 0)
		err_prefix(e, "P8's salt, without which it cannot read passwords");
	if (salt.data != NULL)
		explicit_bzero(salt.data, salt.len);
	buf_free(&salt);
	return rc;
}

bool target_has_module(const struct target *t, const char *name)
{
	const char *p = t->modules.data, *end = p + t->modules.len;

	for (; p != NULL && p < end; p += strlen(p) + 1)
		if (strcmp(p, name) == 0)
			return true;
	return false;
}

void target_table(const struct target *t, struct buf *out, const char *name)
{
	char full[TARGET_PREFIX_MAX + 65];

	snprintf(full, sizeof(full), "%s%s", t->prefix, name);
	db_ident(out, full);
}
