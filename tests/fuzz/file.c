/* tests/fuzz/file.c: file_path() agrees with a slow reader, and what it lets through is named by its
 * own escapes again; file_condition() knows three answers.  Input: 0, then a path; or 1, then a
 * request's head.
 * SPDX-License-Identifier: MIT */
#include "http_poll/file_path.h"
#include "http_poll/file_state.h"
#include "tests/fuzz/fuzz.h"

#include <ctype.h>

/* Decodes a segment in place; false where an escape is none, or a NUL comes out. */
static bool slow_decode(char *text)
{
    size_t n = 0;
    for (char *p = text; *p; p++, n++) {
        if (*p == '%') {
            if (!isxdigit((unsigned char)p[1]) || !isxdigit((unsigned char)p[2]))
                return false;
            text[n] = (char)strtol((char[]){p[1], p[2], '\0'}, NULL, 16);
            p += 2;
        } else {
            text[n] = *p;
        }
        if (text[n] == '\0')
            return false;
    }
    text[n] = '\0';
    return true;
}

static bool slow_is_name(const char *text)
{
    for (const char *p = text; *p; p++)
        if (iscntrl((unsigned char)*p) || *p == '/' || *p == '\\')
            return false;
    return text[0] != '.' && text[0] != '\0';
}

/* Split at slashes, each part by itself.  Returns the relative path, or NULL when it is refused. */
static char *slow_path(const char *path)
{
    char *out = malloc(2 * FILE_PATH_MAX), *copy = strdup(path), *rest = copy + 1;
    bool good = path[0] == '/' && strlen(path) <= FILE_TARGET_MAX;
    out[0] = '\0';
    while (good && rest) {
        char *name = strsep(&rest, "/");
        if (!rest && !*name)
            name = FILE_INDEX;
        else
            good = slow_decode(name) && slow_is_name(name);
        if (good)
            sprintf(out + strlen(out), "%s%s", out[0] ? "/" : "", name);
    }
    free(copy);
    if (good)
        return out;
    free(out);
    return NULL;
}

/* What came out, with every byte escaped, names the same. */
static void check_again(const char *file)
{
    char path[3 * FILE_PATH_MAX + 2] = "/", again[FILE_PATH_MAX], *at = path + 1;
    for (const char *p = file; *p; p++)
        at += *p == '/' ? sprintf(at, "/") : sprintf(at, "%%%02x", (unsigned char)*p);
    struct span span = {path, (size_t)(at - path)};
    if (span.n <= FILE_TARGET_MAX)
        CHECK(file_path(again, span) == 0 && strcmp(again, file) == 0);
}

static void check_path(const char *path, size_t n)
{
    char *out = malloc(FILE_PATH_MAX), *text = as_string(path, n);
    int status = file_path(out, (struct span){path, n});
    char *slow = strlen(text) == n ? slow_path(text) : NULL; /* a head has no NUL */
    CHECK(status == 0 || status == 400 || status == 404);
    if (strlen(text) == n) {
        CHECK((status == 0) == (slow != NULL));
        CHECK(!slow || strcmp(slow, out) == 0);
    }
    if (status == 0) {
        CHECK(out[0] != '/' && !strstr(out, "//") && !strstr(out, "/.") && out[0] != '.');
        CHECK(strchr(file_type(out), '/') != NULL);
        check_again(out);
    }
    free(slow);
    free(text);
    free(out);
}

static void check_head(const char *text, size_t n)
{
    static struct http_head head;
    struct file_state state;
    if (http_request_parse(&head, text, n) <= 0)
        return;
    file_state(&state, n, (struct timespec){.tv_sec = 784111777, .tv_nsec = 1}, 1000000000);
    int status = file_condition(&head, &state);
    CHECK(status == 200 || status == 304 || status == 412);
    CHECK(status != 304 || http_field(&head, "If-None-Match").p ||
          http_field(&head, "If-Modified-Since").p);
    CHECK(status != 412 || http_field(&head, "If-Match").p ||
          http_field(&head, "If-Unmodified-Since").p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n < 1)
        return 0;
    uint8_t *text = exactly(data + 1, n - 1);
    if (data[0] % 2 == 0)
        check_path((const char *)text, n - 1);
    else
        check_head((const char *)text, n - 1);
    release(text, n - 1);
    return 0;
}
