/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/launch.h"

enum assay_status assay_add_launch(const struct assay_row *row,
                                   const struct assay_problem *problem,
                                   struct assay_launch *launch)
{
    const struct assay_add *d = &problem->as.add;
    return assay_launch_elements(row, d->n, d->act, launch);
}
