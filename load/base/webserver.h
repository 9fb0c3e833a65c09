/* What the web server that runs P8 can do with files that we make. */
#ifndef LOAD_WEBSERVER_H
#define LOAD_WEBSERVER_H

#include <stddef.h>
#include <sys/stat.h>

/*
 * The web server could not use what we make in a directory that is as DIR says: why, and what to do
 * (a text of SIZE bytes at most), in OUT; else it is "".  The web server's user is taken to be who
 * owns the directory, or, when that is root, somebody in its group.
 */
void webserver_locked_out(const struct stat *dir, char *out, size_t size);

#endif
