/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, f16, OpenCL on a GPU; sums in f32. Formula and layouts: pool.h.
 * Needs OpenCL C 1.2. Method: pool_gpu.cl, pool.cl. x and y do not overlap.
 * Deviation: an average is summed in float and multiplied by a rounded 1/count.
 * Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_f16_opencl_gpu
#define HALF
#include "pool/pool_gpu.cl"
