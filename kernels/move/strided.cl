/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of slice, and of transpose where the last axis stays the
 * last: a move (move.h), of units. The includer defines KERNEL.
 */
#include "move/move.cl"

struct strided {
    uint n, chunk, base, rank;
    uint count[6], step[6];
};

static inline void move_strided(__global const unit *restrict x,
                                __global unit *restrict y,
                                const struct strided *d)
{
    const uint begin = move_begin(d->n, d->chunk);
    const uint end = min(begin + d->chunk, d->n);
    const uint last = d->rank - 1;
    for (uint i = begin; i < end;) {
        const uint j = i % d->count[last];
        uint rest = i / d->count[last], at = d->base + j * d->step[last];
        for (uint a = last; a-- > 0;) {
            at += rest % d->count[a] * d->step[a];
            rest /= d->count[a];
        }
        const uint n = min(d->count[last] - j, end - i);
        move_run(y + i, x + at, n, d->step[last]);
        i += n;
    }
}
