/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization of rows, f32, OpenCL on a GPU. Formula and
 * layouts: rmsnorm.h. f32 throughout. Needs OpenCL C 1.2. Method and deviation
 * from the reference: layernorm_gpu.cl. Row: rmsnorm.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_rmsnorm_f32_opencl_gpu
#define NORM_RMS
#include "layernorm/layernorm_gpu.cl"
