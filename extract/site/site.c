#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "exposed.h"
#include "io.h"
#include "samefile.h"
#include "base/warning.h"
#include "site/site.h"

#define SMALL_FILE ((size_t)1 << 20)

static int join(char out[SITE_PATH], const char *dir, const char *name, struct err *e)
{
	int n = snprintf(out, SITE_PATH, "%s/%s", dir, name);

	if (n < 0 || n >= SITE_PATH)
		return err_set(e, EXIT_NOINPUT, "%s/%s: the path is too long", dir, name);
	return 0;
}

/* What may not be looked at is not missing: it may well be there. */
static int may_not_look(const char *path, struct err *e)
{
	if (errno != EACCES && errno != EPERM)
		return err_sys(e, EXIT_NOINPUT, "cannot look at %s", path);
	return err_set(e, EXIT_PERMISSION,
	    "cannot look at %s: %s; run this as P7's user or as root", path, strerror(errno));
}

static bool is_missing(void)
{
	return errno == ENOENT || errno == ENOTDIR;
}

/* 1, 0, -1 */
static int is_there(const char *path, struct err *e)
{
	if (access(path, F_OK) == 0)
		return 1;
	return is_missing() ? 0 : may_not_look(path, e);
}

static int check_dir(const char *path, const char *wanted, struct err *e)
{
	struct stat st = { .st_mode = 0 };

	if (stat(path, &st) != 0 && !is_missing())
		return may_not_look(path, e);
	return S_ISDIR(st.st_mode) ? 0 :
	    err_set(e, EXIT_NOINPUT, "%s is not a directory; %s", path, wanted);
}

/* The data directory that inc_settings_path.php names, if it does. */
static int moved_data(struct site *s, const char *root, struct err *e)
{
	char path[SITE_PATH];
	struct phpconf c;
	const char *found = NULL;
	size_t i;
	int rc;

	if (join(path, root, "inc_settings_path.php", e) < 0)
		return -1;
	rc = is_there(path, e);
	if (rc <= 0)
		return rc < 0 ? -1 : join(s->data, root, "data", e);
	if (phpconf_read(&c, path, e) < 0)
		return -1;
	rc = 0;
	for (i = 0; i < c.nvars; i++)
		if (strcmp(c.vars[i].name, "dataPath") == 0 && c.vars[i].v.type == PC_STR)
			found = c.vars[i].v.s;
	if (found == NULL)
		rc = err_set(e, EXIT_CONFIG, "%s moves the data directory by code that cannot be"
		    " understood; write its path there as a plain text ($dataPath = '/DIR';), or"
		    " give it to p7-extract with --data", path);
	else if (found[0] == '/')
		snprintf(s->data, sizeof(s->data), "%.4000s", found);
	else
		rc = join(s->data, root, found, e);
	if (rc == 0)
		warning("%s says that the data directory is %s", path, s->data);
	phpconf_free(&c);
	return rc;
}

/* For messages that guess what a directory is: can NAME be seen in it? */
static bool has_file(const char *dir, const char *name)
{
	char path[SITE_PATH];
	struct err ignored = { .msg = "" };

	return join(path, dir, name, &ignored) == 0 && access(path, F_OK) == 0;
}

/* P7's directory has no data directory: the message depends on what the directory seems to be. */
static int no_data(const struct site *s, const char *p7, struct err *e)
{
	if (has_file(p7, "settings/settings.xml"))
		return err_set(e, EXIT_NOINPUT, "%s is P7's data directory; --p7 needs the"
		    " directory above it, that P7 is installed in", p7);
	return err_set(e, EXIT_NOINPUT, "%s is not a directory; --p7 needs the directory that P7"
	    " is installed in, with data/ in it, or with an inc_settings_path.php that says where"
	    " that is", s->data);
}

static int find_data(struct site *s, const struct opts *o, struct err *e)
{
	if (o->p7 != NULL && check_dir(o->p7,
	    "--p7 needs the directory that P7 is installed in", e) < 0)
		return -1;
	if (o->data != NULL)
		snprintf(s->data, sizeof(s->data), "%.4000s", o->data);
	else if (o->p7 != NULL && moved_data(s, o->p7, e) < 0)
		return -1;
	if (s->data[0] == '\0')
		return 0;
	if (o->data == NULL && access(s->data, F_OK) != 0 && is_missing())
		return no_data(s, o->p7, e);
	return check_dir(s->data,
	    "--data needs P7's data directory (with settings/ and files/)", e);
}

