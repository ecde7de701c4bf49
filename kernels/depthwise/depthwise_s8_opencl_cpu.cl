/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise, s8, OpenCL: see depthwise_any_cpu.cl.
 */
#define KERNEL assay_depthwise_s8_opencl_cpu
#define BYTES
#include "depthwise/depthwise_any_cpu.cl"
