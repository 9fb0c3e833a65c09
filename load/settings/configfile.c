#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings/configfile.h"
#include "io.h"
#include "jsonr.h"
#include "disk/tree.h"

/* The places below are found in text that the strict reader has accepted. */
static int check(const struct configfile *c, const char *path, struct err *e)
{
	struct buf copy = BUF_INIT(TARGET_CONFIG_MAX + 8192);
	struct jdoc d = { 0 };
	int rc;

	buf_add(&copy, c->text.data, c->text.len);
	if (copy.failed)
		return err_memory(e);
	rc = jr_parse(&d, copy.data, copy.len, e);
	if (rc == 0 && d.v[0].type != J_OBJECT)
		rc = err_set(e, EXIT_CONFIG, "no object of JSON");
	if (rc < 0) {
		e->status = EXIT_CONFIG;
		err_prefix(e, "%s", path);
	}
	jr_free(&d);
	buf_free(&copy);
	return rc;
}

/* 1, 0: not there, -1 */
static int read_text(struct configfile *c, const char *path, struct err *e)
{
	int rc;

	if (access(path, F_OK) != 0 && errno == ENOENT)
		return 0;
	rc = io_read_file(path, false, TARGET_CONFIG_MAX, &c->text, e);
	if (rc == 0)
		rc = check(c, path, e);
	return rc < 0 ? -1 : 1;
}

/* Is NAME in DIR a module's settings that P8 can read?  Not so a backup, a link, root's alone. */
static bool is_settings(int dir, const char *name, struct stat *st)
{
	static const char end[] = ".config.json";
	const size_t n = strlen(name), m = sizeof(end) - 1;

	return n > m && name[0] != '.' && strcmp(name + n - m, end) == 0 &&
	    fstatat(dir, name, st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st->st_mode) &&
	    (st->st_uid != 0 || (st->st_mode & (S_IRGRP | S_IROTH)) != 0);
}

/*
 * Owner, group and mode of another module's settings in PATH's directory: at best a file with the
 * directory's owner, otherwise one whose owner is not root.
 */
static bool like_neighbour(const char *path, struct stat *like)
{
	char *dir = strndup(path, (size_t)(strrchr(path, '/') - path));
	DIR *all = dir != NULL ? opendir(dir) : NULL;
	const struct dirent *d;
	struct stat top, st;
	int best = 0, good;

	free(dir);
	if (all == NULL)
		return false;
	if (fstat(dirfd(all), &top) == 0)
		while (best < 2 && (d = readdir(all)) != NULL) {
			if (!is_settings(dirfd(all), d->d_name, &st))
				continue;
			good = st.st_uid == top.st_uid ? 2 : st.st_uid != 0;
			if (good > best) {
				best = good;
				*like = st;
			}
		}
	closedir(all);
	return best > 0;
}

/*
 * The first settings of a module have the mode of config.json and the directory's owner, unless
 * that is root: P8 makes its files there.  A directory of root gives its group.
 */
static void like_directory(const struct stat *dir, struct stat *like)
{
	if (dir->st_uid != 0) {
		like->st_uid = dir->st_uid;
		like->st_gid = dir->st_gid;
	} else if (like->st_uid == 0 && dir->st_gid != 0) {
		like->st_gid = dir->st_gid;
		like->st_mode |= S_IRGRP;
	}
}

/* What a file that is made at C's path is to be like. */
static int model(struct configfile *c, const struct target *t, struct err *e)
{
	struct stat dir, other;
	char *path;
	int rc = 0;

	if (asprintf(&path, "%s/settings/config.json", t->data) < 0)
		return err_memory(e);
	if (stat(path, &c->st) != 0)
		rc = err_sys(e, EXIT_NOINPUT, "cannot look at %s", path);
	if (rc == 0 && like_neighbour(c->path, &other)) {
		/* Who can read it by config.json's mode are others, when it belongs to others. */
		if (other.st_uid != c->st.st_uid || other.st_gid != c->st.st_gid)
			c->st = other;
		c->st.st_mode &= ~(mode_t)(S_IXUSR | S_IXGRP | S_IXOTH);
		free(path);
		return 0;
	}
	/* A directory that is still to be made will be as the one around it. */
	strcpy(strrchr(path, '/'), "/modules");
	if (rc == 0 && stat(path, &dir) != 0) {
		*strrchr(path, '/') = '\0';
		if (stat(path, &dir) != 0)
			rc = err_sys(e, EXIT_NOINPUT, "cannot look at %s", path);
	}
	if (rc == 0)
		like_directory(&dir, &c->st);
	free(path);
	return rc;
}

static int module_own(struct configfile *c, const struct target *t, const char *module,
    struct err *e)
{
	char *path;
	int rc;

	if (t->p8 == NULL)
		return 0;
	if (asprintf(&path, "%s/modules/%s/config.json", t->p8, module) < 0)
		return err_memory(e);
	rc = read_text(c, path, e);
	if (rc == 1 && model(c, t, e) < 0)
		rc = -1;
	free(path);
	return rc;
}

int configfile_open(struct configfile *c, const struct target *t, const char *module,
    struct err *e)
{
	int rc;

