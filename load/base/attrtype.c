#include <string.h>

#include "base/attrtype.h"

const char *const attr_type_name[AT_COUNT] = {
	"string", "int", "bool", "text", "datetime", "mediumblob", "bigint", "double"
};

enum attr_type attr_type_of(const char *name, size_t n)
{
	unsigned i;

	for (i = 0; i < AT_COUNT; i++)
		if (strlen(attr_type_name[i]) == n && memcmp(attr_type_name[i], name, n) == 0)
			break;
	return i;
}

bool attr_is_num(enum attr_type t)
{
	return t == AT_INT || t == AT_BOOL || t == AT_BIGINT;
}
