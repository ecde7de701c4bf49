/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f16, OpenCL: see unary_real_gpu.cl.
 */
#define KERNEL assay_unary_f16_opencl_gpu
#define HALF
#include "unary/unary_real_gpu.cl"
