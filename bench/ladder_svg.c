#include "bench/ladder.h"
int ladder_svg(FILE *f, const struct ladder *l, size_t n)
{
    (void)f, (void)l, (void)n;
    return 0;
}
