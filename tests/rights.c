/* tests/rights.c: rights taken away, for real.
 * SPDX-License-Identifier: MIT */
#include "tests/rights.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define NOBODY 65534

static void need(bool ok, const char *what)
{
    if (ok)
        return;
    perror(what);
    _exit(3);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
    close(fd);
}

void become_plain_user(void)
{
    if (geteuid() != 0)
        return;
    need(setgroups(0, NULL) == 0, "setgroups");
    need(setresgid(NOBODY, NOBODY, NOBODY) == 0, "setresgid");
    need(setresuid(NOBODY, NOBODY, NOBODY) == 0, "setresuid");
    /* As after exec: or /proc/self would be root's. */
    need(prctl(PR_SET_DUMPABLE, 1ul) == 0, "prctl");
}

void forbid_call(long call, unsigned index, uint32_t value, int error)
{
    uint32_t arg = (uint32_t)(offsetof(struct seccomp_data, args) + 8 * index);
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, arg), /* the lower half: little-endian machines only */
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    need(prctl(PR_SET_NO_NEW_PRIVS, 1ul, 0ul, 0ul, 0ul) == 0, "no new privileges");
    need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "seccomp");
}

void limit_namespaces(const char *name, const char *value)
{
    char map[64], path[64];
    snprintf(map, sizeof map, "%u %u 1", geteuid(), geteuid());
    snprintf(path, sizeof path, "/proc/sys/user/%s", name);
    need(unshare(CLONE_NEWUSER) == 0, "unshare");
    write_file("/proc/self/uid_map", map);
    write_file(path, value);
}

void drop_capabilities(void)
{
    struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    need(syscall(SYS_capset, &head, none) == 0, "capset");
    need(prctl(PR_SET_DUMPABLE, 1ul) == 0, "prctl");
}

void replace_tun(int minor_number, unsigned mode)
{
    need(unshare(CLONE_NEWNS) == 0, "unshare");
    need(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "mount /");
    need(mount("none", "/dev/net", "tmpfs", 0, NULL) == 0, "mount /dev/net");
    if (minor_number < 0)
        return;
    dev_t device = makedev(10, (unsigned)minor_number);
    need(mknod("/dev/net/tun", S_IFCHR | mode, device) == 0, "mknod");
    need(chmod("/dev/net/tun", mode) == 0, "chmod");
}
