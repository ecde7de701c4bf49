/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

enum assay_status assay_softmax_launch(const struct assay_row *row,
                                       const struct assay_problem *problem,
                                       struct assay_launch *launch)
{
    const struct assay_softmax *d = &problem->as.softmax;
    return assay_launch_rows(row, d->rows, d->cols, 3, launch);
}
