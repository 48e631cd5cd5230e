/* udp_echo/numbered.c: numbers datagrams and keeps the tally.
 * SPDX-License-Identifier: MIT */
#include "udp_echo/numbered.h"
#include "tcp_echo/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void number_write(uint8_t *out, long number)
{
    snprintf((char *)out, NUMBER_LEN + 1, "%07u ", (unsigned)number % NUMBERS);
}

long number_read(const uint8_t *data, size_t n)
{
    long number = 0;
    if (n < NUMBER_LEN || data[NUMBER_LEN - 1] != ' ')
        return -1;
    for (int i = 0; i < NUMBER_LEN - 1; i++) {
        if (!isdigit(data[i]))
            return -1;
        number = number * 10 + (data[i] - '0');
    }
    return number;
}

int sequence_send(struct sequence *seq, struct udp *conn, const void *data, size_t n)
{
    if (n > UDP_PAYLOAD_MAX - NUMBER_LEN) {
        conn->error = EMSGSIZE;
        return -1;
    }
    seq->number = (seq->number + 1) % NUMBERS;
    number_write(seq->out, seq->number);
    memcpy(seq->out + NUMBER_LEN, data, n);
    seq->out_len = NUMBER_LEN + n;
    seq->sent++;
    return udp_send(conn, seq->out, seq->out_len);
}

bool sequence_take(struct sequence *seq, size_t n)
{
    long number = number_read(seq->in, n);
    if (number >= 0 && number != seq->number) {
        seq->late++;
        return false;
    }
    if (number >= 0 && n < seq->out_len)
        die("reply %ld is truncated: %zu of %zu bytes", number, n, seq->out_len);
    size_t skip = number >= 0 ? NUMBER_LEN : 0;
    seq->reply = seq->in + skip;
    seq->len = n - skip;
    seq->received++;
    return true;
}

int sequence_recv(struct sequence *seq, struct udp *conn, int ms)
{
    uint64_t deadline = clock_ns() + (uint64_t)ms * 1000000u;
    seq->reply = NULL;
    do { /* a late one starts the wait again, so that the last may end at twice ms: rare */
        ssize_t n = udp_recv(conn, seq->in, sizeof seq->in);
        if (n < 0 && (conn->error == EAGAIN || conn->error == EWOULDBLOCK))
            break;
        if (n < 0)
            return -1;
        if (sequence_take(seq, (size_t)n))
            return 0;
    } while (clock_ns() < deadline);
    seq->lost++;
    return 0;
}

void sequence_close(const struct sequence *seq, const struct client_options *opt)
{
    bool summary = opt->count > 0;
    if (summary || seq->lost + seq->late > 0)
        fprintf(summary ? stdout : stderr, "%ld sent, %ld received, %ld lost, %ld late or twice\n",
                seq->sent, seq->received, seq->lost, seq->late);
    if (seq->lost > 0)
        exit(1);
}
