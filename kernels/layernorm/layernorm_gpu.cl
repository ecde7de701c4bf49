/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization, f32 or f16 (real.cl), OpenCL on a GPU: the including
 * file defines KERNEL as its symbol, and NORM_RMS for rmsnorm, which has no
 * mean and no beta. Formulas: layernorm.h, rmsnorm.h. Needs OpenCL C 1.2. A
 * group takes `chunk` rows, each with a team of work-items (team.cl) that steps
 * side by side through its row: for the mean, for the squares of the
 * differences, and to scale. The packed constants are gamma, then beta `stride`
 * behind it. y may be x: each element is the business of one work-item.
 * Deviation: sums in float in another order, one rounding of 1/deviation.
 */
#include "group.cl"
#include "real.cl"
#include "team.cl"

struct layernorm {
    uint rows, cols, chunk, stride;
    float eps;
};

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
KERNEL(__global const REAL *x, __global const float *gamma, __global REAL *y,
       const struct layernorm d)
{
    __local float part[ITEMS];
    const uint team = ITEMS / d.chunk;
    const uint item = get_local_id(0), first = item % team;
    const uint row = group_number() * d.chunk + item / team;
    const uint cols = row < d.rows ? d.cols : 0;
    const size_t base = (size_t)min(row, d.rows - 1) * d.cols;
    const float n = (float)d.cols;
    float mean = 0, sum = 0;
    x += base;
    y += base;
#ifndef NORM_RMS
    for (uint j = first; j < cols; j += team)
        mean += LOAD(x, j);
    mean = team_sum(part, team, mean) / n;
#endif
    for (uint j = first; j < cols; j += team) {
        const float v = LOAD(x, j) - mean;
        sum = mad(v, v, sum);
    }
    const float scale = 1.0f / sqrt(team_sum(part, team, sum) / n + d.eps);
    for (uint j = first; j < cols; j += team) {
        const float v = (LOAD(x, j) - mean) * (gamma[j] * scale);
#ifdef NORM_RMS
        STORE(y, j, v);
#else
        STORE(y, j, v + gamma[j + d.stride]);
#endif
    }
}
