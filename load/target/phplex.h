/*
 * The words of a PHP file, one after the other; nothing is ever run.  Comments, blanks and text
 * outside of <?php ... ?> are passed over.  The text belongs to the caller and stays as it is; the
 * value of a token is in the lexer until the next one is read.
 */
#ifndef LOAD_PHPLEX_H
#define LOAD_PHPLEX_H

#include <stdbool.h>
#include <stddef.h>

#define PHP_TEXT_MAX 255	/* bytes of a name or a string that matters */

enum php_type {
	PHP_END, PHP_NAME,	/* an identifier, with its backslashes */
	PHP_VAR,		/* without its $ */
	PHP_STRING, PHP_NUMBER,
	PHP_ARROW,		/* => */
	PHP_OBJECT,		/* -> and ?-> */
	PHP_CLASS,		/* :: */
	PHP_ADD,		/* += */
	PHP_CHAR		/* any other character, in ch; longer operators are several */
};

struct phplex {
	const char *p, *end;
	bool inside;		/* of <?php */
	enum php_type type;
	char ch;		/* PHP_CHAR; 0 otherwise */
	char text[PHP_TEXT_MAX + 1];
	size_t n;
	bool known;		/* text is what PHP would see: nothing cut, no variable in it */
};

void phplex_open(struct phplex *x, const char *text, size_t n);
/* Read the next token; PHP_END for ever behind the last. */
void phplex_next(struct phplex *x);
bool phplex_is(const struct phplex *x, char ch);
/* A name, compared without regard to case, as PHP's keywords and methods are. */
bool phplex_word(const struct phplex *x, const char *word);
/*
 * Pass over what is between here and one of STOP (or a bracket that closes what was open before),
 * brackets in between as a whole.
 */
void phplex_skip(struct phplex *x, const char *stop);

#endif
