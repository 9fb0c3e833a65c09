#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target/declared.h"
#include "jsonr.h"
#include "jsonw.h"
#include "target/phpmap.h"

#define LOCK_MAX ((size_t)16 << 20)	/* bytes of a list of packages */
#define FILES_MAX 500			/* PHP files of one module */

static const char by_mapping[] = "the mapping decides for it";

struct writer {
	const struct target *t;
	struct jsonw *w;
	struct declared *d;
	struct jdoc packages;		/* composer's, when there is one */
	struct buf packages_text;
	const char *module;		/* at hand */
	struct buf text;		/* of a file */
};

static int no_memory(struct err *e)
{
	return err_set(e, EXIT_TEMPORARY, "out of memory");
}

static void odd(struct writer *w, const char *path, const char *why, const char *so)
{
	const char *p = path + strlen(w->t->p8) + 1;

	if (w->d->odd++ >= DECLARED_ODD_MAX)
		return;
	for (; *p != '\0'; p++)
		buf_addc(&w->d->names, (unsigned char)*p < ' ' || *p == '\177' ? '?' : *p);
	buf_addf(&w->d->names, ": %s; %s\n", why, so);
}

/*
 * The text of a regular file into OUT.  1; 0: it is not there, or WHY says what is wrong with it.
 * P8 follows links, so do we; a pipe, on which it would hang, is not waited for.
 */
static int read_regular(const char *path, size_t max, struct buf *out, const char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = 0;

	*why = NULL;
	buf_reset(out);
	if (fd < 0) {
		if (errno != ENOENT || lstat(path, &st) == 0)
			*why = errno == ENOENT ? "a symbolic link to nothing" : strerror(errno);
		return 0;
	}
	if (fstat(fd, &st) != 0)
		*why = strerror(errno);
	else if (!S_ISREG(st.st_mode))
		*why = "not a file";
	else if ((uintmax_t)st.st_size > max)
		*why = "larger than any class of P8";
	while (*why == NULL && out->len <= max && buf_room(out, 65536) &&
	    (n = read(fd, out->data + out->len, 65536)) > 0)
		out->len += (size_t)n;
	if (*why == NULL && n != 0)
		*why = n < 0 ? strerror(errno) : "larger than any class of P8";
	if (*why == NULL)
		buf_add(out, "", 0);
	close(fd);
	return *why == NULL;
}

/* Which packages composer has installed: composer.lock has them with their versions. */
static void read_packages(struct writer *w)
{
	static const char *const files[] = { "composer.lock", "vendor/composer/installed.json" };
	struct err ignored = { .msg = "" };
	const char *why;
	char *path;
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(*files) && w->packages.v == NULL; i++) {
		if (asprintf(&path, "%s/%s", w->t->p8, files[i]) < 0)
			return;
		if (read_regular(path, LOCK_MAX, &w->packages_text, &why) == 1 &&
		    (w->packages_text.len == 0 || jr_parse(&w->packages, w->packages_text.data,
		    w->packages_text.len, &ignored) < 0)) {
			jr_free(&w->packages);
			memset(&w->packages, 0, sizeof(w->packages));
			why = "not JSON";
		}
		if (why != NULL)
			odd(w, path, why, "the modules' versions are not known");
		free(path);
	}
}

/* The version of the module at hand, or NULL. */
static const char *version(const struct writer *w)
{
	const struct jdoc *d = &w->packages;
	const struct jval *list, *p, *extra;

	if (d->v == NULL)
		return NULL;
	list = d->v[0].type == J_OBJECT ? jr_get(d, NULL, "packages") : &d->v[0];
	if (list == NULL || list->type != J_ARRAY)
		return NULL;
	for (p = jr_first(d, list); p != NULL; p = jr_next(d, p)) {
		extra = p->type == J_OBJECT ? jr_get(d, p, "extra") : NULL;
		if (extra != NULL && extra->type == J_OBJECT &&
		    strcmp(jr_str(d, extra, "installer-name", ""), w->module) == 0)
			return jr_str(d, p, "version", NULL);
	}
	return NULL;
}

