#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "stream.h"

static int bad(struct stream_in *si, struct err *e, const char *what)
{
	return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": %s", si->io.name, si->lineno, what);
}

static int truncated(struct stream_in *si, struct err *e)
{
	return err_set(e, EXIT_DATA,
	    "%s ends at line %" PRIu64 " without its END record, so it is incomplete (last "
	    "complete user: %s); look for an error of the stage before, and run that again",
	    si->io.name, si->lineno, si->last_user[0] ? si->last_user : "none");
}

static bool is_blank(const char *s, size_t n)
{
	while (n > 0 && isspace((unsigned char)s[n - 1]))
		n--;
	return n == 0;
}

/*
 * The next line that is not empty.  Additions of editors do no harm: a byte order mark, CRs at the
 * ends of lines, empty lines; no hash covers them.
 */
static int read_line(struct stream_in *si, char **line, bool *whole, struct err *e)
{
	int rc;

	do {
		rc = io_in_line(&si->io, line, &si->len, whole, e);
		if (rc <= 0)
			return rc;
		if (si->lineno++ == 0 && si->len >= 3 && memcmp(*line, "\xEF\xBB\xBF", 3) == 0) {
			*line += 3;
			si->len -= 3;
		}
	} while (*whole && is_blank(*line, si->len));
	if (si->len > 0 && (*line)[si->len - 1] == '\r')
		si->len--;
	return rc;
}

/* Does a record go on in the next line, as programs that write JSON for people have it? */
static bool is_spread(const char *line, size_t n)
{
	while (n > 0 && isspace((unsigned char)line[n - 1]))
		n--;
	return n > 0 && (isspace((unsigned char)line[0]) || ((line[0] == '{' || line[0] == '[') &&
	    strchr("{[,", line[n - 1]) != NULL));
}

static int not_parsed(struct stream_in *si, struct err *e)
{
	if (e->status == EXIT_DATA && is_spread(si->line, si->len))
		return bad(si, e, "a record that spans several lines; one record a line: use"
		    " jq -c, not jq");
	return err_prefix(e, "%s, line %" PRIu64, si->io.name, si->lineno);
}

/* The last line has no newline.  A whole END lost it in an editor; all else is cut off. */
static int not_whole(struct stream_in *si, const char *line, struct err *e)
{
	static const char end[] = "{\"kind\":\"END\"";

	if (si->len >= sizeof(end) && memcmp(line, end, sizeof(end) - 1) == 0 &&
	    line[si->len - 1] == '}')
		return bad(si, e, "END lacks the newline behind it: the stream is cut off there,"
		    " or an editor removed it; add one");
	return truncated(si, e);
}

/* Does KIND, the mark of a block, END like this?  WHAT is what the block is of, "USER". */
static bool is_mark(const char *kind, const char *end, char what[STREAM_KIND_LEN])
{
	size_t n = strlen(kind), m = strlen(end);

	if (n <= m || strcmp(kind + n - m, end) != 0)
		return false;
	memcpy(what, kind, n - m);
	what[n - m] = '\0';
	return strcmp(what, "USER") == 0 || strcmp(what, "PRINCIPAL") == 0;
}

