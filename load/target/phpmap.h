/*
 * What a PHP file of a P8 module declares about attributes, read and never run:
 *   $aStaticMap of a class: array('Name' => array('type', default, ...), ...) or [...], assigned,
 *     added to, or put in one by one;
 *   $this->extendObject('Class', array(...)), by which a module adds attributes to others' classes.
 * Names and types are literals, or constants of the same file.  What is anything else is in doubt:
 * then a thing that was not found may still be declared.
 * A struct phpmap owns its text; phpmap_free frees it.
 */
#ifndef LOAD_PHPMAP_H
#define LOAD_PHPMAP_H

#include <stdbool.h>

#include "arena.h"
#include "err.h"

#define PHPMAP_FILE_MAX ((size_t)2 << 20)
#define PHPMAP_DECLS 4096	/* of one file */

struct phpmap_decl {
	const char *class;	/* "Aurora\Modules\Mail\Classes\Account" */
	const char *module;	/* that extends it; "": the module whose file it is */
	const char *attr;	/* NULL: only that the class has a map, or is extended */
	const char *type;	/* "mediumblob"; NULL: in doubt */
	bool extends;
};

struct phpmap {
	struct arena a;
	struct phpmap_decl *v;
	size_t n, size;
	unsigned doubts;
	char doubt[200];	/* the first of them, with the line */
};

/* Read N bytes of PHP.  EXIT_DATA when there is more than fits, EXIT_TEMPORARY without memory. */
int phpmap_read(struct phpmap *m, const char *text, size_t n, struct err *e);
void phpmap_free(struct phpmap *m);

#endif
