/* Copies the head into a C string, and says what is wrong only at its end. */
#include "parse_response_head.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

static const char digits[] = "0123456789", blanks[] = " \t";

static bool set_length(struct response_head *head, const char *value)
{
    size_t n = strspn(value, digits);
    if (n == 0 || value[n + strspn(value + n, blanks)] != '\0' || head->content_length != -1)
        return false;
    unsigned long long length = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned)(value[i] - '0');
        if (length > LLONG_MAX / 10 || length * 10 + digit > LLONG_MAX)
            return false;
        length = length * 10 + digit;
    }
    head->content_length = (long long)length;
    return true;
}

static bool lists(const char *value, const char *wanted)
{
    size_t n = strlen(wanted);
    while (*value) {
        value += strspn(value, " \t,");
        size_t len = strcspn(value, " \t,");
        if (len == n && strncasecmp(value, wanted, n) == 0)
            return true;
        value += len;
    }
    return false;
}

static bool take_line(struct response_head *head, char *line)
{
    size_t n = strcspn(line, ": \t");
    if (n == 0 || line[n] != ':' || strpbrk(line, "\r\n"))
        return false;
    line[n] = '\0';
    const char *value = line + n + 1 + strspn(line + n + 1, blanks);
    if (strcasecmp(line, "connection") == 0 && lists(value, "close"))
        head->keeps_alive = false;
    else if (strcasecmp(line, "connection") == 0 && lists(value, "keep-alive"))
        head->keeps_alive = true;
    return strcasecmp(line, "content-length") != 0 || set_length(head, value);
}

static bool take_status(struct response_head *head, char *line)
{
    if (strncmp(line, "HTTP/1.", 7) != 0 || strspn(line + 7, digits) != 1 || line[8] != ' ')
        return false;
    if (strspn(line + 9, digits) != 3 || line[12] != ' ' || strpbrk(line, "\r\n"))
        return false;
    head->keeps_alive = line[7] != '0';
    head->status = ((line[9] - '0') * 10 + line[10] - '0') * 10 + line[11] - '0';
    head->content_length = -1;
    return true;
}

int parse_response_head(struct response_head *head, const char *buf, size_t n)
{
    char copy[HEAD_MAX + 1];
    size_t size = 0;
    while (size < n && size < HEAD_MAX && (size < 4 || memcmp(buf + size - 4, "\r\n\r\n", 4) != 0))
        size++;
    memcpy(copy, buf, size);
    copy[size] = '\0';
    if (size < 4 || memcmp(copy + size - 4, "\r\n\r\n", 4) != 0)
        return n > HEAD_MAX ? -1 : 0;
    copy[size - 2] = '\0'; /* each line keeps its own end */
    bool good = true;
    for (char *line = copy, *next; *line; line = next) {
        char *end = strstr(line, "\r\n");
        *end = '\0';
        next = end + 2;
        good = good && (line == copy ? take_status(head, line) : take_line(head, line));
    }
    return good ? (int)size : -1;
}
