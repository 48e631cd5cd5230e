/* udp_echo/numbered.h: numbered datagrams: what a client adds to UDP to know which reply is which.
 * UDP itself may lose a datagram, deliver it twice, or after a later one, and says nothing of it.
 * SPDX-License-Identifier: MIT */
#ifndef UDP_ECHO_NUMBERED_H
#define UDP_ECHO_NUMBERED_H

#include "tcp_echo/program.h"
#include "udp_echo/udp.h"

#define NUMBER_LEN 8     /* "0000001 " */
#define NUMBERS 10000000 /* then they start again at 0 */

/* Zeroed to begin with. */
struct sequence {
    long number;                     /* of the newest message */
    long sent, received, lost, late; /* late, or a second time */
    const uint8_t *reply;            /* within in, behind the number; NULL = lost */
    size_t len;
    size_t out_len;                  /* of the datagram sent; in: the one received */
    uint8_t out[UDP_PAYLOAD_MAX + 1], in[65536];
};

/* Writes NUMBER_LEN bytes and a NUL. */
void number_write(uint8_t *out, long number);

/* The number that a datagram starts with, or -1. */
long number_read(const uint8_t *data, size_t n);

/* Sends the next message with its number.  Returns 0, or -1: see udp_error(). */
int sequence_send(struct sequence *, struct udp *, const void *data, size_t n);

/* Waits for the reply to it; ms as given to udp_connect().  Returns 0, reply being NULL when it was
 * lost, or -1: see udp_error().  Ends the program when the reply was truncated. */
int sequence_recv(struct sequence *, struct udp *, int ms);

/* Counts the datagram of n bytes in seq->in.  Returns true when it is the reply; so is one without
 * a number, from a server that is no echo. */
bool sequence_take(struct sequence *, size_t n);

/* Says what was lost or late: after -n always, on stdout.  Ends the program, with status 1, when
 * something was lost. */
void sequence_close(const struct sequence *, const struct client_options *);

#endif