static int not_p7(const char *data, const char *path, struct err *e)
{
	if (has_file(data, "settings/config.json"))
		return err_set(e, EXIT_CONFIG, "%s/settings/config.json belongs to a P8"
		    " installation; name the directory of P7", data);
	return err_set(e, EXIT_NOINPUT, "there is no %s; is this a P7 directory? If the file"
	    " is elsewhere, copy it there, or give it to p7-extract with --settings", path);
}

static int read_settings(struct site *s, const struct opts *o, struct err *e)
{
	char path[SITE_PATH], bak[SITE_PATH + 8];
	int rc;

	settings_defaults(&s->set);
	if (o->settings == NULL && o->p7 == NULL)
		return 0;
	if (o->settings != NULL)
		snprintf(path, sizeof(path), "%.4000s", o->settings);
	else if (join(path, s->data, "settings/settings.xml", e) < 0)
		return -1;
	snprintf(bak, sizeof(bak), "%s.bak", path);
	rc = is_there(path, e);
	if (rc == 0 && access(bak, F_OK) != 0)
		return not_p7(s->data, path, e);
	if (rc < 0)
		return -1;
	if (settings_read(&s->set, path, e) < 0)
		return -1;
	s->has_settings = true;
	if (s->set.fallback)
		warning("%s; settings come from %s.bak, as P7 does it", s->set.why, path);
	return 0;
}

static int read_conf(struct site *s, const char *dir, const char *name, struct err *e)
{
	struct phpconf *c = &s->conf[s->confs];
	char path[SITE_PATH];
	int rc;

	if (join(path, dir, name, e) < 0)
		return -1;
	rc = is_there(path, e);
	if (rc <= 0)
		return rc;
	if (phpconf_read(c, path, e) < 0)
		return -1;
	s->confs++;
	if (c->code || c->root.type != PC_ARRAY)
		warning("%s is more than a list of values; what it computes is not known here"
		    " (sieve settings, place of files)", path);
	return 0;
}

/* The file that has the value goes to *FROM. */
static const struct pcval *conf_from(const struct site *s, const char *key,
    const struct phpconf **from)
{
	const struct pcval *v = NULL;
	unsigned i;

	for (i = s->confs; i-- > 0 && v == NULL;) {
		*from = &s->conf[i];
		v = phpconf_get(*from, key);
	}
	if (v != NULL && v->type == PC_UNKNOWN) {
		warning("config.php computes '%s'; P7's default is assumed", key);
		return NULL;
	}
	return v;
}

/* A value of config.php, the site's own before the product's; NULL when neither has it. */
static const struct pcval *site_conf(const struct site *s, const char *key)
{
	const struct phpconf *from;

	return conf_from(s, key, &from);
}

static int find_files(struct site *s, struct err *e)
{
	const struct pcval *v;

	if (s->data[0] == '\0')
		return 0;
	if (read_conf(s, s->data, "settings/config.php", e) < 0)
		return -1;
	v = site_conf(s, "labs.files-root-path");
	snprintf(s->files, sizeof(s->files), "%s",
	    v != NULL && v->type == PC_STR && v->n > 0 ? v->s : s->data);
	return 0;
}

void site_split_host(char *host, unsigned *port, const char **socket)
{
	char *colon = strchr(host, ':'), *end;
	unsigned long n;

	*port = 0;
	*socket = NULL;
	if (colon == NULL)
		return;
	*colon++ = '\0';
	n = strtoul(colon, &end, 10);
	if (*colon >= '0' && *colon <= '9' && *end == '\0' && n <= 65535)
		*port = (unsigned)n;
	else if (*colon != '\0')
		*socket = colon;
}

/*
 * Explicit options come first.  An option file replaces host, user and password of settings.xml,
 * and a password there belongs to the user there only.
 */
