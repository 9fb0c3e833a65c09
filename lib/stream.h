/*
 * The record stream: JSON Lines with a HEADER, blocks and an END (p7-records(5)).
 *
 *   HEADER                                     with a hash of its own
 *   global records
 *   USER_BEGIN ... USER_END                    (or PRINCIPAL_BEGIN ... PRINCIPAL_END)
 *   END
 *
 * Every record is an object whose member "kind" says what it is.  A block's end carries "counts"
 * (records per kind between begin and end, both left out) and "hash"; END carries "totals" (all
 * records but HEADER and END, block marks included), "users" and "hash".  A hash is XXH3-64, 16 hex
 * digits, of the lines with their "\n": of a block from its begin up to before its end, of END from
 * the line behind HEADER up to before END; of HEADER what stands before its last member, "hash".
 *
 * The reader checks the order, the counts and the hashes; a stream that was edited on purpose
 * is read with si->edited set, which leaves counts and hashes unchecked, but never END.
 * Both structs own their buffers; si_close, so_close or so_abort frees them.
 */
#ifndef STREAM_H
#define STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include <xxhash.h>

#include "io.h"
#include "jsonr.h"
#include "jsonw.h"

#define STREAM_VERSION 2
#define STREAM_KINDS 48		/* different kinds in one stream */
#define STREAM_KIND_LEN 24

struct kind_counts {
	struct {
		char kind[STREAM_KIND_LEN];
		uint64_t n;
	} k[STREAM_KINDS];
	unsigned n;
};

/* Count one record of KIND; false when there are too many kinds or the name is too long. */
bool kinds_add(struct kind_counts *c, const char *kind, uint64_t n);
uint64_t kinds_get(const struct kind_counts *c, const char *kind);

struct stream_out {
	struct io_out io;
	struct buf line;	/* the record being written */
	struct jsonw w;		/* its writer */
	XXH3_state_t *all, *block;
	struct kind_counts totals, counts;
	const char *in;		/* "USER" or "PRINCIPAL" inside a block, NULL outside */
	uint64_t users;		/* USER blocks ended */
};

/* EXIT_USAGE for a terminal: a stream holds passwords. */
int so_open(struct stream_out *so, const char *path, bool gz, struct err *e);
/*
 * Begin a record: the line is emptied, "{" and its kind are written; the caller adds members with
 * the returned writer and calls so_put (KIND must stay valid until then).
 */
struct jsonw *so_begin(struct stream_out *so, const char *kind);
/* End the record and send it.  HEADER gets its hash and is sent at once, others are buffered. */
int so_put(struct stream_out *so, const char *kind, struct err *e);
/* Send a line of N bytes (no "\n") as it is: a record that passes through. */
int so_copy(struct stream_out *so, const char *kind, const char *line, size_t n, struct err *e);
/* The same for a line that lies in N pieces, none of which is copied. */
struct so_piece {
	const char *p;
	size_t n;
};
int so_pieces(struct stream_out *so, const char *kind, const struct so_piece *v, unsigned n,
    struct err *e);
/* Block marks: WHAT is "USER" or "PRINCIPAL"; begin takes the record's further members. */
struct jsonw *so_block_begin(struct stream_out *so, const char *what);
int so_block_put(struct stream_out *so, struct err *e);	/* sends ..._BEGIN */
int so_block_end(struct stream_out *so, const char *key, const char *value, struct err *e);
/* The same for a filter: the begin as it was read, the end with D's members and fresh counts. */
int so_block_copy(struct stream_out *so, const char *what, const char *line, size_t n,
    struct err *e);
int so_block_end_as(struct stream_out *so, const struct jdoc *d, struct err *e);
/* Write END and close; the only way to a whole stream. */
int so_close(struct stream_out *so, struct err *e);
void so_abort(struct stream_out *so);

struct stream_in {
	struct io_in io;
	struct jdoc header;	/* valid from si_open to si_close */
	struct buf header_text;
	struct jdoc doc;	/* the current record, parsed */
	struct buf work;	/* the text behind doc */
	const char *line;	/* the current record as it is in the stream, NUL-terminated */
	size_t len;
	char kind[STREAM_KIND_LEN];
	uint64_t lineno;
	bool edited;
	/*
	 * Which records are parsed, for a filter that lets others pass; NULL: all.  For the others
	 * doc is not valid.  Blocks' marks and END are always parsed.
	 */
	bool (*parses)(const char *kind);
	XXH3_state_t *all, *block;
	struct kind_counts totals, counts;
	char in[STREAM_KIND_LEN];	/* "USER", "PRINCIPAL" or "" */
	char last_user[320];		/* e-mail of the last complete user */
	uint64_t users;
};

/*
 * Open and read the header.  STREAM is "p7", "p8" or "dav" (or several with "|" between them):
 * another one is refused with a message that says which stage belongs in between.  EXIT_DATA for
 * an empty or foreign input.
 */
int si_open(struct stream_in *si, const char *path, const char *stream, bool edited,
    struct err *e);
/* 1: a record in si->doc, si->kind; 0: END was read and all is well; -1: error (EXIT_DATA). */
int si_next(struct stream_in *si, struct err *e);
/*
 * At the end of a block: was it altered, or were records left out?  Only where that is allowed
 * (si->edited); otherwise si_next has checked it.
 */
bool si_block_altered(const struct stream_in *si);
void si_close(struct stream_in *si);

#endif
