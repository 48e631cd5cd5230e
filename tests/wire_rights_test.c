/* tests/wire_rights_test.c: machines that allow no wire: each says so in one clear line, and leaves
 * nothing behind.  Rights are taken away for real, in children.
 * SPDX-License-Identifier: MIT */
#include "bench/children.h"
#include "bench/wire/wire.h"
#include "bench/wire/wire_parts.h"
#include "tests/rights.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TUN_MINOR 200
#define NO_MINOR 254 /* that nobody has: misc devices' own numbers end below */

static size_t open_descriptors(void)
{
    size_t n = 0;
    DIR *dir = opendir("/proc/self/fd");
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

/* Tells why there is no wire, "" = there is one; or that something was left behind. */
static _Noreturn void try_to_open(void (*restricts)(void), int out)
{
    struct wire_spec spec = {.rtt_ns = 1000};
    char why[WIRE_WHY_MAX] = "";
    restricts();
    size_t before = open_descriptors();
    struct wire *wire = wire_open(&spec, -1, why);
    if (wire)
        wire_close(wire);
    if (waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD)
        strcpy(why, "a process is left");
    if (open_descriptors() != before)
        strcpy(why, "a descriptor is left");
    _exit(write(out, why, sizeof why) != sizeof why);
}

/* expected: NULL = there is a wire. */
static void check(void (*restricts)(void), const char *expected)
{
    char why[WIRE_WHY_MAX] = "no answer";
    int fd[2], status;
    assert_int_equal(pipe(fd), 0);
    pid_t pid = fork();
    if (pid == 0)
        try_to_open(restricts, fd[1]);
    close(fd[1]);
    assert_int_equal(read(fd[0], why, sizeof why), sizeof why);
    close(fd[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_string_equal(why, expected ? expected : "");
}

static void skip_unless_root(void)
{
    if (geteuid() != 0)
        skip();
}

static void hide_tun_from_users(void)
{
    replace_tun(TUN_MINOR, 0600);
    become_plain_user();
}

static void a_device_for_root_only(void **state)
{
    (void)state;
    skip_unless_root();
    check(hide_tun_from_users,
          "open /dev/net/tun: Permission denied (run as root, or let this user open it: chmod 666 "
          "/dev/net/tun)");
}

static void take_tun_away(void)
{
    replace_tun(-1, 0);
}

static void no_device(void **state)
{
    (void)state;
    skip_unless_root();
    check(take_tun_away, "open /dev/net/tun: No such file or directory (modprobe tun; in a "
                         "container, start it with --device /dev/net/tun)");
}

static void take_the_driver_away(void)
{
    replace_tun(NO_MINOR, 0666);
}

static void no_driver(void **state)
{
    (void)state;
    skip_unless_root();
    check(take_the_driver_away,
          "open /dev/net/tun: No such device (the kernel has no TUN driver loaded: modprobe tun)");
}

static void allow_no_user_namespace(void)
{
    limit_namespaces("max_user_namespaces", "0");
    drop_capabilities();
}

static void no_user_namespace_is_left(void **state)
{
    (void)state;
    check(allow_no_user_namespace,
          "make a user namespace: No space left on device (run as root, or raise sysctl "
          "user.max_user_namespaces)");
}

static void allow_no_network(void)
{
    limit_namespaces("max_net_namespaces", "0");
}

static void allow_one_network(void)
{
    limit_namespaces("max_net_namespaces", "1");
}

static void no_network_namespace_is_left(void **state)
{
    static const char why[] = "make a network namespace: No space left on device (no network "
                              "namespace is left: raise sysctl user.max_net_namespaces)";
    (void)state;
    check(allow_no_network, why);
    check(allow_one_network, why);
}

static void forbid_namespaces(void)
{
    become_plain_user();
    forbid_call(SYS_unshare, 0, CLONE_NEWUSER, EPERM);
}

static void seccomp_forbids(void **state)
{
    (void)state;
    check(forbid_namespaces,
          "make a user namespace: Operation not permitted (run as root, or outside of the "
          "container (seccomp) or chroot that forbids it; Debian: sysctl "
          "kernel.unprivileged_userns_clone=1)");
}

/* Where user namespaces have to be entered, that comes first. */
static void forbid_entering(void)
{
    forbid_call(SYS_setns, 1, CLONE_NEWNET, EPERM);
}

static void who_may_not_enter_has_no_wire(void **state)
{
    (void)state;
    skip_unless_root();
    check(forbid_entering,
          "enter a network namespace: Operation not permitted (seccomp or the container forbids "
          "setns(): run it outside)");
}

static void be_elsewhere(void)
{
    if (chroot("/proc/sys") < 0)
        _exit(3);
    become_plain_user();
}

static void a_chroot_forbids(void **state)
{
    (void)state;
    skip_unless_root();
    check(be_elsewhere,
          "make a user namespace: Operation not permitted (run as root, or outside of the "
          "container (seccomp) or chroot that forbids it; Debian: sysctl "
          "kernel.unprivileged_userns_clone=1)");
}

/* AppArmor's refusal, as Ubuntu has it: the namespace is made, but the write that gives it a user
 * fails.  seccomp knows only sizes: no other write before is as long. */
static void forbid_the_map(void)
{
    char map[64];
    become_plain_user();
    forbid_call(SYS_write, 2, (uint32_t)snprintf(map, sizeof map, "%u %u 1", geteuid(), geteuid()),
                EPERM);
}

static void apparmor_forbids(void **state)
{
    (void)state;
    check(forbid_the_map,
          "write /proc/self/uid_map: Operation not permitted (AppArmor restricts user namespaces: "
          "run as root, or sysctl kernel.apparmor_restrict_unprivileged_userns=0)");
}

static void an_unknown_reason_stands_without_advice(void **state)
{
    char why[WIRE_WHY_MAX];
    (void)state;
    wire_why(why, &(struct trouble){STEP_OPEN, EMFILE, false});
    assert_string_equal(why, "open /dev/net/tun: Too many open files");
}

static void *wait_forever(void *arg)
{
    pause();
    return arg;
}

static void begin_a_thread(void)
{
    pthread_t thread;
    become_plain_user();
    if (pthread_create(&thread, NULL, wait_forever, NULL) != 0)
        _exit(3);
}

static void a_plain_user_with_threads_gets_a_wire(void **state)
{
    (void)state;
    check(begin_a_thread, NULL);
}

/* Where not even an untouched machine allows a plain user a wire, there is nothing to take away. */
static bool has_user_namespaces(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        become_plain_user();
        _exit(unshare(CLONE_NEWUSER) < 0);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_device_for_root_only),
        cmocka_unit_test(no_device),
        cmocka_unit_test(no_driver),
        cmocka_unit_test(no_user_namespace_is_left),
        cmocka_unit_test(no_network_namespace_is_left),
        cmocka_unit_test(seccomp_forbids),
        cmocka_unit_test(who_may_not_enter_has_no_wire),
        cmocka_unit_test(a_chroot_forbids),
        cmocka_unit_test(apparmor_forbids),
        cmocka_unit_test(an_unknown_reason_stands_without_advice),
        cmocka_unit_test(a_plain_user_with_threads_gets_a_wire),
    };
    if (!has_user_namespaces()) {
        fprintf(stderr, "skipped: no user namespaces here\n");
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