/* The kind of a record that need not be parsed, taken from its first bytes; false: parse it. */
static bool passes(struct stream_in *si)
{
	static const char begin[] = "{\"kind\":\"";
	const char *kind = si->line + sizeof(begin) - 1, *end;
	char what[STREAM_KIND_LEN];
	size_t n;

	if (si->parses == NULL || si->len < sizeof(begin) ||
	    memcmp(si->line, begin, sizeof(begin) - 1) != 0)
		return false;
	n = strspn(kind, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
	end = kind + n;
	if (n == 0 || n >= sizeof(si->kind) || *end != '"' || si->line[si->len - 1] != '}')
		return false;
	memcpy(si->kind, kind, n);
	si->kind[n] = '\0';
	if (strcmp(si->kind, "HEADER") == 0 || strcmp(si->kind, "END") == 0 ||
	    is_mark(si->kind, "_BEGIN", what) || is_mark(si->kind, "_END", what))
		return false;
	return !si->parses(si->kind);
}

/* Read the next line and parse it into DOC, whose text is kept in TEXT. */
static int parse_line(struct stream_in *si, struct jdoc *doc, struct buf *text, struct err *e)
{
	bool first = si->kind[0] == '\0', whole;
	const char *kind;
	char *line;
	int rc;

	rc = read_line(si, &line, &whole, e);
	if (rc < 0)
		return -1;
	if (rc == 0 && first)
		return err_set(e, EXIT_DATA, "%s is empty; the stage before it failed",
		    si->io.name);
	if (rc != 0 && !whole && first)
		return err_set(e, EXIT_DATA, "%s is not a record stream, or one that is cut off in"
		    " its first line", si->io.name);
	if (rc == 0)
		return truncated(si, e);
	if (!whole) {
		si->lineno--;
		return not_whole(si, line, e);
	}
	si->line = line;
	if (passes(si))
		return 1;
	buf_reset(text);
	buf_add(text, line, si->len);
	if (text->failed)
		return err_memory(e);
	if (jr_parse(doc, text->data, text->len, e) < 0)
		return not_parsed(si, e);
	if (doc->v->type == J_ARRAY)
		return bad(si, e, "an array; one record a line: use jq -c '.[]' on it");
	kind = jr_str(doc, NULL, "kind", NULL);
	if (kind == NULL || kind[0] == '\0' || strlen(kind) >= sizeof(si->kind))
		return bad(si, e, "not a record: it has no member \"kind\"");
	strcpy(si->kind, kind);
	return 1;
}

/* Is IS one of the names in LIST ("p7|dav")? */
static bool one_of(const char *list, const char *is)
{
	size_t n = strlen(is), len;

	for (;; list += len + 1) {
		len = strcspn(list, "|");
		if (len == n && memcmp(list, is, n) == 0)
			return true;
		if (list[len] == '\0')
			return false;
	}
}

/* The hash of the header, over what stands before it. */
static int check_header_hash(struct stream_in *si, struct err *e)
{
	char want[32];
	size_t n;

	if (si->edited)
		return 0;
	n = si->len > 27 ? si->len - 27 : 0;
	snprintf(want, sizeof(want), ",\"hash\":\"%016" PRIx64 "\"}",
	    (uint64_t)XXH3_64bits(si->line, n));
	if (si->len - n != 27 || memcmp(si->line + n, want, 27) != 0)
		return bad(si, e, "the hash of the HEADER is missing or wrong; the stream was"
		    " damaged or altered (if on purpose, use --edited)");
	return 0;
}

static int check_header(struct stream_in *si, const char *stream, struct err *e)
{
	const char *is = jr_str(&si->header, NULL, "stream", "");
	int64_t version = jr_int(&si->header, NULL, "version", 0);

	if (strcmp(si->kind, "HEADER") != 0)
		return err_set(e, EXIT_DATA, "%s is not a record stream: its first line is not a"
		    " HEADER", si->io.name);
	if (version != STREAM_VERSION)
		return err_set(e, EXIT_DATA,
		    "%s is a stream of version %" PRId64 ", this program reads version %d; use "
		    "programs of one release", si->io.name, version, STREAM_VERSION);
	if (!one_of(stream, is))
		return err_set(e, EXIT_DATA,
		    "%s is a \"%s\" stream, but a \"%s\" stream is needed%s", si->io.name, is,
		    stream,
		    strcmp(is, "p7") == 0 && strcmp(stream, "p8") == 0
			? "; put p7-transform in between" : "");
	return check_header_hash(si, e);
}

static int hashes_init(struct stream_in *si, struct err *e)
{
	si->all = XXH3_createState();
	si->block = XXH3_createState();
	if (si->all == NULL || si->block == NULL)
		return err_memory(e);
	XXH3_64bits_reset(si->all);
	return 0;
}

int si_open(struct stream_in *si, const char *path, const char *stream, bool edited,
    struct err *e)
{
	memset(si, 0, sizeof(*si));
	buf_init(&si->header_text, BUF_RECORD_MAX);
	buf_init(&si->work, BUF_RECORD_MAX);
	si->edited = edited;
	if (io_in_open(&si->io, path, e) < 0)
		return -1;
	if (hashes_init(si, e) < 0 || parse_line(si, &si->header, &si->header_text, e) < 0 ||
	    check_header(si, stream, e) < 0) {
		si_close(si);
		return -1;
	}
	return 0;
}

#define COUNT_SHOWN 40	/* bytes shown of a count, which may be anything */

/* Compare the "counts" or "totals" of the current record with what was read. */
static int check_counts(struct stream_in *si, const char *key, const struct kind_counts *seen,
    struct err *e)
{
	const struct jval *c = jr_get(&si->doc, NULL, key), *v;
	uint64_t n = 0, have = 0;
	unsigned i;

	if (c == NULL || c->type != J_OBJECT)
		return bad(si, e, "its counts are missing");
	for (v = jr_first(&si->doc, c); v != NULL; v = jr_next(&si->doc, v), n++)
		if (v->type != J_INT || (v->i < 0 && !v->unsigned64) ||
		    (uint64_t)v->i != kinds_get(seen, v->key))
			return err_set(e, EXIT_DATA,
			    "%s, line %" PRIu64 ": %.*s: %.*s announced, %" PRIu64
			    " read; the stream was altered (if on purpose, use --edited)",
			    si->io.name, si->lineno, (int)v->keylen, v->key,
			    v->n < COUNT_SHOWN ? (int)v->n : COUNT_SHOWN, v->s,
			    kinds_get(seen, v->key));
	for (i = 0; i < seen->n; i++)
		have += seen->k[i].n > 0;
	if (n != have)
		return bad(si, e, "records of a kind that is not announced; the stream was "
		    "altered (if on purpose, use --edited)");
	return 0;
}

static int check_hash(struct stream_in *si, XXH3_state_t *state, struct err *e)
{
	const char *hash = jr_str(&si->doc, NULL, "hash", "");
	char want[17];

	hash64_hex(XXH3_64bits_digest(state), want);
	if (strcmp(hash, want) != 0)
		return bad(si, e, "the hash does not fit what was read; the stream was damaged or "
		    "altered (if on purpose, use --edited)");
	return 0;
}

/* The current record stands in a block, and must not. */
static int unended(struct stream_in *si, struct err *e)
{
	return err_set(e, EXIT_DATA, "%s, line %" PRIu64 ": %s, but the %s_END before it is"
	    " missing; a line was deleted or moved", si->io.name, si->lineno,
	    si->kind, si->in);
}

/* Check END, and that nothing follows it. */
static int at_end(struct stream_in *si, struct err *e)
{
	bool whole;
	char *line;
	int rc;

	if (si->in[0] != '\0')
		return unended(si, e);
	if (!si->edited && (check_counts(si, "totals", &si->totals, e) < 0 ||
	    check_hash(si, si->all, e) < 0))
		return -1;
	rc = read_line(si, &line, &whole, e);
	if (rc < 0 || (rc == 1 && is_blank(line, si->len)))
		return rc < 0 ? -1 : 0;
	return rc == 0 ? 0 : bad(si, e, "something follows END; feed one stream at a time");
}

static void note_user(struct stream_in *si)
{
	snprintf(si->last_user, sizeof(si->last_user), "%s",
	    jr_str(&si->doc, NULL, "email", "?"));
	si->users++;
}

static int block_end(struct stream_in *si, const char *what, struct err *e)
{
	if (strcmp(si->in, what) != 0)
		return bad(si, e, "the end of a block that did not begin; a line was deleted or"
		    " moved");
	if (!si->edited && (check_counts(si, "counts", &si->counts, e) < 0 ||
	    check_hash(si, si->block, e) < 0))
		return -1;
	if (strcmp(what, "USER") == 0)
		note_user(si);
	si->in[0] = '\0';
	return 0;
}

static int account(struct stream_in *si, struct err *e)
{
	char what[STREAM_KIND_LEN];
	bool mark = true;

	if (is_mark(si->kind, "_BEGIN", what)) {
		if (si->in[0] != '\0')
			return unended(si, e);
		strcpy(si->in, what);
		si->counts.n = 0;
		XXH3_64bits_reset(si->block);
	} else if (is_mark(si->kind, "_END", what)) {
		if (block_end(si, what, e) < 0)
			return -1;
	} else
		mark = false;
	XXH3_64bits_update(si->all, si->line, si->len);
	XXH3_64bits_update(si->all, "\n", 1);
	if (si->in[0] != '\0') {
		XXH3_64bits_update(si->block, si->line, si->len);
		XXH3_64bits_update(si->block, "\n", 1);
	}
	if (!kinds_add(&si->totals, si->kind, 1) ||
	    (si->in[0] != '\0' && !mark && !kinds_add(&si->counts, si->kind, 1)))
		return bad(si, e, "too many kinds of records");
	return 1;
}

int si_next(struct stream_in *si, struct err *e)
{
	if (parse_line(si, &si->doc, &si->work, e) < 0)
		return -1;
	if (strcmp(si->kind, "END") == 0)
		return at_end(si, e);
	if (strcmp(si->kind, "HEADER") == 0)
		return bad(si, e, "a second HEADER; feed one stream at a time");
	return account(si, e);
}

bool si_block_altered(const struct stream_in *si)
{
	char is[17];

	hash64_hex(XXH3_64bits_digest(si->block), is);
	return strcmp(jr_str(&si->doc, NULL, "hash", ""), is) != 0;
}

void si_close(struct stream_in *si)
{
	io_in_close(&si->io);
	XXH3_freeState(si->all);
	XXH3_freeState(si->block);
	jr_free(&si->header);
	jr_free(&si->doc);
	buf_free(&si->header_text);
	buf_free(&si->work);
}
