/* tests/fuzz/url.c: what url_parse() takes can be written and read again, and is fit for a Host
 * header and a request line.  Input: the text.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/url.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>

static void check_text(const char *text, size_t room, const char *unwanted)
{
    size_t n = strnlen(text, room);
    CHECK(n < room);
    for (size_t i = 0; i < n; i++)
        CHECK(isgraph((unsigned char)text[i]) && !strchr(unwanted, text[i]));
}

static void check_parts(const struct url *url)
{
    check_text(url->scheme, sizeof url->scheme, ":/");
    check_text(url->host, sizeof url->host, "@/?#");
    check_text(url->path, sizeof url->path, "#");
    CHECK(url->host[0] != '\0');
    CHECK(url->path[0] == '/' || url->path[0] == '\0');
    CHECK(url->port >= 0 && url->port <= 65535);
}

static void check_same(const struct url *a, const struct url *b)
{
    CHECK(strcmp(a->scheme, b->scheme) == 0);
    CHECK(strcmp(a->host, b->host) == 0);
    CHECK(strcmp(a->path, b->path) == 0);
    CHECK(a->port == b->port);
}

static void check_written(const struct url *url)
{
    struct url again;
    char *text = malloc(URL_TEXT_MAX), *host = malloc(URL_TEXT_MAX), whole[2 * URL_TEXT_MAX];
    CHECK(url_parse(&again, url_format(url, text)) == NULL);
    check_same(url, &again);
    snprintf(whole, sizeof whole, "%s://%s%s", url->scheme, url_authority(url, host), url->path);
    CHECK(url_parse(&again, whole) == NULL);
    check_same(url, &again);
    CHECK(url_is_secure(url) == url_is_secure(&again));
    free(host);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct url url;
    char *text = as_string(data, n);
    const char *why = url_parse(&url, text);
    if (!why) {
        check_parts(&url);
        check_written(&url);
        url_set_default_path(&url, "/echo");
        CHECK(url.path[0] == '/');
    }
    free(text);
    return 0;
}
