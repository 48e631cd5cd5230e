/* tests/scenes.c: see scenes.h.
 * SPDX-License-Identifier: MIT */
#include "tests/scenes.h"

#include <string.h>

static uint64_t at(const struct traffic *t, double ms)
{
    return t->packet[0].sent + (uint64_t)(ms * 1e6);
}

static void tcp_scene(struct traffic *t, struct ladder *l)
{
    traffic_begin(t, 4, PACKET_TCP, 20);
    traffic_connect(t, 0);
    traffic_say(t, 40.1, 'c', "hello\n");
    traffic_say(t, 60.2, 's', "hello\n");
    traffic_send(t, 80.3, 'c', FLAG_ACK, NULL, 0);
    /* Hangul */
    traffic_say(t, 90, 'c', "\xec\x95\x88\xeb\x85\x95\xed\x95\x98\xec\x84\xb8\xec\x9a\x94\n");
    traffic_say(t, 110.1, 's', "\x1b[2J\x80\xff <&> a line that is longer than the widest ladder's "
                                "words, and then some more of it\n");
    traffic_send(t, 130.2, 'c', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(t, 150.3, 's', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(t, 170.4, 'c', FLAG_ACK, NULL, 0);
    l->title = "tcp, rtt=40ms: \xec\x97\xb0\xea\xb2\xb0";
    static struct ladder_phase phases[4];
    phases[0] = (struct ladder_phase){"connect", at(t, 40.05), 1, 0};
    phases[1] = (struct ladder_phase){"message", at(t, 85), 1, 0};
    l->phase = phases;
    l->phases = 2;
}

static void ws_scene(struct traffic *t, struct ladder *l)
{
    traffic_begin(t, 4, PACKET_TCP, 20);
    traffic_connect(t, 0);
    traffic_say(t, 40.1, 'c', "GET /echo HTTP/1.1\r\nHost: 198.18.0.2:7004\r\n"
                               "Upgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Version: 13\r\n"
                               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    traffic_say(t, 60.4, 's', "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                               "Connection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
    traffic_send(t, 80.5, 'c', FLAG_ACK, NULL, 0);
    traffic_send(t, 80.6, 'c', FLAG_PSH | FLAG_ACK, "\x81\x85\1\2\3\4ignmn", 11);
    traffic_send(t, 100.7, 's', FLAG_PSH | FLAG_ACK, "\x81\5hello\x89\0", 9); /* and a ping */
    traffic_send(t, 120.8, 'c', FLAG_PSH | FLAG_ACK, "\x88\x82\1\2\3\4\2\xea", 8);
    traffic_send(t, 140.9, 's', FLAG_PSH | FLAG_ACK, "\x88\2\3\xe8", 4);
    traffic_send(t, 140.95, 's', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(t, 161, 'c', FLAG_FIN | FLAG_ACK, NULL, 0);
    traffic_send(t, 181.1, 's', FLAG_ACK, NULL, 0);
    l->title = "ws, rtt=40ms";
    static struct ladder_phase phases[4];
    phases[0] = (struct ladder_phase){"connect", at(t, 40.05), 1, 0};
    phases[1] = (struct ladder_phase){"upgrade", at(t, 80.55), 1.01, 0};
    phases[2] = (struct ladder_phase){"message", at(t, 120.7), 1, 0};
    phases[3] = (struct ladder_phase){"close", at(t, 500), -1, 0};
    l->phase = phases;
    l->phases = 4;
    l->rtt = 40000000;
}

static size_t record(uint8_t *out, unsigned type, size_t len, unsigned first)
{
    memset(out, 'e', 5 + len);
    memcpy(out, (uint8_t[]){(uint8_t)type, 3, 3, (uint8_t)(len >> 8), (uint8_t)len}, 5);
    if (type == 22)
        memcpy(out + 5, (uint8_t[]){(uint8_t)first, 0, (uint8_t)((len - 4) >> 8),
                                    (uint8_t)(len - 4)}, 4);
    return 5 + len;
}

static void tls_scene(struct traffic *t, struct ladder *l)
{
    static uint8_t bytes[8192];
    size_t n = record(bytes, 22, 300, 1), half = 1448;
    traffic_begin(t, 6, PACKET_TCP, 20);
    traffic_connect(t, 0);
    traffic_send(t, 40.1, 'c', FLAG_PSH | FLAG_ACK, bytes, n);
    n = record(bytes, 22, 118, 2);
    n += record(bytes + n, 20, 1, 0);
    n += record(bytes + n, 23, 3700, 0);
    traffic_send(t, 61, 's', FLAG_ACK, bytes, half);
    traffic_send(t, 61.01, 's', FLAG_ACK, bytes + half, half);
    traffic_send(t, 61.02, 's', FLAG_PSH | FLAG_ACK, bytes + 2 * half, n - 2 * half);
    n = record(bytes, 20, 1, 0);
    n += record(bytes + n, 23, 69, 0);
    traffic_send(t, 81.2, 'c', FLAG_PSH | FLAG_ACK, bytes, n);
    n = record(bytes, 23, 5000, 0);
    traffic_send(t, 82, 'c', FLAG_ACK, bytes, half); /* and no more of it */
    l->title = "wss, rtt=40ms";
}

static void loss_scene(struct traffic *t, struct ladder *l)
{
    traffic_begin(t, 4, PACKET_TCP, 20);
    size_t syn = traffic_send(t, 0, 'c', FLAG_SYN, NULL, 0);
    traffic_lose(t, syn);
    traffic_again(t, 1030, syn);
    traffic_send(t, 1050, 's', FLAG_SYN | FLAG_ACK, NULL, 0);
    traffic_send(t, 1070, 'c', FLAG_ACK, NULL, 0);
    size_t hole = traffic_say(t, 1070.1, 'c', "POST /echo HTTP/1.1\r\nHost: x\r\n");
    traffic_lose(t, hole);
    traffic_say(t, 1070.2, 'c', "Content-Length: 5\r\n\r\nhello");
    t->sack[0] = 31, t->sack[1] = 57;
    traffic_send(t, 1090.3, 's', FLAG_ACK, NULL, 0);
    size_t second = traffic_again(t, 1120, hole);
    traffic_lose(t, second);
    traffic_again(t, 1340, hole);
    size_t answer = traffic_say(t, 1360.1, 's',
                                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    traffic_send(t, 1380.2, 'c', FLAG_ACK, NULL, 0);
    traffic_again(t, 1400, answer); /* needless */
    t->sack[0] = 1, t->sack[1] = 44;
    traffic_send(t, 1420.1, 'c', FLAG_ACK, NULL, 0);
    traffic_send(t, 1500, 'c', FLAG_RST | FLAG_ACK, NULL, 0);
    l->title = "http, rtt=40ms,drop=c1+c3+c5";
    l->rtt = 40000000;
}

static void udp_scene(struct traffic *t, struct ladder *l)
{
    traffic_begin(t, 4, PACKET_UDP, 20);
    traffic_say(t, 0, 'c', "hello");
    traffic_say(t, 20.1, 's', "hello");
    traffic_lose(t, traffic_send(t, 50, 'c', 0, "", 0));
    traffic_say(t, 60, 'c', "\xea\xb0\x80");
    l->title = "udp, rtt=40ms,drop=c2";
    static struct ladder_phase phases[4];
    phases[0] = (struct ladder_phase){"message", at(t, 45), 1, 0};
    l->phase = phases;
    l->phases = 1;
    l->rtt = 40000000;
}

const struct scene scenes[SCENES] = {{"tcp", tcp_scene}, {"ws", ws_scene}, {"tls", tls_scene},
                                     {"loss", loss_scene}, {"udp", udp_scene}};
