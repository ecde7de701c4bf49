/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax, f32, OpenCL on a GPU. Formula: softmax.h. Needs OpenCL C 1.2. The
 * 128 work-items of a group are SPEC0 teams, one a row: long rows have a whole
 * group, short ones 8 or 32 work-items. A team steps side by side through its
 * row, once for the maximum, once for the exponentials and their sum, once to
 * scale; partial results are joined in local memory by halves. All work-items
 * meet at every barrier, also those without a row. y may be x: each element is
 * the business of one work-item. Deviation: the driver's exp, the order of the
 * sum. Row: softmax.def; test: test_kernels.c.
 */
#include "group.cl"

#define ITEMS 128
#define TEAM (ITEMS / SPEC0)

struct softmax {
    uint rows, cols;
};

__attribute__((reqd_work_group_size(ITEMS, 1, 1))) __kernel void
assay_softmax_f32_opencl_gpu(__global const float *x, __global float *y,
                             const struct softmax d)
{
    __local float part[ITEMS];
    const uint item = get_local_id(0), first = item % TEAM;
    const uint row = group_number() * SPEC0 + item / TEAM;
    const uint cols = row < d.rows ? d.cols : 0;
    const size_t base = (size_t)min(row, d.rows - 1) * d.cols;
    float most = -INFINITY, sum = 0;
    x += base;
    y += base;
    for (uint j = first; j < cols; j += TEAM)
        most = fmax(most, x[j]);
    part[item] = most;
    for (uint half_team = TEAM / 2; half_team > 0; half_team /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (first < half_team)
            part[item] = fmax(part[item], part[item + half_team]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    most = part[item - first];
    for (uint j = first; j < cols; j += TEAM) {
        const float e = exp(x[j] - most);
        y[j] = e;
        sum += e;
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    part[item] = sum;
    for (uint half_team = TEAM / 2; half_team > 0; half_team /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (first < half_team)
            part[item] += part[item + half_team];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    const float scale = 1.0f / part[item - first];
    for (uint j = first; j < cols; j += TEAM)
        y[j] *= scale;
}
