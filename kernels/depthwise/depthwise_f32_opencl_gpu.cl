/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, f32, OpenCL: see depthwise_any_gpu.cl.
 */
#define KERNEL assay_depthwise_f32_opencl_gpu
#include "depthwise/depthwise_any_gpu.cl"
