/* http_poll/explain.h: HTTP told step by step, for --explain (tcp_echo/describe.h).
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_EXPLAIN_H
#define HTTP_POLL_EXPLAIN_H

#include "tcp_echo/describe.h"

/* A head is one step, its lines the parts; then each piece of the body. */
describe_fn http_describe;

#endif
