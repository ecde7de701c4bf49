/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f32, OpenCL: see binary_real_gpu.cl.
 */
#define KERNEL assay_binary_f32_opencl_gpu
#include "binary/binary_real_gpu.cl"
