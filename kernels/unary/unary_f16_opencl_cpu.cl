/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f16, OpenCL: see unary_real_cpu.cl.
 */
#define KERNEL assay_unary_f16_opencl_cpu
#define HALF
#include "unary/unary_real_cpu.cl"
