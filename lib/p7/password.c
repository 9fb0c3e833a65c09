#include "digest.h"
#include "p7/password.h"

/* Two characters as P7 reads them: "6G" is 6, "zz" is 0. */
static unsigned pair_value(const char *s)
{
	int high = hex_digit(s[0]), low = hex_digit(s[1]);

	if (high < 0)
		return low < 0 ? 0 : (unsigned)low;
	return low < 0 ? (unsigned)high : (unsigned)(high << 4 | low);
}

void p7password_encode(struct buf *out, const char *plain, size_t n)
{
	unsigned char key, b;
	char pair[3];
	size_t i;

	if (n == 0 || (n == 1 && plain[0] == '0'))
		return;
	key = (unsigned char)plain[0];
	for (i = 0; i < n; i++) {
		b = i == 0 ? key : (unsigned char)plain[i] ^ key;
		hex_text(&b, 1, pair);
		buf_add(out, pair, 2);
	}
}

void p7password_decode(struct buf *out, const char *stored, size_t n)
{
	unsigned key;
	size_t i;

	if (n == 0 || n % 2 != 0)
		return;
	key = pair_value(stored);
	buf_addc(out, (char)key);
	for (i = 2; i < n; i += 2)
		buf_addc(out, (char)(pair_value(stored + i) ^ key));
}

bool p7password_plausible(const char *stored, size_t n)
{
	size_t i;

	if (n % 2 != 0)
		return false;
	for (i = 0; i < n; i++)
		if (hex_digit(stored[i]) < 0 || (stored[i] >= 'A' && stored[i] <= 'F'))
			return false;
	return true;
}
