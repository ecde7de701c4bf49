/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, f16, OpenCL: see depthwise_any_gpu.cl.
 */
#define KERNEL assay_depthwise_f16_opencl_gpu
#define HALF
#include "depthwise/depthwise_any_gpu.cl"