/* Is there a later declaration of the same attribute (attr NULL: class) than the I-th? */
static bool again(const struct phpmap *m, size_t i, bool later)
{
	const struct phpmap_decl *a = &m->v[i], *b;
	size_t j = later ? i + 1 : 0, end = later ? m->n : i;

	for (; j < end; j++) {
		b = &m->v[j];
		if (a->extends == b->extends && strcmp(a->class, b->class) == 0 &&
		    (later ? b->attr != NULL && strcmp(a->attr, b->attr) == 0 &&
		    strcmp(a->module, b->module) == 0 : true))
			return true;
	}
	return false;
}

/* Attributes of the class of the I-th declaration: {NAME: TYPE, ...} */
static void write_attributes(struct writer *w, const struct phpmap *m, size_t i)
{
	const struct phpmap_decl *d;
	char name[2 * 256 + 3];
	size_t j;

	jw_object(w->w);
	for (j = i; j < m->n; j++) {
		d = &m->v[j];
		if (d->extends != m->v[i].extends || strcmp(d->class, m->v[i].class) != 0 ||
		    d->attr == NULL || again(m, j, true))
			continue;
		snprintf(name, sizeof(name), "%s%s%s", !d->extends ? "" : d->module[0] ?
		    d->module : w->module, d->extends ? "::" : "", d->attr);
		jw_key_n(w->w, name, strlen(name));
		jw_str(w->w, d->type);
		w->d->attributes++;
	}
	jw_object_end(w->w);
}

/* The classes of a file: CLASS: {"complete": ..., "attributes": {...}}, ... */
static void write_classes(struct writer *w, const struct phpmap *m, bool extends)
{
	size_t i;

	for (i = 0; i < m->n; i++) {
		if (m->v[i].extends != extends || again(m, i, false))
			continue;
		jw_key_n(w->w, m->v[i].class, strlen(m->v[i].class));
		if (!extends) {
			jw_object(w->w);
			jw_kv_bool(w->w, "complete", m->doubts == 0);
			jw_key(w->w, "attributes");
		}
		write_attributes(w, m, i);
		if (!extends)
			jw_object_end(w->w);
	}
}

/* 1: M is what the file PATH declares; 0: there is none, or it cannot be read. */
static int read_file(struct writer *w, const char *path, struct phpmap *m, struct err *e)
{
	const char *why;

	memset(m, 0, sizeof(*m));
	if (read_regular(path, PHPMAP_FILE_MAX, &w->text, &why) == 0) {
		if (why != NULL)
			odd(w, path, why, by_mapping);
		return 0;
	}
	if (phpmap_read(m, w->text.data, w->text.len, e) < 0) {
		if (e->status != EXIT_DATA)
			return -1;
		odd(w, path, e->msg, by_mapping);
		*e = (struct err){ .msg = "" };
		phpmap_free(m);
		return 0;
	}
	if (m->doubts > 0)
		odd(w, path, m->doubt, by_mapping);
	return 1;
}

static int is_php(const struct dirent *f)
{
	size_t n = strlen(f->d_name);

	return n > 4 && strcmp(f->d_name + n - 4, ".php") == 0;
}

static int one_class_file(struct writer *w, const char *dir, const char *name, struct err *e)
{
	struct phpmap m;
	char *path;
	int rc;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return no_memory(e);
	rc = read_file(w, path, &m, e);
	if (rc == 1)
		write_classes(w, &m, false);
	phpmap_free(&m);
	free(path);
	return rc < 0 ? -1 : 0;
}

/* "classes": those of the files in Classes */
static int class_files(struct writer *w, struct err *e)
{
	struct dirent **list = NULL;
	char *dir;
	int n, i, rc = 0;

	if (asprintf(&dir, "%s/modules/%s/Classes", w->t->p8, w->module) < 0)
		return no_memory(e);
	n = scandir(dir, &list, is_php, alphasort);
	if (n < 0 && errno != ENOENT)
		odd(w, dir, strerror(errno), by_mapping);
	if (n > FILES_MAX)
		odd(w, dir, "more files than any module of P8 has", "only the first are read");
	jw_key(w->w, "classes");
	jw_object(w->w);
	for (i = 0; i < n; i++) {
		if (rc == 0 && i < FILES_MAX)
			rc = one_class_file(w, dir, list[i]->d_name, e);
		free(list[i]);
	}
	jw_object_end(w->w);
	free(list);
	free(dir);
	return rc;
}