static int connection(struct site *s, const struct opts *o, struct err *e)
{
	const char *type = settings_text(&s->set, "Common/DBType"), *socket;
	bool own = s->has_settings && o->db.defaults_file == NULL;
	unsigned port;

	if (s->has_settings && strcmp(type, "MySQL") != 0)
		return err_set(e, EXIT_CONFIG, "this P7 keeps its data in %s; only MySQL and"
		    " MariaDB can be read", type);
	s->db = o->db;
	s->db.group = "p7-extract";
	snprintf(s->host, sizeof(s->host), "%.255s", settings_text(&s->set, "Common/DBHost"));
	site_split_host(s->host, &port, &socket);
	if (own && o->db.host == NULL && o->db.socket == NULL) {
		if (s->host[0] == '\0' && socket == NULL)
			return err_set(e, EXIT_CONFIG, "Common/DBHost of settings.xml is empty;"
			    " name the server there, or give it to p7-extract with --db-host or"
			    " --db-socket");
		s->db.host = s->host;
		s->db.socket = socket;
		if (o->db.port == 0)
			s->db.port = port;
	}
	if (own && o->db.user == NULL) {
		s->db.user = settings_text(&s->set, "Common/DBLogin");
		s->db.password = settings_text(&s->set, "Common/DBPassword");
	}
	if (o->db.name == NULL)
		s->db.name = settings_text(&s->set, "Common/DBName");
	if (s->db.name == NULL || s->db.name[0] == '\0')
		return err_set(e, EXIT_CONFIG, "settings.xml names no database (Common/DBName);"
		    " name it there, or give it to p7-extract with --db-name");
	return 0;
}

/* data/salt.php; empty when there is none, as in P7 6.4. */
static int read_salt(const struct site *s, struct buf *salt, struct err *e)
{
	struct err why = { .msg = "" };
	char path[SITE_PATH];

	if (join(path, s->data, "salt.php", e) < 0)
		return -1;
	if (io_read_file(path, false, SMALL_FILE, salt, &why) == 0)
		return 0;
	salt->len = 0;
	return why.status == EXIT_NOINPUT ? 0 : err_set(e, why.status, "%s", why.msg);
}

/*
 * The namespace, as far as files say it; identity.h adds what the database says.  P7 6.4 has no
 * salt; database and prefix tell it apart then.
 */
static int make_id(struct site *s, const struct opts *o, struct err *e)
{
	struct buf salt = BUF_INIT(SMALL_FILE);
	char text[sizeof("database\n\n") + 256 + sizeof(s->prefix)];
	int rc = 0;

	if (o->source_id != NULL && uuid_parse(o->source_id, strlen(o->source_id), text))
		uuid_raw(text, s->ns);
	else if (o->source_id != NULL)
		uuid_namespace(o->source_id, strlen(o->source_id), s->ns);
	else if (s->data[0] == '\0')
		rc = err_set(e, EXIT_USAGE, "without --p7 or --data there is no data/salt.php to"
		    " tell installations apart; name this one with --source-id TEXT");
	else if (read_salt(s, &salt, e) < 0)
		rc = -1;
	else if (salt.len == 0) {
		warning("there is no %s/salt.php (P7 6.4 has none): this installation is known by"
		    " the name of its database, %s, and the prefix \"%s\"; if either may change"
		    " between two runs, give the same --source-id TEXT in each", s->data,
		    s->db.name, s->prefix);
		snprintf(text, sizeof(text), "database\n%.255s\n%s", s->db.name, s->prefix);
		uuid_namespace(text, strlen(text), s->ns);
	} else {
		md5_hex(salt.data, salt.len, text);
		snprintf(text + 32, sizeof(text) - 32, "\n%s", s->prefix);
		uuid_namespace(text, strlen(text), s->ns);
	}
	buf_free(&salt);
	uuid_text(s->ns, s->source_id);
	if (o->source_id == NULL)
		memcpy(s->base_id, s->source_id, sizeof(s->base_id));
	return rc;
}

static int read_version(struct site *s, const struct opts *o, struct err *e)
{
	struct buf b = BUF_INIT(SMALL_FILE);
	char path[SITE_PATH];
	int major, minor, rc;

	if (o->p7 == NULL)
		return 0;
	if (join(path, o->p7, "VERSION", e) < 0)
		return -1;
	rc = is_there(path, e);
	if (rc <= 0)
		return rc;
	rc = io_read_file(path, false, SMALL_FILE, &b, e);
	if (rc == 0)
		snprintf(s->version, sizeof(s->version), "%.*s",
		    (int)strcspn(b.data, " \t\r\n"), b.data);
	buf_free(&b);
	if (rc == 0 && sscanf(s->version, "%d.%d", &major, &minor) == 2 &&
	    (major < 6 || (major == 6 && minor < 4) || major > 7))
		return err_set(e, EXIT_CONFIG, "%s says version %s; 6.4 to 7.7 can be read%s",
		    path, s->version, major < 7 ? ", upgrade it to 7.7 first" : "");
	return rc;
}

