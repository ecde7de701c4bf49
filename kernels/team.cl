/* SPDX-License-Identifier: Apache-2.0
 *
 * For OpenCL rows on GPUs that reduce rows: the ITEMS work-items of a group are
 * `teams` teams of neighbours, one a row. Partial results are joined in local
 * memory by halves. All work-items of a group must call, also those without a
 * row; `part` has ITEMS elements.
 */
#define ITEMS 128

/* The sum of v over the team of this work-item. */
static inline float team_sum(__local float *part, const uint team,
                             const float v)
{
    const uint item = get_local_id(0), first = item % team;
    barrier(CLK_LOCAL_MEM_FENCE);
    part[item] = v;
    for (uint half_team = team / 2; half_team > 0; half_team /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (first < half_team)
            part[item] += part[item + half_team];
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    return part[item - first];
}

static inline float team_max(__local float *part, const uint team,
                             const float v)
{
    const uint item = get_local_id(0), first = item % team;
    barrier(CLK_LOCAL_MEM_FENCE);
    part[item] = v;
    for (uint half_team = team / 2; half_team > 0; half_team /= 2) {
        barrier(CLK_LOCAL_MEM_FENCE);
        if (first < half_team)
            part[item] = fmax(part[item], part[item + half_team]);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    return part[item - first];
}
