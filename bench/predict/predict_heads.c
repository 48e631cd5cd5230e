/* bench/predict/predict_heads.c: how long a message is with what its protocol puts around it.
 * Heads are written by the functions that the programs write them by.
 * SPDX-License-Identifier: MIT */
#include "bench/predict/predict.h"
#include "ws_echo/ws_frame.h"
#include "ws_echo/ws_handshake.h"

#include <math.h>
#include <string.h>

#define SOME_PORT 40000 /* five digits, as the ports that Linux gives away have: 32768 to 60999 */
#define SOME_DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n" /* as long as any: RFC 9110 5.6.7 */
#define HEAD_MAX 2048

double frame_head(double payload)
{
    struct ws_head head = {.fin = true, .opcode = WS_TEXT, .length = (uint64_t)payload};
    uint8_t out[WS_HEAD_MAX];
    return (double)ws_head_encode(out, &head);
}

/* A head and its payload are written together, and cut into records where they are too long. */
double sealed(const struct transport *t, double bytes)
{
    if (!t->secure)
        return bytes;
    return bytes + flights_of("127.0.0.1", false, false).record * ceil(bytes / RECORD_MAX);
}

static struct url address_of(const struct transport *t, const char *host, const char *path)
{
    struct url url = {.port = SOME_PORT};
    snprintf(url.scheme, sizeof url.scheme, "%s", t->upgrade ? t->secure ? "wss" : "ws"
                                                  : t->secure ? "https" : "http");
    snprintf(url.host, sizeof url.host, "%s", host);
    snprintf(url.path, sizeof url.path, "%s", path);
    return url;
}

/* As http_poll/http.c writes it: what HTTP demands (Host, Content-Length), and nothing else. */
static double request_head(const struct transport *t, const char *host, const char *method,
                           const char *path, double body)
{
    struct url url = address_of(t, host, path);
    char authority[URL_TEXT_MAX], length[48] = "";
    if (body >= 0)
        snprintf(length, sizeof length, "Content-Length: %.0f\r\n", body);
    return snprintf(NULL, 0, "%s %s HTTP/1.1\r\nHost: %s\r\n%s%s\r\n", method, path,
                    url_authority(&url, authority), length,
                    t->closes ? "Connection: close\r\n" : "");
}

static double response_head(int status, const char *fields, double body, bool closes)
{
    char out[HEAD_MAX];
    uint64_t length = body < 0 ? HTTP_NO_LENGTH : (uint64_t)body;
    return (double)http_response_write(out, sizeof out, status, SOME_DATE, fields, length,
                                       closes ? "close" : NULL);
}

static void add_upgrade(struct words *w, const struct transport *t, const char *host)
{
    static const uint8_t random[WS_KEY_BYTES] = {0};
    struct url url = address_of(t, host, t->echo_path);
    char out[WS_REQUEST_MAX], answer[WS_RESPONSE_MAX], key[WS_KEY_LEN + 1];
    struct http_head head;
    ws_write_key(key, random);
    size_t n = ws_write_request(out, &url, key, NULL);
    w->ask_upgrade = (double)n;
    http_request_parse(&head, out, n);
    w->answer_upgrade = (double)ws_write_response(answer, &head, NULL);
}

/* A reply with the newest event, and its number; asked for is what follows the one before. */
static void add_polling(struct words *w, const struct transport *t, const char *host, double text)
{
    static const char fields[] = "Content-Type: text/plain\r\nCache-Control: no-store\r\n"
                                 "Last-Event-ID: 1\r\n";
    char path[64];
    snprintf(path, sizeof path, "%s?after=1", t->push_path);
    w->ask_events = request_head(t, host, "GET", path, -1);
    w->answer_events = response_head(200, fields, text + 1, false) + text + 1;
}

struct words words_of(const struct transport *t, const char *host, double size)
{
    struct words w = {.ask = size, .answer = size};
    if (t->upgrade) {
        w.ask += frame_head(size) + MASK;
        w.answer += frame_head(size);
        add_upgrade(&w, t, host);
    } else if (*t->echo_path) {
        w.ask += request_head(t, host, "POST", t->echo_path, size);
        w.answer += response_head(200, "Content-Type: application/octet-stream\r\n", size,
                                  t->closes);
    } else if (*t->push_path)
        add_polling(&w, t, host, size);
    return w;
}

/* A line; a frame; or two lines of server-sent events, and an empty one.  Datagrams end by
 * themselves. */
double pushed(const struct transport *t, double text)
{
    if (t->upgrade)
        return text + frame_head(text);
    if (t == &transports[SSE])
        return text + sizeof "id: 1\ndata: \n\n" - 1;
    return t == &transports[UDP] ? text : text + 1;
}
