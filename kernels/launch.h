/* SPDX-License-Identifier: Apache-2.0
 *
 * How a device row's launch is laid out where the number of work-groups may
 * exceed what one dimension holds.
 */
#ifndef ASSAY_KERNELS_LAUNCH_H
#define ASSAY_KERNELS_LAUNCH_H

#include "kernels/kernel.h"

/* What every Vulkan device allows in one dimension. */
#define ASSAY_MAX_GROUPS 65535u

/* `count` ≥ 1 groups of local_x × 1 × 1 work-items, as a row or, where that is
 * too long, as a rectangle that holds at least `count`: group_number() of
 * comp.glsl numbers them, and those past the last have nothing to do. */
static inline void assay_launch_groups(struct assay_launch *launch,
                                       uint64_t count, uint32_t local_x)
{
    const uint64_t rows = (count + ASSAY_MAX_GROUPS - 1) / ASSAY_MAX_GROUPS;
    launch->groups[0] = (uint32_t)((count + rows - 1) / rows);
    launch->groups[1] = (uint32_t)rows;
    launch->groups[2] = 1;
    launch->local[0] = local_x;
    launch->local[1] = launch->local[2] = 1;
}

#endif
