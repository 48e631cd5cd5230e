/* tests/fault_scene.c: a server and its neighbourhood.
 * SPDX-License-Identifier: MIT */
#include "fault_scene.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int descriptors_of(const struct server *s)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)s->child.pid);
    DIR *dir = opendir(path);
    int n = 0;
    while (dir && readdir(dir))
        n++;
    if (dir)
        closedir(dir);
    return n;
}

/* How many it has when it has opened and closed all that it wants to. */
static int settled_descriptors_of(const struct server *s)
{
    int n = descriptors_of(s), same = 0;
    for (double until = now() + PATIENCE / 1000; same < 10 && now() < until;) {
        usleep(2000);
        int next = descriptors_of(s);
        same = next == n ? same + 1 : 0;
        n = next;
    }
    return n;
}

struct url scene_url(const struct scene *s, int port)
{
    return exchange_url(s->e, port, s->tls);
}

bool is_tcp(const struct exchange *e)
{
    return strncmp(e->url, "tcp:", 4) == 0;
}

static void take_in_neighbour(struct scene *s)
{
    struct url url = scene_url(s, s->server.port);
    snprintf(url.path, sizeof url.path, "/echo");
    snprintf(url.scheme, sizeof url.scheme, "%s", s->tls ? "wss" : "ws");
    int rc = is_tcp(s->e) ? stream_connect(&s->neighbour.stream, &url, s->tls, PATIENCE)
                          : ws_connect(&s->neighbour, &url, s->tls, PATIENCE);
    assert_int_equal(rc, 0);
    s->has_neighbour = true;
}

void check_neighbour(struct scene *s)
{
    struct ws_message m = {.data = NULL};
    char back[5];
    if (s->has_neighbour && is_tcp(s->e)) {
        assert_int_equal(stream_write_all(&s->neighbour.stream, "hello", 5), 0);
        assert_int_equal(stream_read(&s->neighbour.stream, back, 5), 5);
        assert_memory_equal(back, "hello", 5);
    } else if (s->has_neighbour) {
        assert_int_equal(ws_send(&s->neighbour, WS_TEXT, "hello", 5), 0);
        assert_int_equal(ws_recv(&s->neighbour, &m), 0);
        assert_int_equal(m.len, 5);
        assert_memory_equal(m.data, "hello", 5);
    }
}

void check_next(struct scene *s)
{
    char error[ERROR_MAX];
    struct url url = scene_url(s, s->server.port);
    if (s->e->run(&url, s->tls, PATIENCE, error) != WHOLE)
        fail_msg("%s: the next client: %s", s->e->name, error);
}

void scene_begin(struct scene *s, const struct exchange *e, bool secure, const char *options,
                 bool neighbour)
{
    char why[TLS_WHY_MAX];
    *s = (struct scene){.e = e, .cert = "/tmp/socklab-fault-XXXXXX"};
    int fd = mkstemp(s->cert);
    s->server = serve(e->server, "%s %s%s%s", e->options, options,
                      secure ? " --tls --cert-out " : "", secure ? s->cert : "");
    s->tls = secure ? tls_client(s->cert, false, why) : NULL;
    assert_true(fd >= 0 && !secure == !s->tls);
    close(fd);
    if (neighbour && !(is_tcp(e) && e->pushed)) /* it would hear more than its echo */
        take_in_neighbour(s);
    check_neighbour(s);
    check_next(s); /* after which a TLS session may be resumed */
    s->descriptors = settled_descriptors_of(&s->server);
}

void scene_end(struct scene *s)
{
    double until = now() + PATIENCE / 1000;
    check_neighbour(s);
    while (descriptors_of(&s->server) != s->descriptors && now() < until)
        usleep(1000);
    assert_int_equal(descriptors_of(&s->server), s->descriptors);
    if (s->has_neighbour)
        ws_close(&s->neighbour, WS_NORMAL);
    tls_free(s->tls);
    unlink(s->cert);
    stop(&s->server);
}
