/* parse_response_head: status, length and connection.  The task is in parse_response_head.h.
 * SPDX-License-Identifier: MIT */
#include "parse_response_head.h"

#include <limits.h>
#include <string.h>
#include <strings.h>

int parse_response_head(struct response_head *head, const char *buf, size_t n)
{
    (void)head;
    (void)buf;
    (void)n;
    /* TODO: find the empty line; read the status line; read each field. */
    return 0;
}
