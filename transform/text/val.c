#include "text/val.h"

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static int64_t leading_number(const char *s, size_t n)
{
	bool neg = false;
	size_t i = 0;
	int64_t v = 0;

	while (i < n && is_blank(s[i]))
		i++;
	if (i < n && (s[i] == '-' || s[i] == '+'))
		neg = s[i++] == '-';
	for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
		if (__builtin_mul_overflow(v, 10, &v) ||
		    __builtin_sub_overflow(v, s[i] - '0', &v))
			return neg ? INT64_MIN : INT64_MAX;
	if (neg)
		return v;
	return v == INT64_MIN ? INT64_MAX : -v;
}

int64_t val_as_int(const struct val *v)
{
	switch (v->type) {
	case V_BOOL:
	case V_INT:
		return v->i;
	case V_STR:
		return leading_number(v->s, v->n);
	default:
		return 0;
	}
}

bool val_as_bool(const struct val *v)
{
	switch (v->type) {
	case V_BOOL:
	case V_INT:
		return v->i != 0;
	case V_STR:
		return v->n > 1 || (v->n == 1 && v->s[0] != '0');
	default:
		return false;
	}
}

bool val_empty(const struct val *v)
{
	return v->type == V_BOOL || v->type == V_INT ? v->i == 0 : v->n == 0;
}
