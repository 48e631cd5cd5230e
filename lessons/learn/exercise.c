/* lessons/learn/exercise.c: the table of exercises, and where the checkout is.
 * SPDX-License-Identifier: MIT */
#include "lessons/learn/exercise.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct exercise exercises[] = {
    {"01-sockets", "make_listener"},
    {"02-byte-streams", "read_exact"},
    {"02-byte-streams", "write_all"},
    {"02-byte-streams", "length_frames"},
    {"03-datagrams", "reply_to_sender"},
    {"03-datagrams", "stop_and_wait"},
    {"04-http", "parse_response_head"},
    {"04-http", "reuse_connection"},
};

const size_t exercises_n = sizeof(exercises) / sizeof(exercises[0]);

const struct exercise *exercise_find(const char *name)
{
    for (size_t i = 0; i < exercises_n; i++)
        if (strcmp(exercises[i].name, name) == 0)
            return &exercises[i];
    return NULL;
}

static bool has_lessons(const char *folder)
{
    char path[PATH_MAX + 32];
    snprintf(path, sizeof(path), "%s/lessons/learn/check.h", folder);
    return access(path, R_OK) == 0;
}

/* From the working directory upwards; "" is the root. */
static bool find_above(char folder[PATH_MAX])
{
    if (!getcwd(folder, PATH_MAX))
        return false;
    while (!has_lessons(folder)) {
        char *slash = strrchr(folder, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
    return true;
}

const char *find_top(void)
{
    static char top[PATH_MAX];
    const char *told = getenv("SOCKLAB_TOP");
    if (told && has_lessons(told) && realpath(told, top))
        return top;
    if (find_above(top))
        return top;
    if (has_lessons(LEARN_BUILT_FROM) && realpath(LEARN_BUILT_FROM, top))
        return top;
    return NULL;
}
