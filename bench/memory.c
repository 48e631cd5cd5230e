/* bench/memory.c: /proc/PID/status and smaps_rollup (proc(5)), /proc/slabinfo (slabinfo(5)).
 * RssAnon in the first would do for one process, were it exact: kernels count it in batches.
 * SPDX-License-Identifier: MIT */
#include "bench/memory.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PROC_INODES "proc_inode_cache"

/* The number behind "KEY:" in a file of the process, -1 = there is none. */
static long value_of(pid_t pid, const char *file, const char *key)
{
    char path[64], line[256];
    long value = -1;
    snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, file);
    FILE *f = fopen(path, "r");
    while (f && value < 0 && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            value = strtol(line + strlen(key), NULL, 10);
    if (f)
        fclose(f);
    return value;
}

/* Every process whose figures are added up. */
typedef bool add_fn(struct footprint *, pid_t);

static bool add_threads(struct footprint *sum, pid_t pid)
{
    long threads = value_of(pid, "status", "Threads:");
    sum->threads += threads > 0 ? (double)threads : 0;
    return threads > 0;
}

static bool add_all(struct footprint *sum, pid_t pid)
{
    long kb = value_of(pid, "smaps_rollup", "Private_Dirty:");
    if (kb < 0 || !add_threads(sum, pid))
        return false;
    sum->bytes += (double)kb * 1024;
    return true;
}

static bool add_family(struct footprint *sum, pid_t pid, add_fn *add)
{
    DIR *proc = opendir("/proc");
    *sum = (struct footprint){0};
    if (!proc)
        return false;
    for (struct dirent *d = readdir(proc); d; d = readdir(proc)) {
        pid_t other = (pid_t)strtol(d->d_name, NULL, 10);
        if (other > 0 && value_of(other, "status", "PPid:") == (long)pid)
            add(sum, other); /* or it has just ended */
    }
    closedir(proc);
    return add(sum, pid);
}

bool footprint_of(pid_t pid, struct footprint *sum)
{
    return add_family(sum, pid, add_all);
}

size_t threads_of(pid_t pid)
{
    struct footprint sum;
    return add_family(&sum, pid, add_threads) ? (size_t)sum.threads : 0;
}

/* Linux 6.2 says it in the directory's size.  Reading the directory would make the kernel keep an
 * inode for each entry, and those would be counted as the connections'. */
size_t files_of(pid_t pid)
{
    char path[64];
    struct stat st;
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    return stat(path, &st) == 0 ? (size_t)st.st_size : 0;
}

bool slabs_read(struct slabs *s)
{
    char line[512];
    FILE *f = fopen("/proc/slabinfo", "r");
    s->n = 0;
    while (f && s->n < SLABS_MAX && fgets(line, sizeof line, f)) {
        struct slab *slab = &s->of[s->n];
        if (sscanf(line, "%31s %lf %*f %lf", slab->name, &slab->objects, &slab->size) == 3)
            s->n++;
    }
    if (f)
        fclose(f);
    return s->n > 0;
}

static double objects_of(const struct slabs *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->of[i].name, name) == 0)
            return s->of[i].objects;
    return 0;
}

/* Whoever lists /proc/PID/fd, a monitor for example, makes the kernel keep names and inodes of what
 * is found there: not for the connections' sake. */
static double growth_of(const char *name, const struct slabs *from, const struct slabs *to)
{
    double growth = objects_of(to, name) - objects_of(from, name);
    if (strcmp(name, "dentry") == 0 || strcmp(name, "lsm_inode_cache") == 0)
        growth -= objects_of(to, PROC_INODES) - objects_of(from, PROC_INODES);
    return strcmp(name, PROC_INODES) == 0 ? 0 : growth;
}

double slabs_growth(const struct slabs *from, const struct slabs *to, const struct slabs *grown,
                    double least)
{
    double bytes = 0;
    for (const struct slab *s = grown->of; s < grown->of + grown->n; s++)
        if (growth_of(s->name, from, grown) >= least)
            bytes += growth_of(s->name, from, to) * s->size;
    return bytes;
}
