/*
 * Byte input and output of a stage: standard input or output, a file, or gzip of either.
 * Input is recognised by its first two bytes (gzip or not), never by its name; concatenated gzip
 * members are read as one.  Output to a file goes to a new one (mode 0600, newfile.h) that takes
 * PATH's place only in io_out_close; a program that fails calls io_out_abort, so PATH is either
 * whole or as it was.  A device or a pipe (/dev/null) is written to, never replaced.
 * A stream holds passwords: io_in_open refuses a file that others can read.  The structs own their
 * buffers; close or abort frees them.
 */
#ifndef IO_H
#define IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <zlib.h>

#include "buf.h"
#include "err.h"
#include "newfile.h"

#define IO_BLOCK ((size_t)64 << 10)	/* bytes of one read(2) or write(2) */

/*
 * First of all in main: a standard descriptor that the caller closed is opened in such a way that
 * using it is an error (else the next file or connection would take its number, and output would go
 * there); a reader that has ended and a file that may not grow are errors like a full disk, and no
 * signal ends the program.  No core file is written: it would contain passwords.
 */
void io_std_open(void);
/* All output to standard output has been written: 0, or EXIT_IO. */
int io_std_flush(struct err *e);

struct io_in {
	int fd;
	const char *name;	/* for messages; the caller's string */
	bool gz, eof;
	bool member_ended;	/* gzip: the last member read is whole */
	z_stream z;
	unsigned char *block;	/* compressed bytes */
	struct buf text;	/* read, not yet taken */
	size_t taken;
};

struct io_out {
	int fd;
	const char *name;
	struct newfile file;	/* none when writing to standard output, a device or a pipe */
	bool gz, finished;
	z_stream z;
	unsigned char *block;
	struct buf text;
};

/* Would io_in_open read from a terminal?  Then the program says what it is waiting for. */
bool io_in_is_terminal(const char *path);
/* PATH NULL or "-": standard input.  EXIT_NOINPUT, EXIT_PERMISSION. */
int io_in_open(struct io_in *in, const char *path, struct err *e);
/*
 * The next line without its "\n", in *LINE until the next call.  1: a line; 0: the end; -1: error
 * (a line over BUF_RECORD_MAX, a damaged gzip file, a read error).  *WHOLE is false when the last
 * line had no "\n".
 */
int io_in_line(struct io_in *in, char **line, size_t *n, bool *whole, struct err *e);
void io_in_close(struct io_in *in);

/*
 * PATH NULL or "-": standard output.  EXIT_CANTCREATE, also for a directory; EXIT_USAGE for gzip
 * on a terminal.
 */
int io_out_open(struct io_out *out, const char *path, bool gz, struct err *e);
/* What is written is not for eyes, WHY: EXIT_USAGE when it would go to a terminal. */
int io_out_no_terminal(const struct io_out *out, const char *why, struct err *e);
/* Buffered; EXIT_IO names the file (a closed pipe), EXIT_TEMPORARY when its disk is full. */
int io_out_write(struct io_out *out, const void *p, size_t n, struct err *e);
/* Write all that is buffered (a gzip stream is flushed to a byte boundary). */
int io_out_flush(struct io_out *out, struct err *e);
/*
 * All of it is written and synced, so that hardly anything can fail in io_out_close: for a program
 * with two outputs, neither of which may take its place when the other one cannot.
 */
int io_out_finish(struct io_out *out, struct err *e);
int io_out_close(struct io_out *out, struct err *e);
void io_out_abort(struct io_out *out);

/*
 * Open a file that holds secrets for reading: refuses one that others can read (EXIT_PERMISSION,
 * with the chmod to run), EXIT_NOINPUT when it is absent.  Returns the descriptor or -1.
 */
int io_open_secret(const char *path, struct err *e);
/* The whole of a small file (at most MAX bytes) into OUT (emptied first); errors as above. */
int io_read_file(const char *path, bool secret, size_t max, struct buf *out, struct err *e);
/* Write a whole file at once, as a new one with MODE; a device or a pipe as it is. */
int io_write_file(const char *path, const void *p, size_t n, unsigned mode, struct err *e);
/*
 * A whole file in PATH's place (or a new one) with mode and owner of LIKE, synced with its
 * directory: after a crash PATH is whole, old or new.  A symbolic link stays one: the file that it
 * points to is replaced.  EXIT_PERMISSION when the file cannot be given to that owner,
 * EXIT_CANTCREATE for a link to nothing.
 */
struct stat;
int io_replace_file(const char *path, const void *p, size_t n, const struct stat *like,
    struct err *e);

#endif
