/* Byte by byte, without looking ahead: refuses at the first wrong byte. */
#include "parse_response_head.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct reader {
    const char *p, *end;
};

/* The next line without its end; 1, or 0 when it is not whole, or -1 when it is no line. */
static int next_line(struct reader *r, const char **line, size_t *n)
{
    *line = r->p;
    for (; r->p < r->end; r->p++) {
        if (*r->p == '\n')
            return -1;
        if (*r->p != '\r')
            continue;
        if (r->p + 1 == r->end)
            return 0;
        *n = (size_t)(r->p - *line);
        r->p += 2;
        return r->p[-1] == '\n' ? 1 : -1;
    }
    return 0;
}

static int status_line(struct response_head *head, const char *line, size_t n)
{
    char copy[14] = "";
    int minor, end = 0;
    memcpy(copy, line, n < 13 ? n : 13);
    if (!isdigit((unsigned char)copy[9]) || !isdigit((unsigned char)copy[10]))
        return 0;
    if (strncmp(copy, "HTTP/1.", 7) != 0 || !isdigit((unsigned char)copy[7]) || copy[8] != ' ')
        return 0;
    minor = copy[7] - '0';
    for (end = 9; isdigit((unsigned char)copy[end]); end++)
        ;
    head->status = atoi(copy + 9);
    head->content_length = -1;
    head->keeps_alive = minor > 0;
    return end == 12 && copy[12] == ' ';
}

static int length_field(struct response_head *head, const char *value, size_t n)
{
    char *digits = strndup(value, n), *rest;
    if (!digits)
        return 0;
    errno = 0;
    long long length = strtoll(digits, &rest, 10);
    int good = isdigit((unsigned char)digits[0]) && rest == digits + n && errno == 0 &&
               head->content_length < 0;
    head->content_length = length;
    free(digits);
    return good;
}

static void connection_field(struct response_head *head, const char *value, size_t n)
{
    char *list = strndup(value, n), *save = NULL;
    bool closes = false, keeps = false;
    char *w = list ? strtok_r(list, ", \t", &save) : NULL;
    for (; w; w = strtok_r(NULL, ", \t", &save)) {
        closes |= strcasecmp(w, "close") == 0;
        keeps |= strcasecmp(w, "keep-alive") == 0;
    }
    free(list);
    head->keeps_alive = !closes && (head->keeps_alive || keeps);
}

static int field(struct response_head *head, const char *line, size_t n)
{
    size_t colon = 0;
    while (colon < n && line[colon] != ':' && line[colon] != ' ' && line[colon] != '\t')
        colon++;
    if (colon == 0 || colon == n || line[colon] != ':')
        return 0;
    const char *value = line + colon + 1, *end = line + n;
    while (value < end && (*value == ' ' || *value == '\t'))
        value++;
    while (value < end && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    if (colon == 14 && strncasecmp(line, "Content-Length", 14) == 0)
        return length_field(head, value, (size_t)(end - value));
    if (colon == 10 && strncasecmp(line, "Connection", 10) == 0)
        connection_field(head, value, (size_t)(end - value));
    return 1;
}

int parse_response_head(struct response_head *head, const char *buf, size_t n)
{
    struct reader r = {buf, buf + n};
    for (int first = 1;; first = 0) {
        const char *line;
        size_t len = 0;
        int whole = next_line(&r, &line, &len);
        if (whole < 0 || r.p - buf > HEAD_MAX)
            return -1;
        if (whole == 0)
            return n > HEAD_MAX ? -1 : 0;
        if (!first && len == 0)
            return (int)(r.p - buf);
        if (first ? !status_line(head, line, len) : !field(head, line, len))
            return -1;
    }
}
