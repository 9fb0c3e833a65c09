/*
 * The products' own files with secrets (settings.xml, salt.php, config.json, salt8.php), which
 * installers leave readable by everybody: not ours to refuse, but worth one warning.
 */
#ifndef LAX_H
#define LAX_H

#include <stddef.h>

#define LAX_ENV "P7M_MODES_SAID"	/* set by a caller that has warned for all its programs */

/*
 * Into OUT the warning for those of N files (NULL: none) that any user of the machine can read,
 * with the chmod that mends it for them and leaves owner and group as they are; "" when there are
 * none: a file counts only when others may enter every directory above it.
 */
void lax_warning(const char *const *files, size_t n, char *out, size_t size);

#endif
