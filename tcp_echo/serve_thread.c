/* tcp_echo/serve_thread.c: the server model with a thread for each client: cheaper to make than a
 * process, and nothing protects one client's thread from another's mistake.
 * SPDX-License-Identifier: MIT */
#include "tcp_echo/clock.h"
#include "tcp_echo/serve.h"
#include "tcp_echo/stop.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

struct task {
    int fd;
    const struct service *service;
    const struct server_options *options;
};

static atomic_long threads;

static void *run(void *arg)
{
    struct task task = *(struct task *)arg;
    free(arg);
    serve_one(task.fd, task.service, task.options);
    atomic_fetch_sub(&threads, 1);
    return NULL;
}

/* Returns 0, or the errno. */
static int start_thread(const struct task *task)
{
    pthread_t thread;
    struct task *copy = malloc(sizeof *copy);
    if (!copy)
        return ENOMEM;
    *copy = *task;
    atomic_fetch_add(&threads, 1);
    int error = pthread_create(&thread, NULL, run, copy);
    if (error) {
        atomic_fetch_sub(&threads, 1);
        free(copy);
        return error;
    }
    return pthread_detach(thread); /* nobody waits for it */
}

/* Every thread notices for itself that the process is told to stop. */
static void wait_for_threads(void)
{
    for (int64_t end = clock_ms() + DRAIN_MS; atomic_load(&threads) > 0 && clock_ms() < end;)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* [region: thread] */
int serve_thread(int listener, const struct service *service, const struct server_options *options)
{
    struct task task = {.service = service, .options = options};
    while (!told_to_stop()) {
        bool full = atomic_load(&threads) >= options->max_clients;
        task.fd = next_client(full ? -1 : listener, full ? LOOK_MS : -1);
        if (task.fd < 0)
            continue;
        errno = start_thread(&task);
        if (errno)
            turn_away(task.fd, "thread");
    }
    close(listener);
    wait_for_threads();
    return 0;
}
/* [end] */
