/* SPDX-License-Identifier: Apache-2.0
 *
 * Pooling, s8, OpenCL on a GPU; sums in integers. Formula and layouts: pool.h.
 * Needs OpenCL C 1.2. Method: pool_gpu.cl, pool.cl. x and y do not overlap.
 * Deviation: none. Row: pool.def; test: test_kernels.c.
 */
#define KERNEL assay_pool_s8_opencl_gpu
#define S8
#include "pool/pool_gpu.cl"
