/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32, OpenCL: see unary_real_gpu.cl.
 */
#define KERNEL assay_unary_f32_opencl_gpu
#include "unary/unary_real_gpu.cl"
