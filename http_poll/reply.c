/* http_poll/reply.c: replies, written and sent.  Which one is service.c's business, and routes.c's.
 * SPDX-License-Identifier: MIT */
#include "http_poll/service.h"
#include "tcp_echo/stop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REPLY_HEAD_MAX 2048
#define PIECE (32u * 1024) /* of a file: what one slow reader keeps in memory */

/* An answer carries the time (RFC 9110 6.6.1), which changes once a second. */
static const char *date_field(time_t now)
{
    static _Thread_local char field[64];
    static _Thread_local time_t of;
    struct tm tm;
    if (now != of && gmtime_r(&now, &tm)) {
        strftime(field, sizeof field, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
        of = now;
    }
    return field;
}

static size_t write_head(const struct conn *c, char head[REPLY_HEAD_MAX], int status,
                         const char *fields, uint64_t length)
{
    const struct http_conn *h = c->state;
    const char *connection = h->close ? "close" : h->old ? "keep-alive" : NULL;
    return http_response_write(head, REPLY_HEAD_MAX, status, date_field(time(NULL)), fields, length,
                               connection);
}

void http_reply(struct conn *c, int status, const char *fields, const void *body, size_t n)
{
    const struct http_conn *h = c->state;
    char head[REPLY_HEAD_MAX];
    bool no_body = status == 204 || status == 304;
    size_t len = write_head(c, head, status, fields, no_body ? HTTP_NO_LENGTH : n);
    conn_send2(c, head, len, body, no_body || h->is_head ? 0 : n);
}

void http_reply_stream(struct conn *c, const char *fields)
{
    char head[REPLY_HEAD_MAX];
    size_t len = http_response_write(head, sizeof head, 200, date_field(time(NULL)), fields,
                                     HTTP_NO_LENGTH, "close");
    conn_send(c, head, len);
}

void http_reply_text(struct conn *c, int status, const char *fields, const char *text)
{
    char all[512];
    snprintf(all, sizeof all, "Content-Type: text/plain; charset=utf-8\r\n%s", fields);
    http_reply(c, status, all, text, strlen(text));
}

/* --- files: piece by piece, each when the one before has left --- */

struct http_file {
    int fd;
    uint64_t left; /* bytes still to be sent: as many as the head has promised, if it grows, too */
};

/* Returns whether there is more that can be sent. */
static bool send_piece(struct conn *c, struct http_file *file, const char *head, size_t head_len)
{
    uint8_t piece[PIECE];
    ssize_t got = read(file->fd, piece, file->left < PIECE ? (size_t)file->left : PIECE);
    conn_send2(c, head, head_len, piece, got > 0 ? (size_t)got : 0);
    file->left -= got > 0 ? (uint64_t)got : 0;
    return got > 0 && file->left > 0 && !c->closing;
}

/* A file that became shorter, or that there is no time for any more: only the connection's end can
 * tell the client, who has been promised a length. */
static void end_file(struct conn *c, const struct http_file *file)
{
    if (file->left > 0) {
        conn_log(c, "a file ends early");
        conn_close(c, FLUSH_THEN_CLOSE);
    }
    close(file->fd);
}

/* The event loop goes on with it.  Until it is sent no request is read, so that an idle connection
 * keeps no more than before. */
static bool keep_file(struct conn *c, const struct http_file *file)
{
    struct http_conn *h = c->state;
    struct http_file *kept = malloc(sizeof *kept);
    if (!kept)
        return false;
    *kept = *file;
    h->file = kept;
    c->paused = c->has_more = true;
    conn_set_patience(c, IDLE);
    return true;
}

void http_reply_file(struct conn *c, int fd, uint64_t size, const char *fields)
{
    const struct http_conn *h = c->state;
    struct http_file file = {fd, h->is_head ? 0 : size};
    char head[REPLY_HEAD_MAX];
    bool more = send_piece(c, &file, head, write_head(c, head, 200, fields, size));
    if (more && c->worker->loop && keep_file(c, &file))
        return;
    while (more && !c->worker->loop && !told_to_stop())
        more = send_piece(c, &file, "", 0);
    end_file(c, &file);
}

void http_drop_file(struct conn *c)
{
    struct http_conn *h = c->state;
    if (!c->has_more)
        return;
    end_file(c, h->file);
    free(h->file);
    c->paused = c->has_more = false;
}

void http_go_on(struct conn *c)
{
    struct http_conn *h = c->state;
    if (!send_piece(c, h->file, "", 0))
        http_drop_file(c);
}
