/*
 * UUIDs as 36 lower-case characters (RFC 4122).
 * The namespace of an installation is made from a text (md5, then version and variant bits), names
 * in it by version 5: the same input always gives the same UUIDs.
 */
#ifndef UUID_H
#define UUID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define UUID_LEN 36

/* The namespace for N bytes of text. */
void uuid_namespace(const void *p, size_t n, uint8_t ns[16]);
/* The version 5 UUID of NAME (N bytes) in NS, with NUL. */
void uuid_v5(const uint8_t ns[16], const char *name, size_t n, char out[UUID_LEN + 1]);
/* Is S (N bytes) a UUID in any case?  OUT: the same in lower case, with NUL. */
bool uuid_parse(const char *s, size_t n, char out[UUID_LEN + 1]);
void uuid_text(const uint8_t raw[16], char out[UUID_LEN + 1]);
/* A text (UUID_LEN characters, well-formed) back to bytes. */
void uuid_raw(const char *text, uint8_t raw[16]);
/* A random (version 4) one, for run ids only. */
void uuid_random(char out[UUID_LEN + 1]);

#endif
