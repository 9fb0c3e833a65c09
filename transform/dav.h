/*
 * The DAV stream: text that P7 stored double-encoded is repaired, and what sabre/dav derives from a
 * calendar object is recomputed where it is missing or wrong.
 *
 * Text is judged value by value (charset.h); a calendar object proves itself: the bytes whose MD5
 * is the stored etag are the true ones.  Where neither form fits, the text decides.
 * Type, first and last occurrence are compared with what ical.h finds, also when the etag fits:
 * times that are narrower than the object's own, and hide it from a time-range query, are
 * recomputed; wider ones stay.  Times that depend on the zone in which P7 ran may differ by as much
 * as zones do.
 * An etag that fits also proves that nothing was cut off, END:VCALENDAR or not.
 * Each change is a WARN "calendar-object-recomputed" or "text-repaired".
 * Principals of users who get another name (rename.h) are written with it.
 */
#ifndef TRANSFORM_DAV_H
#define TRANSFORM_DAV_H

#include "rename.h"
#include "report.h"
#include "stream.h"

/* All records of SI behind the header to SO, whose header is written; the caller closes both. */
int dav_transform(struct stream_in *si, struct stream_out *so, struct report *r,
    struct rename *m, struct err *e);

#endif
