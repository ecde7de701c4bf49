/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32, OpenCL: see unary_real_cpu.cl.
 */
#define KERNEL assay_unary_f32_opencl_cpu
#include "unary/unary_real_cpu.cl"
