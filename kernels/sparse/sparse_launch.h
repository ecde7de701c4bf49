/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device rows of sparse are started.
 */
#ifndef ASSAY_KERNELS_SPARSE_LAUNCH_H
#define ASSAY_KERNELS_SPARSE_LAUNCH_H

#include "kernels/launch.h"

assay_launch_function assay_sparse_launch_opencl;
assay_launch_function assay_sparse_launch_vulkan;

#endif
