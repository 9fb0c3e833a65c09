// rooms: transform
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/unit/p8decrypt.h"

static const char salt[] = "MTYwNTYwMDAwMC4xMjM0NTY3ODE2MDU2MDAwMDAuMTIzNDg3NjU=";

static void both_ways(const struct p8key *key, const char *plain, size_t n, const char *want)
{
	struct buf b = BUF_INIT(4096);

	p8crypt_encrypt(key, plain, n, &b);
	assert_false(b.failed);
	assert_string_equal(b.data, want);
	buf_reset(&b);
	assert_int_equal(p8decrypt(key, want, strlen(want), &b), 0);
	assert_int_equal(b.len, n);
	assert_memory_equal(b.data, plain, n);
	buf_free(&b);
}

static void worked_examples(void **state)
{
	static const struct {
		const char *plain;
		size_t n;
		const char *stored;
	} t[] = {
		{ "a", 1, "9IyTEpZBnFI" },
		{ "ab", 2, "G9mmuy_38O8" },
		{ "abcd", 4, "vgrPqojvLJM" },
		{ "abcde", 5, "BgdkFrky_IlqeVNd" },
		{ "password", 8, "EmyQtPoMLLsTw32X" },
		{ "\xc3\xbc\xc3\xb1\xc3\xad", 6, "Lbej9LTg9XLXwkAi" },
		{ "x\0y", 3, "F6ORtbVmRv0" },
		{ "12345678901234567890123456789012", 32,
		    "gpRLHCc4K8cZ0rc5PS1ayTKeSjEMC2teKIyPYcbdpg_SYmWX" },
		{ "alice@example.com:Passw0rd!", 27,
		    "-JNTqMw-0S_cJSovlGqIRPU7zs80t_vXrRhPVT5nO0M" },
		{ "alice@example.com:", 18, "7FQYvARFPIl9bn85nbI9yuXL51AcUdCn" },
	};
	struct p8key key;
	size_t i;

	(void)state;
	p8crypt_key(&key, salt, strlen(salt));
	assert_int_equal(key.k[0], 0x24793224);
	assert_int_equal(key.k[3], 0x4d775954);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		both_ways(&key, t[i].plain, t[i].n, t[i].stored);
}

/* The key that a text is. */
static struct p8key key_of(const char text[16])
{
	struct p8key key;

	memcpy(&key, text, sizeof(key));
	return key;
}

static void other_keys(void **state)
{
	static const char hex[] = "15c27d6419cd6495b8939c4829998303";
	struct p8key key;

	(void)state;
	p8crypt_key(&key, "", 0);
	both_ways(&key, "password", 8, "mQQrHefNA4cYF27j");
	key = key_of(hex);
	both_ways(&key, "password", 8, "VJbTQlEg8tO2DZU0");
}

/* Only the first nine characters of the salt count. */
static void long_salts_are_equal(void **state)
{
	struct p8key a, b;

	(void)state;
	p8crypt_key(&a, "123456789abc", 12);
	p8crypt_key(&b, "123456789xyz", 12);
	assert_memory_equal(&a, &b, sizeof(a));
	p8crypt_key(&b, "12345678", 8);
	assert_memory_not_equal(&a, &b, sizeof(a));
}

static void lengths(void **state)
{
	static const struct {
		size_t plain, stored;
	} t[] = {
		{ 0, 0 }, { 1, 11 }, { 4, 11 }, { 5, 16 }, { 8, 16 }, { 9, 22 }, { 12, 22 },
		{ 13, 27 }, { 16, 27 }, { 100, 139 }, { 183, 251 }, { P8CRYPT_PLAIN_MAX, 251 },
		{ 185, 256 }, { 188, 256 },
	};
	char plain[256];
	struct buf b = BUF_INIT(4096), back = BUF_INIT(4096);
	struct p8key key;
	size_t i;

	(void)state;
	memset(plain, 'p', sizeof(plain));
	p8crypt_key(&key, salt, strlen(salt));
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		buf_reset(&b);
		buf_reset(&back);
		p8crypt_encrypt(&key, plain, t[i].plain, &b);
		assert_int_equal(b.len, t[i].stored);
		assert_int_equal(p8decrypt(&key, b.data, b.len, &back), 0);
		assert_int_equal(back.len, t[i].plain);
	}
	buf_free(&b);
	buf_free(&back);
}

static void rubbish_is_refused(void **state)
{
	static const char *const t[] = { "x", "abcd", "EmyQtPoMLLsTw32", "!!!!", "9IyTEpZBnFA",
		"EmyQtPoMLLsTw32Y" };
	struct buf b = BUF_INIT(4096);
	struct p8key key;
	size_t i;

	(void)state;
	p8crypt_key(&key, salt, strlen(salt));
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		assert_int_equal(p8decrypt(&key, t[i], strlen(t[i]), &b), -1);
	assert_int_equal(b.len, 0);
	assert_int_equal(p8decrypt(&key, "EmyQtPoMLLsTw32X==", 18, &b), 0);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(worked_examples),
		cmocka_unit_test(other_keys),
		cmocka_unit_test(long_salts_are_equal),
		cmocka_unit_test(lengths),
		cmocka_unit_test(rubbish_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
