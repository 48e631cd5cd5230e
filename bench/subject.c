/* bench/subject.c: from the plan to the list of what is measured.
 * SPDX-License-Identifier: MIT */
#include "bench/subject.h"

#include <stdio.h>

const char *const model_names[MODEL_NAMES] = {
    [MODEL_ITERATIVE] = "iterative", [MODEL_FORK] = "fork", [MODEL_THREAD] = "thread",
    [MODEL_POOL] = "pool", [MODEL_LOOP] = "loop"};

char *subject_name(char out[SUBJECT_NAME_MAX], const struct subject *s)
{
    snprintf(out, SUBJECT_NAME_MAX, "%s%s", transports[s->transport].name,
             s->resumed ? " resumed" : "");
    return out;
}

long subject_count(const struct plan *plan, const struct subject *s)
{
    const struct transport *t = &transports[s->transport];
    long n = measure_count(plan, &measures[s->measure]);
    if (plan->count || plan_is_far(plan)) /* there all take their round trips */
        return n;
    if (s->measure == HANDSHAKE && t->secure)
        return n / 4;
    if (s->measure == MESSAGE && t->closes)
        return n / 9;
    return s->transport == POLL ? n + n / 4 : n; /* its delays are spread over its interval */
}

size_t stays_of(const struct plan *plan, size_t list[STAYS_MAX])
{
    size_t workers = (size_t)plan->workers, n = 0;
    const size_t wanted[] = {1, workers, workers + 1, 10 * workers};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (wanted[i] < plan->connections && (n == 0 || wanted[i] > list[n - 1]))
            list[n++] = wanted[i];
    list[n++] = plan->connections;
    return n;
}

size_t crowd_of(const struct plan *plan)
{
    size_t most = 0;
    if (plan->measures >> PUSH & 1 && plan->subscribers > 1)
        most = plan->subscribers;
    if (plan->measures >> MODELS & 1 && plan->connections > most)
        most = plan->connections;
    if (plan->measures >> IDLING & 1 && plan->connections + IDLE_FIRST > most)
        most = plan->connections + IDLE_FIRST;
    return most;
}

static size_t with_models(const struct plan *plan, size_t transport, struct subject *list)
{
    size_t stays[STAYS_MAX], n = 0, count = stays_of(plan, stays);
    for (size_t m = 0; m < MODEL_NAMES; m++)
        for (size_t i = 0; i < count; i++)
            list[n++] = (struct subject){MODELS, transport, model_names[m], stays[i], false};
    return n;
}

size_t subjects_of(const struct plan *plan, size_t measure, struct subject list[SUBJECTS_MAX])
{
    size_t connections = measure == PUSH ? plan->subscribers
                         : measure == IDLING ? plan->connections
                                           : 1;
    size_t n = 0;
    for (size_t t = 0; t < TRANSPORTS; t++) {
        if (!(plan->transports >> t & 1 && transports[t].measures >> measure & 1))
            continue;
        if (measure == MODELS)
            n += with_models(plan, t, list + n);
        else
            list[n++] = (struct subject){measure, t, NULL, connections, false};
        if (measure == HANDSHAKE && transports[t].secure)
            list[n++] = (struct subject){measure, t, NULL, connections, true};
    }
    return n;
}
