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

int serve_loop(int listener, const struct service *service, const struct server_options *options)
{
    struct loop *loop = loop_new(options);
    if (!loop)
        return -1;
    int rc = loop_listen(loop, listener, service);
    struct push *push = options->push_every_ms > 0 ? push_new() : NULL;
    loop_worker(loop)->push = push;
    if (push)
        loop_every(loop, options->push_every_ms, tick, push);
    if (rc == 0)
        rc = loop_run(loop);
    loop_free(loop);
    push_free(push);
    return rc;
}
