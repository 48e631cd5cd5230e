/* bench/wire/wire_why.c: why there is no wire, in one line that ends with what helps.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define AS_ROOT "run as root"

static const struct {
    const char *step;
    int error;
    const char *advice;
} known[] = {
    {STEP_OPEN, EACCES, AS_ROOT ", or let this user open it: chmod 666 /dev/net/tun"},
    {STEP_OPEN, EPERM, "the container forbids the device: start it with --device /dev/net/tun"},
    {STEP_OPEN, ENOENT, "modprobe tun; in a container, start it with --device /dev/net/tun"},
    {STEP_OPEN, ENODEV, "the kernel has no TUN driver loaded: modprobe tun"},
    {STEP_OPEN, ENXIO, "the kernel has no TUN driver loaded: modprobe tun"},
    {STEP_DEVICE, EPERM, AS_ROOT ", or with the capability CAP_NET_ADMIN"},
    {STEP_NET, ENOSPC, "no network namespace is left: raise sysctl user.max_net_namespaces"},
    {STEP_NET, EPERM, "seccomp or the container forbids it: " AS_ROOT " outside of it"},
    {STEP_NET, EINVAL, "the kernel has no network namespaces (CONFIG_NET_NS)"},
    {STEP_USER, ENOSPC, AS_ROOT ", or raise sysctl user.max_user_namespaces"},
    {STEP_USER, EPERM, AS_ROOT ", or outside of the container (seccomp) or chroot that forbids it; "
                       "Debian: sysctl kernel.unprivileged_userns_clone=1"},
    {STEP_USER, EINVAL, AS_ROOT ": the kernel has no user namespaces (CONFIG_USER_NS)"},
    {STEP_UID_MAP, EPERM, "AppArmor restricts user namespaces: " AS_ROOT ", or sysctl "
                          "kernel.apparmor_restrict_unprivileged_userns=0"},
    {STEP_ENTER, EPERM, "seccomp or the container forbids setns(): run it outside"},
    {STEP_UID_MAP, EACCES, "AppArmor restricts user namespaces: " AS_ROOT ", or sysctl "
                           "kernel.apparmor_restrict_unprivileged_userns=0"},
};

void wire_why(char why[WIRE_WHY_MAX], const struct trouble *trouble)
{
    const char *advice = "";
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].error == trouble->error && strcmp(known[i].step, trouble->step) == 0)
            advice = known[i].advice;
    if (trouble->root && strcmp(trouble->step, STEP_UID_MAP) == 0)
        advice = "the container keeps capabilities back: give it CAP_SYS_ADMIN";
    snprintf(why, WIRE_WHY_MAX, "%s: %s%s%s%s", trouble->step, strerror(trouble->error),
             *advice ? " (" : "", advice, *advice ? ")" : "");
}
