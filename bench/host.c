/* bench/host.c: facts that change figures, and the CPUs we may run on.
 * SPDX-License-Identifier: MIT */
#include "bench/host.h"
#include "tcp_echo/program.h"

#include <errno.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>
#ifdef __linux__
#include <sched.h>
#endif
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#ifndef BENCH_BUILD_TYPE
#define BENCH_BUILD_TYPE ""
#endif
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__
#define SANITIZED ", sanitized"
#else
#define SANITIZED ""
#endif

static void first_line(const char *path, char *out, size_t cap)
{
    FILE *f = fopen(path, "r");
    *out = '\0';
    if (!f)
        return;
    if (fgets(out, (int)cap, f))
        out[strcspn(out, "\n")] = '\0';
    fclose(f);
}

/* Finds "key : value" or key="value" in a file of such lines. */
static void value_of(const char *path, const char *key, const char *separators, char *out,
                     size_t cap)
{
    char line[512];
    FILE *f = fopen(path, "r");
    *out = '\0';
    while (f && !*out && fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0 && strchr(separators, line[strlen(key)])) {
            char *value = line + strlen(key);
            value += strspn(value, separators);
            value[strcspn(value, "\"\n")] = '\0';
            snprintf(out, cap, "%s", value);
        }
    if (f)
        fclose(f);
}

void host_describe(struct host *h)
{
    struct utsname name;
    *h = (struct host){.cores = sysconf(_SC_NPROCESSORS_ONLN), .load = -1};
    value_of("/etc/os-release", "PRETTY_NAME", "=\"", h->os, sizeof h->os);
    value_of("/proc/cpuinfo", "model name", "\t :", h->cpu, sizeof h->cpu);
    if (uname(&name) == 0) {
        snprintf(h->kernel, sizeof h->kernel, "%.60s %.60s", name.sysname, name.release);
        snprintf(h->machine, sizeof h->machine, "%.60s", name.machine);
        if (!*h->os)
            snprintf(h->os, sizeof h->os, "%.60s", name.sysname);
    }
    first_line("/proc/sys/net/ipv4/tcp_congestion_control", h->congestion_control,
               sizeof h->congestion_control);
    first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource", h->clocksource,
               sizeof h->clocksource);
    snprintf(h->compiler, sizeof h->compiler, "%s %.120s",
#ifdef __clang__
             "clang",
#else
             "gcc",
#endif
             __VERSION__);
    snprintf(h->build, sizeof h->build, "%s%s", BENCH_BUILD_TYPE, SANITIZED);
    snprintf(h->openssl, sizeof h->openssl, "%s", OpenSSL_version(OPENSSL_VERSION));
    snprintf(h->version, sizeof h->version, "%s", SOCKLAB_VERSION);
    getloadavg(&h->load, 1);
}

static bool own_path(char *path, size_t cap)
{
#ifdef __APPLE__
    uint32_t size = (uint32_t)cap;
    return _NSGetExecutablePath(path, &size) == 0;
#else
    ssize_t n = readlink("/proc/self/exe", path, cap - 1);
    if (n > 0)
        path[n] = '\0';
    return n > 0;
#endif
}

const char *own_directory(void)
{
    static char path[PATH_MAX];
    if (*path)
        return path;
    if (!own_path(path, sizeof path))
        strcpy(path, "./bench");
    char *slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return path;
}

#ifdef __linux__
int pin_to(int cpu)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    return sched_setaffinity(0, sizeof set, &set);
}

/* The highest CPU below limit that we may use, or -1. */
static int cpu_below(int limit)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        return -1;
    for (int cpu = limit - 1; cpu >= 0; cpu--)
        if (CPU_ISSET((size_t)cpu, &set))
            return cpu;
    return -1;
}

int choose_cpus(enum pin pin, int *server, int *client)
{
    *server = *client = -1;
    if (pin == PIN_NONE)
        return 0;
    int last = cpu_below(CPU_SETSIZE); /* CPU 0 gets most interrupts: take the far end */
    int other = pin == PIN_SPLIT ? cpu_below(last) : last;
    if (last < 0 || other < 0)
        return -1;
    *server = last;
    *client = other;
    return 0;
}
#else
int pin_to(int cpu)
{
    (void)cpu;
    errno = ENOSYS;
    return -1;
}

int choose_cpus(enum pin pin, int *server, int *client)
{
    *server = *client = -1;
    return pin == PIN_NONE ? 0 : -1;
}
#endif
