/* lessons/learn/fingerprint.c: whether something was made of the very same things.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/fingerprint.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t add_bytes(uint64_t so_far, const void *bytes, size_t n)
{
    for (const unsigned char *p = bytes; n > 0; p++, n--)
        so_far = (so_far ^ *p) * UINT64_C(0x100000001b3);
    return so_far;
}

uint64_t fingerprint_text(uint64_t so_far, const char *text)
{
    return add_bytes(so_far, text, strlen(text) + 1);
}

uint64_t fingerprint_file(uint64_t so_far, const char *path)
{
    struct stat found;
    long long facts[5] = {-1};
    if (stat(path, &found) == 0) {
        facts[0] = (long long)found.st_ino;
        facts[1] = (long long)found.st_size;
        facts[2] = (long long)found.st_mtime;
#ifdef __APPLE__
        facts[3] = (long long)found.st_mtimespec.tv_nsec;
#else
        facts[3] = (long long)found.st_mtim.tv_nsec;
#endif
        facts[4] = (long long)found.st_dev;
    }
    return add_bytes(fingerprint_text(so_far, path), facts, sizeof(facts));
}

/* The next file's name in make's words: blanks part names, except after a backslash. */
static bool next_name(FILE *file, char name[PATH_MAX])
{
    size_t n = 0;
    int c = getc(file);
    for (; c != EOF; c = getc(file)) {
        if (c == '\\')
            c = getc(file);
        else if (isspace(c) && n > 0)
            break;
        else if (isspace(c))
            continue;
        if (c != '\n' && n < PATH_MAX - 1)
            name[n++] = (char)c;
    }
    name[n] = '\0';
    return n > 0;
}

uint64_t fingerprint_made_of(uint64_t so_far, const char *dependencies, bool *ok)
{
    char name[PATH_MAX];
    FILE *file = fopen(dependencies, "r");
    if (!file) {
        *ok = false;
        return so_far;
    }
    while (next_name(file, name))
        if (name[strlen(name) - 1] != ':') /* the target's name */
            so_far = fingerprint_file(so_far, name);
    fclose(file);
    return so_far;
}

uint64_t fingerprint_program(uint64_t so_far, const char *name)
{
    const char *path = strchr(name, '/') ? NULL : getenv("PATH");
    while (path) {
        char file[PATH_MAX];
        size_t n = strcspn(path, ":");
        snprintf(file, sizeof(file), "%.*s/%s", (int)n, path, name);
        if (access(file, X_OK) == 0)
            return fingerprint_file(so_far, file);
        path = path[n] == ':' ? path + n + 1 : NULL;
    }
    return fingerprint_file(so_far, name);
}
