/*
 * The change list: a line on standard output for each thing that is (or, in a dry run, would be)
 * written, by natural keys and UUIDs.  Both print the same lines in the same order.
 *
 *   + KIND USER UUID [NAME]      a thing is new
 *   = USER EMAIL                 loaded before
 *   ~ USER EMAIL                 and changed in P7 since
 *   - USER EMAIL: CODE           not loaded
 */
#ifndef LOAD_ITEMIZE_H
#define LOAD_ITEMIZE_H

#include <stddef.h>

struct context;

void itemize_entity(const struct context *x, const char *uuid);
/* An address book, or with CARD one of its cards. */
void itemize_dav(const struct context *x, const char *book, const char *card);
/* A public link to PLACE. */
void itemize_link(const struct context *x, const char *place);
/* A thing of CalDAV by its natural name: URI, sharee or event. */
void itemize_calendar(const struct context *x, const char *kind, const char *name);
void itemize_file(const struct context *x, const char *path, size_t n);
/* MARK '=', '~' or '-'. */
void itemize_user(const struct context *x, char mark, const char *why);

#endif
