/* tests/fuzz/main.c: replays inputs to a fuzz target, where there is no libFuzzer.
 *   fuzz_NAME FILE-OR-FOLDER...    every file, and every file in every folder
 * SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

static int complain(const char *action, const char *path)
{
    fprintf(stderr, "%s %s: %s\n", action, path, strerror(errno));
    return -1;
}

/* Returns the inputs replayed: 1, or -1. */
static int replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return complain("open", path);
    uint8_t *data = malloc(size > 0 ? size : 1);
    CHECK(data != NULL);
    bool read = fread(data, 1, size, file) == size;
    fclose(file);
    if (read) {
        printf("%s\n", path); /* before it fails */
        fflush(stdout);
        LLVMFuzzerTestOneInput(data, size);
    }
    free(data);
    return read ? 1 : complain("read", path);
}

static int replay(const char *path);

static int replay_folder(const char *path)
{
    DIR *folder = opendir(path);
    char inside[4096];
    int count = 0, rc = 0;
    if (!folder)
        return complain("open", path);
    for (struct dirent *entry = readdir(folder); entry && rc >= 0; entry = readdir(folder)) {
        snprintf(inside, sizeof inside, "%s/%s", path, entry->d_name);
        rc = entry->d_name[0] == '.' ? 0 : replay(inside);
        count += rc;
    }
    closedir(folder);
    return rc < 0 ? -1 : count;
}

static int replay(const char *path)
{
    struct stat info;
    if (stat(path, &info) < 0)
        return complain("find", path);
    return S_ISDIR(info.st_mode) ? replay_folder(path) : replay_file(path, (size_t)info.st_size);
}

int main(int argc, char **argv)
{
    int count = 0;
    for (int i = 1; i < argc; i++) {
        int rc = replay(argv[i]);
        if (rc < 0)
            return 1;
        count += rc;
    }
    printf("%d inputs replayed\n", count);
    if (count == 0)
        fprintf(stderr, "replay: no inputs: name files or folders\n");
    return count > 0 ? 0 : 2;
}
