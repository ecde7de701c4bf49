/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, f32, OpenCL: see depthwise_any_cpu.cl.
 */
#define KERNEL assay_depthwise_f32_opencl_cpu
#include "depthwise/depthwise_any_cpu.cl"
