/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device rows of lowrank are started.
 */
#ifndef ASSAY_KERNELS_LOWRANK_LAUNCH_H
#define ASSAY_KERNELS_LOWRANK_LAUNCH_H

#include "kernels/launch.h"

/* UNSUPPORTED where a row of t does not fit into the memory of a work-group:
 * r > 4096. */
assay_launch_function assay_lowrank_launch_opencl;
assay_launch_function assay_lowrank_launch_vulkan;

#endif
