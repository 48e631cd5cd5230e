/* bench/memory.h: what a server, and the kernel for its sake, hold: read from Linux's /proc.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* A process and its children together. */
struct footprint {
    double threads; /* a process without others counts as one */
    double bytes;   /* of memory that is theirs alone and not a file's: what fork() shares with the
                       parent, for reading, is counted once or not at all */
};

/* threads alone, at less cost; 0 = not known. */
size_t threads_of(pid_t);

/* Returns false where it can't be known. */
bool footprint_of(pid_t, struct footprint *);

/* The process's open descriptors; 0 = not known. */
size_t files_of(pid_t);

#define SLABS_MAX 512

/* The kernel's allocator has a cache for each kind of object. */
struct slabs {
    size_t n;
    struct slab {
        char name[32];
        double objects, size;
    } of[SLABS_MAX];
};

/* Returns false where it can't be known: no Linux, or not root. */
bool slabs_read(struct slabs *);

/* Bytes that came between two readings, in the caches that had grown by least objects or more at
 * a third one: those that others on this machine use meanwhile are left out. */
double slabs_growth(const struct slabs *from, const struct slabs *to, const struct slabs *grown,
                    double least);

#endif
