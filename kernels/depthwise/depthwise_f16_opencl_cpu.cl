/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, f16, OpenCL: see depthwise_any_cpu.cl.
 */
#define KERNEL assay_depthwise_f16_opencl_cpu
#define HALF
#include "depthwise/depthwise_any_cpu.cl"
