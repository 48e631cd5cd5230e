/* http_poll/explain.h: HTTP told step by step, for --explain (tcp_echo/explain.h).
 * SPDX-License-Identifier: MIT */
#ifndef HTTP_POLL_EXPLAIN_H
#define HTTP_POLL_EXPLAIN_H

#include "tcp_echo/explain.h"

/* A head is one step, its lines the parts; then each piece of the body. */
describe_fn http_describe;
struct tap *http_explain(unsigned id);

#endif
