/*
 * P8's encryption of "encrypted" attributes: XXTEA with a key made from the installation's salt,
 * written as base64url without padding.  It is a poor cipher, but P8 has no other.
 * Only the first 16 bytes of the key text count.  Text is appended to a caller's buffer.
 */
#ifndef P8CRYPT_H
#define P8CRYPT_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct p8key {
	uint32_t k[4];
};

/*
 * Longest plain text whose encrypted form P8's column (255 characters) holds.  For an account's
 * password the plain text is its login, ":" and the password.
 */
#define P8CRYPT_PLAIN_MAX 184

/* The key of an installation, from the salt in its data/salt8.php. */
void p8crypt_key(struct p8key *key, const char *salt, size_t n);
/* Nothing is appended for an empty text. */
void p8crypt_encrypt(const struct p8key *key, const void *plain, size_t n, struct buf *out);

#endif
