/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/move/launch.h"

enum assay_status assay_slice_launch(const struct assay_row *row,
                                     const struct assay_problem *problem,
                                     struct assay_launch *launch)
{
    struct assay_move move;
    assay_slice_move(&problem->as.slice, &move);
    assay_move_launch_strided(row, problem->dtype, &move, launch);
    return ASSAY_OK;
}
