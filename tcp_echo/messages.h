/* tcp_echo/messages.h: what a client has to say: stdin's lines, or a number of made-up messages;
 * and what becomes of the replies: printed, or checked and timed.
 * SPDX-License-Identifier: MIT */
#ifndef TCP_ECHO_MESSAGES_H
#define TCP_ECHO_MESSAGES_H

#include "tcp_echo/bytes.h"
#include "tcp_echo/program.h"
#include "tcp_echo/stream.h"

#include <stdbool.h>
#include <stdint.h>

struct messages {
    const char *data; /* the message, without its newline; but data[len] is one */
    size_t len;
    bool made_up; /* by -n, not read from stdin */
    bool eof;     /* of stdin */
    long left;
    size_t taken; /* bytes of input that data and its newline occupy */
    size_t searched; /* bytes of input that hold no newline */
    size_t unanswered; /* lines of stdin that the server has not sent back */
    struct bytes *input;
    size_t replied; /* bytes of the reply so far */
    uint64_t sent_at, started;
    uint64_t *round_trip; /* ns, of each message */
    size_t answered;
};

/* reserved bytes of opt->size are not the message's own: a protocol's newline or number.
 * Ends the program when there is no memory. */
void messages_open(struct messages *, const struct client_options *opt, size_t reserved);

/* The same, always from stdin: for those who listen as well. */
void messages_open_stdin(struct messages *);

/* The next message is in data and len.  Returns false when there is none; waits for stdin. */
bool messages_next(struct messages *);

/* The same without waiting: false when no whole line is there yet. */
bool messages_take(struct messages *);

/* Waits up to ms (negative = for ever) for fd, or stdin, to have something.  Returns true when
 * fd has. */
bool messages_wait(struct messages *, int fd, int ms);

/* The same for a stream (NULL = none): true when stream_read() has something to return. */
bool messages_hear(struct messages *, struct stream *, int ms);

/* Something was heard.  Returns true for an event, or false when it takes the place of an answer to
 * one of the lines taken: it may be somebody else's line, and ours come later. */
bool messages_is_event(struct messages *, const void *data, size_t n);

/* A piece of the reply to the message: printed, or compared with it; last = the reply ends here.
 * Ends the program when a made-up message comes back changed. */
void messages_reply(struct messages *, const void *data, size_t n, bool last);

/* Prints a line that was pushed, adding a newline where there is none. */
void print_event(const void *data, size_t n);

/* Prints the summary of made-up messages, if any, and frees everything. */
void messages_close(struct messages *);

#endif
