/*
 * The products' own files with secrets (settings.xml, salt.php, config.json, salt8.php), which
 * installers leave readable by every user of the machine: not ours to refuse, but worth a warning.
 */
#ifndef EXPOSED_H
#define EXPOSED_H

#include <stddef.h>

#define EXPOSED_ENV "P7M_MODES_SAID"	/* set by a caller that has warned for all its programs */

/*
 * Into OUT the warning for those of N files (NULL: none) that any user of the machine can read,
 * with the chmod that puts it right and leaves owner and group as they are; "" when there are none.
 * A file counts only when others may enter every directory above it.
 */
void exposed_warning(const char *const *files, size_t n, char *out, size_t size);

#endif
