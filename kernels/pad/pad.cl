/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of pad; the includer defines KERNEL. Axes are those of
 * assay_pad_plan (move.h), the last one in units; SPEC1 is enum assay_pad_kind.
 */
#include "move/move.cl"

#define EDGE (SPEC1 == 1)
#define REFLECT (SPEC1 == 2)

struct pad {
    uint n, chunk, value, rank;
    uint size[6], before[6], gap[6], count[6];
};

#define NOWHERE 0xffffffffu

/* The element of an axis that place o takes; `run`: how many places from o on
 * continue so, each an element further, or all with the value. Differences
 * below 0 wrap to large numbers. */
static inline uint source(const struct pad *d, const uint a, const uint o,
                          uint *run)
{
    const uint gap = d->gap[a], last = (d->size[a] - 1) * gap;
    const uint t = o - d->before[a];
    *run = 1;
    if (o < d->before[a]) {
        if (EDGE)
            return 0;
        if (REFLECT)
            return d->before[a] - o;
        *run = d->before[a] - o;
        return NOWHERE;
    }
    if (t > last) {
        if (EDGE)
            return last;
        if (REFLECT)
            return 2 * last - t;
        *run = d->count[a] - o;
        return NOWHERE;
    }
    if (gap == 1) {
        *run = last + 1 - t;
        return t;
    }
    if (t % gap == 0)
        return t / gap;
    *run = gap - t % gap;
    return NOWHERE;
}

__kernel void KERNEL(__global const unit *restrict x, __global unit *restrict y,
                     const struct pad d)
{
    const uint begin = move_begin(d.n, d.chunk);
    const uint end = min(begin + d.chunk, d.n);
    const uint last = d.rank - 1;
    for (uint i = begin; i < end;) {
        const uint o = i % d.count[last];
        uint run, one, rest = i / d.count[last], step = d.size[last];
        uint at = source(&d, last, o, &run);
        bool inside = at != NOWHERE;
        const uint line = d.count[last] - o;
        for (uint a = last; a-- > 0;) {
            const uint s = source(&d, a, rest % d.count[a], &one);
            if (s == NOWHERE) {
                inside = false;
                run = line;
            }
            at += s * step;
            step *= d.size[a];
            rest /= d.count[a];
        }
        const uint n = min(run, end - i);
        if (inside)
            move_run(y + i, x + at, n, 1);
        else
            move_fill(y + i, n, (unit)d.value);
        i += n;
    }
}
