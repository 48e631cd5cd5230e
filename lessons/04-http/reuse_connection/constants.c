/* caught by returns_the_body: knows what the example's body is. */
#include "reuse_connection.h"

ssize_t get(struct session *s, const char *path, char *body, size_t cap)
{
    (void)s;
    (void)path;
    (void)cap;
    memcpy(body, "hello", 5);
    return 5;
}