/* "extends": null without a Module.php that can be read */
static int module_file(struct writer *w, struct err *e)
{
	struct phpmap m;
	char *path;
	int rc;

	if (asprintf(&path, "%s/modules/%s/Module.php", w->t->p8, w->module) < 0)
		return no_memory(e);
	rc = read_file(w, path, &m, e);
	jw_key(w->w, "extends");
	if (rc == 1) {
		jw_object(w->w);
		jw_kv_bool(w->w, "complete", m.doubts == 0);
		jw_key(w->w, "classes");
		jw_object(w->w);
		write_classes(w, &m, true);
		jw_object_end(w->w);
		jw_object_end(w->w);
	} else
		jw_null(w->w);
	phpmap_free(&m);
	free(path);
	return rc < 0 ? -1 : 0;
}

static int one_module(struct writer *w, struct err *e)
{
	unsigned before = w->d->attributes;

	jw_key_n(w->w, w->module, strlen(w->module));
	jw_object(w->w);
	jw_kv_str(w->w, "version", version(w));
	if (class_files(w, e) < 0 || module_file(w, e) < 0)
		return -1;
	jw_object_end(w->w);
	w->d->modules += w->d->attributes > before;
	return 0;
}

static int declared_write(const struct target *t, struct jsonw *w, struct declared *d,
    struct err *e)
{
	const char *end = t->modules.data + t->modules.len;
	struct writer r = { .t = t, .w = w, .d = d, .module = t->modules.data };
	int rc = 0;

	memset(d, 0, sizeof(*d));
	buf_init(&d->names, 1 << 16);
	jw_key(w, "declared");
	if (t->p8 == NULL) {
		jw_null(w);
		return 0;
	}
	buf_init(&r.text, PHPMAP_FILE_MAX + 131072);
	buf_init(&r.packages_text, LOCK_MAX + 131072);
	read_packages(&r);
	jw_object(w);
	for (; rc == 0 && r.module != NULL && r.module < end; r.module += strlen(r.module) + 1)
		rc = one_module(&r, e);
	jw_object_end(w);
	jr_free(&r.packages);
	buf_free(&r.packages_text);
	buf_free(&r.text);
	return rc;
}

int declared_describe(const struct target *t, const struct declared_more *more, struct buf *out,
    struct declared *d, struct err *e)
{
	const char *p = t->modules.data, *end = p + t->modules.len;
	struct jsonw w;

	jw_begin(&w, out);
	jw_object(&w);
	jw_kv_str(&w, "kind", "TARGET");
	jw_kv_str(&w, "version", t->version[0] ? t->version : NULL);
	jw_kv_str(&w, "database", t->db.name);
	jw_kv_str(&w, "prefix", t->prefix);
	jw_kv_str(&w, "server", t->db.version_text);
	jw_kv_bool(&w, "mariadb", t->db.mariadb);
	jw_kv_str(&w, "charset_server", t->db.server_charset);
	jw_kv_str(&w, "dav_text", t->dav_text == DAV_TEXT_UTF8 ? "utf8" : "server");
	jw_kv_bool(&w, "multi_tenant", t->multi_tenant);
	jw_kv_bool(&w, "dav", !t->no_dav);
	jw_key(&w, "modules");
	if (t->p8 == NULL)
		jw_null(&w);
	else {
		jw_array(&w);
		for (; p != NULL && p < end; p += strlen(p) + 1)
			jw_str(&w, p);
		jw_array_end(&w);
	}
	if (declared_write(t, &w, d, e) < 0)
		return -1;
	jw_kv_str(&w, "salt_file", t->salt_file);
	if (more != NULL)
		more->put(&w, more->arg);
	jw_object_end(&w);
	buf_addc(out, '\n');
	return out->failed ? no_memory(e) : 0;
}

void declared_free(struct declared *d)
{
	buf_free(&d->names);
	memset(d, 0, sizeof(*d));
}
