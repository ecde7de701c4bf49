/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device rows of matmul are started.
 */
#ifndef ASSAY_KERNELS_MATMUL_LAUNCH_H
#define ASSAY_KERNELS_MATMUL_LAUNCH_H

#include "kernels/kernel.h"

enum assay_status
assay_matmul_launch_opencl(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch);

enum assay_status
assay_matmul_launch_vulkan(const struct assay_row *row,
                           const struct assay_problem *problem,
                           struct assay_launch *launch);

#endif
