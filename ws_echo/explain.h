/* ws_echo/explain.h: a WebSocket told step by step, for --explain (tcp_echo/describe.h).
 * SPDX-License-Identifier: MIT */
#ifndef WS_ECHO_EXPLAIN_H
#define WS_ECHO_EXPLAIN_H

#include "tcp_echo/describe.h"

/* HTTP until the 101, then frames: the head's bytes one by one, and the payload unmasked. */
describe_fn ws_describe;

#endif
