/* bench/ladder/ladder_remarks.c: what can be said of a packet without reading the stream it is part
 * of.
 * SPDX-License-Identifier: MIT */
#include "bench/ladder/ladder_words.h"
#include "udp_echo/explain.h"
#include "ws_echo/explain.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 400   /* of one packet */
#define LOOK_BACK 4096  /* packets among which the first of a repetition is looked for */

/* What there is no room for is left out: a line has fewer columns. */
void words_add(char **words, const char *format, ...)
{
    char text[WORDS_MAX + 1];
    size_t n = *words ? strlen(*words) : 0;
    if (n > WORDS_MAX - 2)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text - n - 2, format, args);
    va_end(args);
    char *longer = realloc(*words, n + strlen(text) + 3);
    if (!longer)
        return;
    sprintf(longer + n, "%s%s", n ? "; " : "", text);
    *words = longer;
}

/* --- which protocol --- */

static bool is_tls(const uint8_t *p, size_t n)
{
    return n >= 5 && p[0] >= 20 && p[0] <= 23 && p[1] == 3 && p[2] <= 4;
}

static bool is_http(const uint8_t *p, size_t n)
{
    size_t word = 0;
    if (n >= 7 && memcmp(p, "HTTP/1.", 7) == 0)
        return true;
    while (word < n && isupper(p[word]))
        word++;
    return word > 0 && word + 2 < n && p[word] == ' ' && (p[word + 1] == '/' || p[word + 1] == '*');
}

/* Whether a segment holds the first bytes of its stream; isn: of both sides' SYNs so far. */
static bool begins_stream(const struct crossing *x, uint32_t isn[2])
{
    const struct segment *s = &x->segment;
    if (s->flags & FLAG_SYN)
        isn[x->from_server] = s->seq;
    return s->payload_kept > 0 && s->seq == isn[x->from_server] + 1;
}

/* By the first bytes; in a capture that begins late, by the first that a message begins with. */
describe_fn *ladder_protocol(const struct conversation *c)
{
    bool whole = c->crossing[0].segment.flags & FLAG_SYN, first = false;
    uint32_t isn[2] = {0, 0};
    if (c->protocol == PACKET_UDP)
        return udp_describe;
    for (size_t i = 0; i < c->n && !(whole && first); i++) {
        const struct segment *s = &c->crossing[i].segment;
        first = begins_stream(&c->crossing[i], isn);
        if ((first || !whole) && is_tls(s->payload, s->payload_kept))
            return tls_describe;
        if ((first || !whole) && is_http(s->payload, s->payload_kept))
            return ws_describe; /* which is HTTP until it is told otherwise */
    }
    return tcp_describe;
}

/* --- remarks --- */

/* SACK blocks: RFC 2018; the first one below the acknowledgement tells of a duplicate: RFC 2883. */
static void add_sacks(char **words, const struct segment *s)
{
    bool twice = s->sacks > 0 && (int32_t)(s->sack[0].to - s->ack) <= 0;
    uint32_t beyond = 0;
    for (size_t i = twice ? 1 : 0; i < s->sacks; i++)
        beyond += s->sack[i].to - s->sack[i].from;
    if (twice)
        words_add(words, "SACK: %lu B came twice",
                  (unsigned long)(s->sack[0].to - s->sack[0].from));
    if (beyond > 0)
        words_add(words, "SACK: %lu B beyond a gap", (unsigned long)beyond);
}

/* The packet whose words a repetition repeats, or NULL. */
static const struct crossing *first_of(const struct conversation *c, const struct crossing *x)
{
    for (const struct crossing *y = x; y-- > c->crossing && x - y < LOOK_BACK;)
        if (y->from_server == x->from_server && !y->again &&
            (int32_t)(y->segment.seq - x->segment.seq) <= 0 &&
            (int32_t)(y->segment.seq + segment_span(&y->segment) - x->segment.seq) > 0)
            return y;
    return NULL;
}

static void repeat(char **words, const struct conversation *c, size_t i)
{
    const struct crossing *first = first_of(c, &c->crossing[i]);
    if (first && !words[i] && words[first - c->crossing])
        words_add(&words[i], "%s", words[first - c->crossing]);
}

static void tag(char **words, const struct crossing *x)
{
    char *rest = *words;
    if (x->again || x->fate == DROPPED) {
        *words = NULL;
        words_add(words, "%s%s%s%s%s", x->again ? "again" : "",
                  x->again && x->fate == DROPPED ? ", " : "", x->fate == DROPPED ? "lost" : "",
                  rest ? ": " : "", rest ? rest : "");
        free(rest);
    }
}

void ladder_remarks(char **words, const struct conversation *c)
{
    for (size_t i = 0; i < c->n && c->protocol == PACKET_TCP; i++) {
        const struct segment *s = &c->crossing[i].segment;
        bool news = !c->crossing[i].again && c->crossing[i].fate != DROPPED;
        if (s->flags & FLAG_SYN && s->mss > 0 && news)
            words_add(&words[i], "mss %u", s->mss);
        add_sacks(&words[i], s);
        if (c->crossing[i].again)
            repeat(words, c, i);
    }
    for (size_t i = 0; i < c->n; i++)
        tag(&words[i], &c->crossing[i]);
}

void ladder_words_free(char **words, size_t n)
{
    for (size_t i = 0; words && i < n; i++)
        free(words[i]);
    free(words);
}
