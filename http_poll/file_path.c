/* http_poll/file_path.c: which file a request's path names.  Whatever is let through here can only
 * lead down; files.c sees to links.
 * SPDX-License-Identifier: MIT */
#include "http_poll/file_path.h"

#include <string.h>
#include <strings.h>

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef0123456789ABCDEF";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) % 16 : -1;
}

/* The byte at *p, which moves behind it; -1 for an escape that is none (RFC 3986 2.1). */
static int next_byte(const char **p, const char *end)
{
    if (**p != '%')
        return (uint8_t)*(*p)++;
    if (end - *p < 3)
        return -1;
    int high = hex_digit((*p)[1]), low = hex_digit((*p)[2]);
    *p += 3;
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* One name, decoded once and looked at afterwards: an escaped slash or dot is a slash or a dot. */
static int read_name(const char **p, const char *end, char **out)
{
    const char *start = *out;
    while (*p < end && **p != '/') {
        int byte = next_byte(p, end);
        if (byte <= 0)
            return 400;
        if (byte < ' ' || byte == 0x7f || byte == '/' || byte == '\\' ||
            (byte == '.' && *out == start))
            return 404;
        *(*out)++ = (char)byte;
    }
    return 0;
}

int file_path(char out[FILE_PATH_MAX], struct span path)
{
    const char *p = path.p, *end = p + path.n;
    if (path.n == 0 || *p != '/')
        return 400;
    if (path.n > FILE_TARGET_MAX) /* decoding makes it shorter, if anything */
        return 404;
    while (p < end) {
        const char *name = out;
        p++; /* the slash before it */
        int status = read_name(&p, end, &out);
        if (status)
            return status;
        if (out == name && p < end)
            return 404;
        if (out == name)
            memcpy(out, FILE_INDEX, sizeof FILE_INDEX);
        else
            *out++ = p < end ? '/' : '\0';
    }
    return 0;
}

const char *file_type(const char *name)
{
    static const struct { const char *extension, *type; } types[] = {
        {"html", "text/html; charset=utf-8"}, {"css", "text/css; charset=utf-8"},
        {"js", "text/javascript; charset=utf-8"}, {"json", "application/json"},
        {"txt", "text/plain; charset=utf-8"}, {"md", "text/markdown; charset=utf-8"},
        {"csv", "text/csv; charset=utf-8"}, {"xml", "text/xml; charset=utf-8"},
        {"svg", "image/svg+xml; charset=utf-8"}, {"png", "image/png"}, {"jpg", "image/jpeg"},
        {"jpeg", "image/jpeg"}, {"gif", "image/gif"}, {"webp", "image/webp"},
        {"ico", "image/x-icon"}, {"woff2", "font/woff2"}, {"pdf", "application/pdf"},
        {"wasm", "application/wasm"}, {"mp4", "video/mp4"},
        {"pcap", "application/vnd.tcpdump.pcap"},
    };
    const char *slash = strrchr(name, '/'), *dot = strrchr(slash ? slash : name, '.');
    for (size_t i = 0; dot && i < sizeof types / sizeof types[0]; i++)
        if (strcasecmp(dot + 1, types[i].extension) == 0)
            return types[i].type;
    return "application/octet-stream";
}
