#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/webserver.h"

static bool is_member(uid_t uid, gid_t gid)
{
	const struct passwd *pw = getpwuid(uid);
	gid_t list[256];
	int n = 256, i;

	if (pw == NULL || getgrouplist(pw->pw_name, pw->pw_gid, list, &n) < 0)
		return false;
	for (i = 0; i < n; i++)
		if (list[i] == gid)
			return true;
	return false;
}

/* Would what we make have the directory's group? */
static bool gives_group(const struct stat *dir)
{
	gid_t list[256];
	int n, i;

	if (geteuid() == 0 || (dir->st_mode & S_ISGID) || getegid() == dir->st_gid)
		return true;
	n = getgroups(256, list);
	for (i = 0; i < n; i++)
		if (list[i] == dir->st_gid)
			return true;
	return false;
}

void webserver_locked_out(const struct stat *dir, char *out, size_t size)
{
	uid_t owner = geteuid() == 0 ? dir->st_uid : geteuid();
	bool group = (dir->st_mode & 070) == 070 && gives_group(dir);

	out[0] = '\0';
	if ((dir->st_mode & 07) == 07)
		return;
	if (dir->st_uid != 0 && owner == dir->st_uid)
		return;
	if (group && (dir->st_uid == 0 ? dir->st_gid != 0 : is_member(dir->st_uid, dir->st_gid)))
		return;
	if (geteuid() == 0 || dir->st_uid == 0)
		snprintf(out, size, "it is root's (group %u, mode %04o), and no web server can "
		    "write"
		    " there; give it to the web server's user or group, as P8's installation says",
		    dir->st_gid, dir->st_mode & 07777);
	else
		snprintf(out, size, "it is user %u's (group %u, mode %04o), and what you make there"
		    " would be yours; run as that user, or as root", dir->st_uid, dir->st_gid,
		    dir->st_mode & 07777);
}
