/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction, f32 or f16 (real.cl), OpenCL on a GPU: the including file defines
 * KERNEL as its symbol. Formula: reduce.h; reduce.cl tells how a kind is
 * computed. Needs OpenCL C 1.2. Where SPEC1 is 1 (inner = 1), a group takes
 * `chunk` rows, each with a team of work-items (team.cl) that steps through it;
 * otherwise a work-item has one result, and neighbours read neighbours.
 * Deviation: sums in float in another order.
 */
#include "group.cl"
#include "real.cl"
#include "team.cl"
#include "reduce/reduce.cl"

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global REAL *y, const struct reduce d)
{
    float sum = NEUTRAL;
#if SPEC1 == 1
    __local float part[ITEMS];
    const uint team = ITEMS / d.chunk;
    const uint item = get_local_id(0), first = item % team;
    const uint o = group_number() * d.chunk + item / team;
    const uint n = o < d.outer ? d.n : 0;
    const size_t base = (size_t)min(o, d.outer - 1) * d.n;
    for (uint k = first; k < n; k += team) {
        const float v = LOAD(x + base, k);
        sum = COMBINE(sum, v);
    }
#if SPEC0 == 2
    sum = team_max(part, team, sum);
#else
    sum = team_sum(part, team, sum);
#endif
    if (first == 0 && o < d.outer)
        STORE(y, o, sum * d.scale);
#else
    const uint result = group_number() * ITEMS + get_local_id(0);
    if (result >= d.outer * d.inner)
        return;
    x += (size_t)(result / d.inner) * d.n * d.inner + result % d.inner;
    for (uint k = 0; k < d.n; k++, x += d.inner) {
        const float v = LOAD(x, 0);
        sum = COMBINE(sum, v);
    }
    STORE(y, result, sum * d.scale);
#endif
}
