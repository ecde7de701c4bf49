/* SPDX-License-Identifier: Apache-2.0
 *
 * For Vulkan rows on GPUs that reduce rows: the ITEMS invocations of a group
 * are teams of `team` neighbours, one a row. Partial results are joined in
 * shared memory by halves. All invocations of a group must call, also those
 * without a row.
 */
#define ITEMS 128u

shared float part[ITEMS];

/* The sum of v over the team of this invocation. */
float team_sum(uint team, float v)
{
    const uint item = gl_LocalInvocationID.x, first = item % team;
    barrier();
    part[item] = v;
    for (uint half_team = team / 2u; half_team > 0u; half_team /= 2u) {
        barrier();
        if (first < half_team)
            part[item] += part[item + half_team];
    }
    barrier();
    return part[item - first];
}

float team_max(uint team, float v)
{
    const uint item = gl_LocalInvocationID.x, first = item % team;
    barrier();
    part[item] = v;
    for (uint half_team = team / 2u; half_team > 0u; half_team /= 2u) {
        barrier();
        if (first < half_team)
            part[item] = max(part[item], part[item + half_team]);
    }
    barrier();
    return part[item - first];
}
