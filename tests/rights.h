/* tests/rights.h: takes rights away from the calling process, as machines and containers do.  Each
 * ends the process with status 3 when that fails, and none can be undone.  Linux only.
 * SPDX-License-Identifier: MIT */
#ifndef TESTS_RIGHTS_H
#define TESTS_RIGHTS_H

#include <stdint.h>

/* From root to uid and gid 65534; nothing where we are a plain user already. */
void become_plain_user(void);

/* The system call fails with that errno when its argument at `index` is this. */
void forbid_call(long call, unsigned index, uint32_t value, int error);

/* In a user namespace of its own, where sysctl user.NAME is this.  Capabilities there: all. */
void limit_namespaces(const char *name, const char *value);

/* No capability, though the user stays the same. */
void drop_capabilities(void);

/* An empty /dev/net for this process alone, and there a device node, unless minor is negative.
 * Only root can do that. */
void replace_tun(int minor, unsigned mode);

#endif
