/* The types of P8's attributes: each has a table of its own, eav_attributes_NAME. */
#ifndef LOAD_ATTRTYPE_H
#define LOAD_ATTRTYPE_H

#include <stdbool.h>
#include <stddef.h>

enum attr_type {
	AT_STRING, AT_INT, AT_BOOL, AT_TEXT, AT_DATETIME, AT_MEDIUMBLOB, AT_BIGINT, AT_DOUBLE,
	AT_COUNT
};

/* "string", "int", ...: member of a record, and end of the table's name. */
extern const char *const attr_type_name[AT_COUNT];
/* The attribute type called NAME, or AT_COUNT. */
enum attr_type attr_type_of(const char *name, size_t n);
/* Kept as a number (else as bytes). */
bool attr_is_num(enum attr_type t);

#endif
