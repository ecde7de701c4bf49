/* SPDX-License-Identifier: Apache-2.0
 *
 * How a device row of dropout is started. Words: n, samples, the units of a
 * group (generator calls; on an OpenCL CPU driver blocks of eight), the
 * threshold, the scale as float, the two words of the key, the two words of
 * sample 0's first counter. Vulkan spec: whether every sample begins at a
 * vector of four.
 */
#ifndef ASSAY_KERNELS_DROPOUT_LAUNCH_H
#define ASSAY_KERNELS_DROPOUT_LAUNCH_H

#include "kernels/kernel.h"

enum assay_status assay_dropout_launch(const struct assay_row *row,
                                       const struct assay_problem *problem,
                                       struct assay_launch *launch);

#endif
