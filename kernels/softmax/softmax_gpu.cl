/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32 or f16 (real.cl), OpenCL on a GPU: the including file defines
 * KERNEL as its symbol. Formula: softmax.h. Needs OpenCL C 1.2. A group takes
 * `chunk` rows, each with a team of work-items (team.cl): long rows have a whole
 * group, short ones 8 or 32 work-items. A team steps side by side through its
 * row, once for the maximum, once for the exponentials and their sum, once to
 * scale; f32 keeps the exponentials in y, f16 computes them again. y may be x:
 * each element is the business of one work-item. Deviation: the driver's exp,
 * the order of the sum.
 */
#include "group.cl"
#include "real.cl"
#include "team.cl"

struct softmax {
    uint rows, cols, chunk;
};

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global REAL *y, const struct softmax d)
{
    __local float part[ITEMS];
    const uint team = ITEMS / d.chunk;
    const uint item = get_local_id(0), first = item % team;
    const uint row = group_number() * d.chunk + item / team;
    const uint cols = row < d.rows ? d.cols : 0;
    const size_t base = (size_t)min(row, d.rows - 1) * d.cols;
    float most = -INFINITY, sum = 0;
    x += base;
    y += base;
    for (uint j = first; j < cols; j += team)
        most = fmax(most, LOAD(x, j));
    most = team_max(part, team, most);
    for (uint j = first; j < cols; j += team) {
        const float e = exp(LOAD(x, j) - most);
#ifndef HALF
        STORE(y, j, e);
#endif
        sum += e;
    }
    const float scale = 1.0f / team_sum(part, team, sum);
    for (uint j = first; j < cols; j += team)
#ifdef HALF
        STORE(y, j, exp(LOAD(x, j) - most) * scale);
#else
        STORE(y, j, LOAD(y, j) * scale);
#endif
}
