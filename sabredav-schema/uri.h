/* Calendar URIs that are too long or taken.  Nothing is allocated. */
#ifndef URI_H
#define URI_H

#include <stddef.h>

#define URI_SIZE 1024

/*
 * The NTH choice (from 1) for a URI in at most LIMIT (16 to URI_SIZE - 1) bytes: 1 is the URI
 * itself, or its beginning with "-" and eight hex digits of its MD5 when it is too long; 2 and
 * more have "-2", "-3", ... at the end.  UTF-8 sequences stay whole.
 */
void uri_fit(const char *uri, size_t n, size_t limit, unsigned nth, char out[URI_SIZE]);

#endif
