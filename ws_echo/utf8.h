/* ws_echo/utf8.h: UTF-8, checked as it arrives, so that the first bad byte is noticed at once
 * (RFC 3629; RFC 6455 8.1).  Pure.
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_UTF8_H
#define WS_ECHO_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zeroed = between two characters. */
struct utf8 {
    uint8_t left;      /* continuation bytes still to come */
    uint8_t low, high; /* the range the next one must be in, when left > 0 */
};

/* Feeds n bytes.  Returns false at a byte no valid text can have here. */
bool utf8_feed(struct utf8 *, const uint8_t *data, size_t n);

/* True when the text may end here. */
bool utf8_complete(const struct utf8 *);

/* True when n bytes are whole UTF-8 text. */
bool utf8_valid(const void *data, size_t n);

#endif
