/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, s8, OpenCL: see depthwise_any_gpu.cl.
 */
#define KERNEL assay_depthwise_s8_opencl_gpu
#define BYTES
#include "depthwise/depthwise_any_gpu.cl"
