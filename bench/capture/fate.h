/* bench/capture/fate.h: what a conversation's packets tell of one another: conversation.h says by
 * which rules.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_FATE_H
#define BENCH_FATE_H

#include "bench/capture/conversation.h"

/* Fills in number, again, what can be known of fate, and the conversation's answer_ns; the rest is
 * there. */
void follow_packets(struct conversation *);

#endif