static void warn_of_modes(const struct site *s, const struct opts *o)
{
	char text[4 * SITE_PATH], path[3][SITE_PATH];
	const char *files[] = { path[0], path[1], path[2] };

	if (o->settings != NULL)
		snprintf(path[0], sizeof(path[0]), "%.4000s", o->settings);
	else
		snprintf(path[0], sizeof(path[0]), "%.4000s/settings/settings.xml", s->data);
	snprintf(path[1], sizeof(path[1]), "%.4050s.bak", path[0]);
	snprintf(path[2], sizeof(path[2]), "%.4000s/salt.php", s->data);
	exposed_warning(files, 3, text, sizeof(text));
	if (text[0] != '\0')
		warning("%s", text);
}

/* Directories that settings name are known only now; opts.c has looked at those of options. */
static int check_outputs(const struct site *s, const struct opts *o, struct err *e)
{
	char files[SITE_PATH + 8] = "";
	const struct file_use v[] = {
		{ "--output", o->out, FILE_WRITE }, { "--rejects", o->rejects, FILE_WRITE },
		{ "P7's data directory", s->data, FILE_TREE },
		{ "P7's directory of files", files, FILE_TREE },
	};

	if (s->files[0] != '\0')
		snprintf(files, sizeof(files), "%s/files", s->files);
	return same_file_check(v, sizeof(v) / sizeof(*v), "p7-extract", e);
}

int site_open(struct site *s, const struct opts *o, struct err *e)
{
	memset(s, 0, sizeof(*s));
	if (find_data(s, o, e) < 0 || read_settings(s, o, e) < 0)
		return -1;
	if (o->p7 != NULL && read_conf(s, o->p7, "libraries/afterlogic/common/config.php", e) < 0)
		return -1;
	snprintf(s->prefix, sizeof(s->prefix), "%.64s", o->prefix != NULL ? o->prefix :
	    settings_text(&s->set, "Common/DBPrefix"));
	if (read_version(s, o, e) < 0 || find_files(s, e) < 0 || check_outputs(s, o, e) < 0 ||
	    connection(s, o, e) < 0)
		return -1;
	warn_of_modes(s, o);
	return make_id(s, o, e);
}

void site_close(struct site *s)
{
	unsigned i;

	settings_free(&s->set);
	for (i = 0; i < s->confs; i++)
		phpconf_free(&s->conf[i]);
	s->confs = 0;
}

static bool conf_true(const struct site *s, const char *key)
{
	const struct pcval *v = site_conf(s, key);

	return v != NULL && ((v->type == PC_STR && v->n > 0 && strcmp(v->s, "0") != 0) ||
	    ((v->type == PC_BOOL || v->type == PC_INT) && v->i != 0));
}

static void write_conf_text(const struct site *s, struct jsonw *w, const char *name,
    const char *key, const char *def)
{
	const struct pcval *v = site_conf(s, key);

	jw_kv_str(w, name, v != NULL && v->type == PC_STR ? v->s : def);
}

static void write_sieve(const struct site *s, struct jsonw *w)
{
	const struct pcval *port = site_conf(s, "sieve.config.port");
	const struct phpconf *from = NULL;
	const struct pcval *list = conf_from(s, "sieve.config.domains", &from);
	const struct pcpair *p;
	size_t i = 0;

	jw_object(w);
	jw_kv_bool(w, "enabled", conf_true(s, "sieve"));
	write_conf_text(s, w, "host", "sieve.config.host", "");
	jw_kv_int(w, "port", port != NULL && port->type == PC_INT ? port->i :
	    port != NULL && port->type == PC_STR ? strtoll(port->s, NULL, 10) : 2000);
	write_conf_text(s, w, "file", "sieve.config.file", "sieve");
	write_conf_text(s, w, "charset", "sieve.config.filters-folder-charset", "utf-8");
	jw_key(w, "domains");
	jw_array(w);
	while (list != NULL && (p = phpconf_each(from, list, &i)) != NULL)
		if (p->v.type == PC_STR)
			jw_str_n(w, p->v.s, p->v.n);
	jw_array_end(w);
	jw_object_end(w);
}

void site_write(const struct site *s, struct jsonw *w)
{
	jw_key(w, "values");
	jw_object(w);
	settings_write(&s->set, w);
	jw_object_end(w);
	jw_key(w, "sieve");
	write_sieve(s, w);
}
