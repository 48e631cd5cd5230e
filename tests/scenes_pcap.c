/* tests/scenes_pcap.c: writes the made-up scenes to captures, SCENE.pcap in the folder given, and
 * what we know of their packets to SCENE.txt: number, time in s, bytes, whether it was sent before.
 * SPDX-License-Identifier: MIT */
#include "bench/capture/pcap.h"
#include "tests/scenes.h"

#include <stdio.h>
#include <stdlib.h>

#define EPOCH UINT64_C(1700000000000000001) /* ns: the last digits are told, too */

static FILE *create(const char *folder, const char *name, const char *end)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, end);
    FILE *f = fopen(path, "w");
    if (!f) {
        perror(path);
        exit(1);
    }
    return f;
}

static void tell(FILE *f, const struct conversation *c)
{
    for (size_t i = 0; i < c->n; i++) {
        uint64_t ns = c->crossing[i].packet->sent + EPOCH;
        fprintf(f, "%zu %lu.%09lu %lu %d\n", i + 1, (unsigned long)(ns / 1000000000),
                (unsigned long)(ns % 1000000000), (unsigned long)c->crossing[i].packet->len,
                c->crossing[i].again);
    }
}

static void write_scene(const char *folder, const struct scene *scene)
{
    static struct traffic t;
    struct ladder ladder = {.title = NULL};
    struct conversations all;
    scene->play(&t, &ladder);
    FILE *pcap = create(folder, scene->name, "pcap"), *text = create(folder, scene->name, "txt");
    pcap_begin(pcap);
    for (size_t i = 0; i < t.n; i++)
        pcap_add(pcap, &t.packet[i], EPOCH);
    if (conversations_find(&all, t.packet, t.n) < 0 || all.n != 1)
        exit(1);
    tell(text, &all.of[0]);
    conversations_free(&all);
    fclose(pcap);
    fclose(text);
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return 2;
    for (size_t i = 0; i < SCENES; i++)
        write_scene(argv[1], &scenes[i]);
    return 0;
}
