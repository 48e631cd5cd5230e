/* bench/wire/wire_end.c: one end of the wire: a network namespace with a TUN device, made by
 * rtnetlink(7) and sysctl alone.  What can go wrong here depends on the machine, so every step has
 * its name.
 * SPDX-License-Identifier: MIT */
#include "bench/wire/wire_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEVICE "wire"
#define QUEUE 10000 /* packets; the usual 500 overflow silently */
#define PREFIX 30   /* a network of these two addresses */

static int fails(struct trouble *trouble, const char *step)
{
    trouble->step = step;
    trouble->error = errno;
    return -1;
}

static int write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t n = write(fd, text, strlen(text));
    int error = errno;
    close(fd);
    errno = error;
    return n < 0 ? -1 : 0;
}

/* --- rights --- */

/* We stay who we were: files that are made keep their owner. */
static int map_ids(unsigned uid, unsigned gid, struct trouble *trouble)
{
    char map[64];
    snprintf(map, sizeof map, "%u %u 1", uid, uid);
    if (write_file("/proc/self/uid_map", map) < 0)
        return fails(trouble, STEP_UID_MAP);
    if (write_file("/proc/self/setgroups", "deny") < 0) /* or the next one is refused */
        return fails(trouble, "write /proc/self/setgroups");
    snprintf(map, sizeof map, "%u %u 1", gid, gid);
    if (write_file("/proc/self/gid_map", map) < 0)
        return fails(trouble, "write /proc/self/gid_map");
    return 0;
}

/* Root of a user namespace may do there what root may do here. */
static int become_root_of_our_own(int *user, struct trouble *trouble)
{
    unsigned uid = geteuid(), gid = getegid();
    if (unshare(CLONE_NEWUSER) < 0)
        return fails(trouble, STEP_USER);
    if (map_ids(uid, gid, trouble) < 0)
        return -1;
    *user = open("/proc/thread-self/ns/user", O_RDONLY | O_CLOEXEC);
    return *user < 0 ? fails(trouble, "open /proc/thread-self/ns/user") : 0;
}

/* Moves to a network namespace of its own, and before that, when it may not and *user is -1, to a
 * user namespace where it may. */
static int new_network(int *user, struct trouble *trouble)
{
    if (unshare(CLONE_NEWNET) == 0)
        return 0;
    if (errno != EPERM || *user >= 0)
        return fails(trouble, STEP_NET);
    if (become_root_of_our_own(user, trouble) < 0)
        return -1;
    return unshare(CLONE_NEWNET) < 0 ? fails(trouble, STEP_NET) : 0;
}

/* --- rtnetlink --- */

struct request {
    struct nlmsghdr head;
    union {
        struct ifinfomsg link;
        struct ifaddrmsg address;
    } u;
    char attributes[64];
};

static void add(struct request *r, unsigned short type, const void *data, size_t n)
{
    struct rtattr *a = (struct rtattr *)(void *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));
    a->rta_type = type;
    a->rta_len = (unsigned short)RTA_LENGTH(n);
    memcpy(RTA_DATA(a), data, n);
    r->head.nlmsg_len = NLMSG_ALIGN(r->head.nlmsg_len) + (uint32_t)RTA_ALIGN(a->rta_len);
}

/* Returns 0, or -1 with errno. */
static int ask(int rtnetlink, struct request *r)
{
    struct {
        struct nlmsghdr head;
        struct nlmsgerr error;
        char rest[512];
    } answer;
    r->head.nlmsg_flags |= NLM_F_REQUEST | NLM_F_ACK;
    if (send(rtnetlink, r, r->head.nlmsg_len, 0) < 0 ||
        recv(rtnetlink, &answer, sizeof answer, 0) < (ssize_t)NLMSG_LENGTH(sizeof answer.error))
        return -1;
    errno = -answer.error.error;
    return errno ? -1 : 0;
}

static int bring_up(int rtnetlink, int index)
{
    struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.u.link),
                                 .nlmsg_type = RTM_NEWLINK},
                        .u.link = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP}};
    return ask(rtnetlink, &r);
}

static int set_sizes(int rtnetlink, int index)
{
    struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.u.link),
                                 .nlmsg_type = RTM_NEWLINK},
                        .u.link = {.ifi_index = index}};
    uint32_t mtu = WIRE_MTU, queue = QUEUE;
    add(&r, IFLA_MTU, &mtu, sizeof mtu);
    add(&r, IFLA_TXQLEN, &queue, sizeof queue);
    return ask(rtnetlink, &r);
}

