/* tcp_echo/serve_loop.c: the server model that serves everybody at once, in one thread.
 * Compare serve.c, where the second client waits.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/loop.h"
#include "tcp_echo/push.h"
#include "tcp_echo/serve.h"

static void tick(void *push)
{
    push_tick(push);
}

static bool work(void *push)
{
    return push_work(push);
}

/* [region: loop] */
int serve_loop(int listener, const struct service *service, const struct server_options *options)
{
    struct loop *loop = loop_new(options);
    if (!loop)
        return -1;
    struct push *push = push_new();
    loop_worker(loop)->push = push;
    loop_always(loop, work, push);
    if (options->push_every_ms > 0)
        loop_every(loop, options->push_every_ms, tick, push);
    int rc = push ? loop_listen(loop, listener, service) : -1;
    if (rc == 0)
        rc = loop_run(loop);
    loop_free(loop);
    push_free(push);
    return rc;
}
/* [end] */
