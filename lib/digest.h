/*
 * MD5 and SHA-256 (by nettle), in one call or piecewise; hexadecimal digits.
 * Nothing is allocated.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>
#include <stdint.h>

/* 32 lower-case hex digits and NUL. */
void md5_hex(const void *p, size_t n, char out[33]);
void md5_raw(const void *p, size_t n, uint8_t out[16]);
/* 64 lower-case hex digits and NUL. */
void sha256_hex(const void *p, size_t n, char out[65]);
void sha256_end_hex(struct sha256_ctx *c, char out[65]);
/* N bytes as 2 * N digits, and NUL. */
void hex_text(const uint8_t *p, size_t n, char *out);
/* A hash of 64 bits as 16 digits, the highest first. */
void hash64_hex(uint64_t hash, char out[17]);
/* The value of the digit C, in either case; -1: it is not a digit. */
int hex_digit(char c);

#endif