	memset(c, 0, sizeof(*c));
	buf_init(&c->text, TARGET_CONFIG_MAX + 8192);
	if (t->data == NULL)
		return 0;
	if (asprintf(&c->path, "%s/settings/%s%s%sconfig.json", t->data,
	    module[0] ? "modules/" : "", module, module[0] ? "." : "") < 0) {
		c->path = NULL;
		return err_memory(e);
	}
	rc = read_text(c, c->path, e);
	if (rc == 1 && stat(c->path, &c->st) != 0)
		rc = err_sys(e, EXIT_NOINPUT, "cannot look at %s", c->path);
	c->there = rc == 1;
	return rc == 0 && module[0] != '\0' ? module_own(c, t, module, e) : rc;
}

static const char *blanks(const char *p)
{
	return p + strspn(p, " \t\r\n");
}

/* Behind the string that begins at P. */
static const char *skip_string(const char *p)
{
	for (p++; *p != '"'; p++)
		if (*p == '\\')
			p++;
	return p + 1;
}

/* Behind the value that begins at P. */
static const char *skip_value(const char *p)
{
	unsigned depth = 0;

	if (*p == '"')
		return skip_string(p);
	if (*p != '[' && *p != '{')
		return p + strcspn(p, ",]} \t\r\n");
	do {
		if (*p == '"') {
			p = skip_string(p);
			continue;
		}
		depth += *p == '[' || *p == '{';
		depth -= *p == ']' || *p == '}';
		p++;
	} while (depth > 0);
	return p;
}

bool configfile_find(const struct configfile *c, const char *key, size_t *at, size_t *n)
{
	const char *p = blanks(blanks(c->text.data) + 1), *name;
	size_t len;

	while (*p == '"') {
		name = p + 1;
		p = skip_string(p);
		len = (size_t)(p - name) - 1;
		p = blanks(blanks(p) + 1);
		if (len == strlen(key) && memcmp(name, key, len) == 0) {
			if (*p == '[')
				p = blanks(p + 1);
			if (*p == ']')
				return false;
			*at = (size_t)(p - c->text.data);
			*n = (size_t)(skip_value(p) - p);
			return true;
		}
		p = blanks(skip_value(p));
		if (*p == ',')
			p = blanks(p + 1);
	}
	return false;
}

void configfile_type(const struct configfile *c, size_t at, size_t n,
    char type[CONFIGFILE_TYPE + 1])
{
	const char *p = c->text.data + at, *q = blanks(p + n);

	type[0] = '\0';
	while (p > c->text.data && strchr(" \t\r\n", p[-1]) != NULL)
		p--;
	if (p == c->text.data || p[-1] != '[' || *q != ',')
		return;
	q = blanks(q + 1);
	if (*q == '"')
		snprintf(type, CONFIGFILE_TYPE + 1, "%.*s", (int)(skip_string(q) - q - 2), q + 1);
}

int configfile_set(struct configfile *c, size_t at, size_t old, const char *value, size_t n,
    struct err *e)
{
	struct buf text = BUF_INIT(TARGET_CONFIG_MAX + 8192);

	buf_add(&text, c->text.data, at);
	buf_add(&text, value, n);
	buf_add(&text, c->text.data + at + old, c->text.len - at - old);
	if (text.failed) {
		buf_free(&text);
		return err_memory(e);
	}
	buf_free(&c->text);
	c->text = text;
	c->changed = true;
	return 0;
}

/* The first change keeps what was there; later ones leave that alone. */
static int back_up(const struct configfile *c, struct err *e)
{
	struct buf old = BUF_INIT(TARGET_CONFIG_MAX + 8192);
	char *backup;
	int rc = 0;

	if (asprintf(&backup, "%s" CONFIGFILE_BACKUP, c->path) < 0)
		return err_memory(e);
	if (access(backup, F_OK) != 0)
		rc = io_read_file(c->path, false, TARGET_CONFIG_MAX, &old, e) < 0 ||
		    io_replace_file(backup, old.data, old.len, &c->st, e) < 0 ? -1 : 0;
	buf_free(&old);
	free(backup);
	return rc;
}

/*
 * P8 makes this directory when it writes its first module's settings; it is as the one around it,
 * which is P8's too: owner, group and mode.
 */
static int make_directory(const struct configfile *c, struct err *e)
{
	const char *slash = strrchr(c->path, '/');
	char *dir = strndup(c->path, (size_t)(slash - c->path)), *name;
	int base, fd = -1;

	if (dir == NULL)
		return err_memory(e);
	if (access(dir, F_OK) == 0) {
		free(dir);
		return 0;
	}
	name = strrchr(dir, '/');
	*name = '\0';
	base = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	*name = '/';
	if (base >= 0)
		fd = tree_open(base, name + 1, true);
	if (fd < 0)
		err_sys(e, errno == EACCES ? EXIT_PERMISSION : EXIT_CANTCREATE, "cannot make %s",
		    dir);
	else
		close(fd);
	if (base >= 0)
		close(base);
	free(dir);
	return fd < 0 ? -1 : 0;
}

int configfile_save(struct configfile *c, struct err *e)
{
	if (!c->changed)
		return 0;
	if ((c->there ? back_up(c, e) : make_directory(c, e)) < 0 ||
	    io_replace_file(c->path, c->text.data, c->text.len, &c->st, e) < 0)
		return -1;
	c->there = true;
	c->changed = false;
	return 0;
}

void configfile_close(struct configfile *c)
{
	free(c->path);
	buf_free(&c->text);
	memset(c, 0, sizeof(*c));
}
