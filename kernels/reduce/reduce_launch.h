/* SPDX-License-Identifier: Apache-2.0
 *
 * How a device row of reduce is started. Words: outer, n, the units of a group,
 * inner, and as floats scale and sign; spec: OpenCL form and, on a GPU, whether
 * inner is 1; Vulkan whether inner is 1 (GPU) or vectors fit, and form.
 */
#ifndef ASSAY_KERNELS_REDUCE_LAUNCH_H
#define ASSAY_KERNELS_REDUCE_LAUNCH_H

#include "kernels/kernel.h"

enum assay_status assay_reduce_launch(const struct assay_row *row,
                                      const struct assay_problem *problem,
                                      struct assay_launch *launch);

#endif