static int set_address(int rtnetlink, int index, enum wire_end end)
{
    struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.u.address),
                                 .nlmsg_type = RTM_NEWADDR,
                                 .nlmsg_flags = NLM_F_CREATE | NLM_F_EXCL},
                        .u.address = {.ifa_family = AF_INET, .ifa_prefixlen = PREFIX,
                                      .ifa_index = (unsigned)index}};
    struct in_addr address;
    inet_pton(AF_INET, wire_address[end], &address);
    add(&r, IFA_LOCAL, &address, sizeof address);
    return ask(rtnetlink, &r);
}

double wire_tx_dropped(int rtnetlink)
{
    struct request r = {.head = {.nlmsg_len = NLMSG_LENGTH(sizeof r.u.link),
                                 .nlmsg_type = RTM_GETLINK, .nlmsg_flags = NLM_F_REQUEST}};
    union {
        struct nlmsghdr head;
        char bytes[8192];
    } answer;
    struct rtnl_link_stats64 stats;
    double dropped = NAN;
    add(&r, IFLA_IFNAME, DEVICE, sizeof DEVICE);
    if (send(rtnetlink, &r, r.head.nlmsg_len, 0) < 0)
        return NAN;
    ssize_t n = recv(rtnetlink, &answer, sizeof answer, 0);
    if (n < (ssize_t)NLMSG_LENGTH(sizeof r.u.link) || answer.head.nlmsg_type != RTM_NEWLINK)
        return NAN;
    int left = (int)((size_t)n - NLMSG_LENGTH(sizeof r.u.link));
    struct rtattr *a = IFLA_RTA(NLMSG_DATA(&answer.head));
    while (RTA_OK(a, left)) {
        int size = (int)RTA_ALIGN(a->rta_len);
        if (a->rta_type == IFLA_STATS64 && RTA_PAYLOAD(a) >= sizeof stats) {
            memcpy(&stats, RTA_DATA(a), sizeof stats);
            dropped = (double)stats.tx_dropped;
        }
        left -= size;
        a = (struct rtattr *)(void *)((char *)a + size);
    }
    return dropped;
}

/* --- the end --- */

/* Where /proc/sys is read-only, as in many containers, these stay as they are: the packets are the
 * same but for what an earlier connection learnt, and that is told. */
static void set_rules(enum wire_end end, struct wire_shared *shared)
{
    static const char cc[] = "/proc/sys/net/ipv4/tcp_congestion_control";
    char *name = shared->congestion_control[end];
    /* Before a device comes up, or it would send router solicitations. */
    write_file("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
    write_file("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
    shared->metrics_forgotten[end] =
        write_file("/proc/sys/net/ipv4/tcp_no_metrics_save", "1") == 0;
    if (write_file(cc, "cubic") < 0) /* a new namespace has the machine's, bbr for instance */
        write_file(cc, "reno");
    FILE *f = fopen(cc, "r");
    if (f && fgets(name, sizeof shared->congestion_control[0], f))
        name[strcspn(name, "\n")] = '\0';
    if (f)
        fclose(f);
}

static int make_device(struct wire_here *here, struct trouble *trouble)
{
    struct ifreq ifr = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    memcpy(ifr.ifr_name, DEVICE, sizeof DEVICE);
    here->tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (here->tun < 0)
        return fails(trouble, STEP_OPEN);
    if (ioctl(here->tun, TUNSETIFF, &ifr) < 0)
        return fails(trouble, STEP_DEVICE);
    return 0;
}

static int set_up(int rtnetlink, enum wire_end end, struct trouble *trouble)
{
    int index = (int)if_nametoindex(DEVICE), lo = (int)if_nametoindex("lo");
    if (bring_up(rtnetlink, lo) < 0)
        return fails(trouble, "bring up lo");
    if (set_sizes(rtnetlink, index) < 0)
        return fails(trouble, "set the device's MTU and queue");
    if (set_address(rtnetlink, index, end) < 0)
        return fails(trouble, "set the device's address");
    if (bring_up(rtnetlink, index) < 0)
        return fails(trouble, "bring up the device");
    return 0;
}

int wire_make_end(struct wire_here *here, enum wire_end end, int *user, struct wire_shared *shared,
                  struct trouble *trouble)
{
    if (new_network(user, trouble) < 0)
        return -1;
    here->net = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (here->net < 0)
        return fails(trouble, "open /proc/thread-self/ns/net");
    here->rtnetlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (here->rtnetlink < 0)
        return fails(trouble, "open an rtnetlink socket");
    set_rules(end, shared);
    if (make_device(here, trouble) < 0)
        return -1;
    return set_up(here->rtnetlink, end, trouble);
}
