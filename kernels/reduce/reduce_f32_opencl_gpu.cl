/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f32, OpenCL on a GPU. Formula and
 * layouts: reduce.h. f32 throughout. Needs OpenCL C 1.2. Method and deviation
 * from the reference: reduce_gpu.cl. Row: reduce.def; test: test_kernels.c.
 */
#define KERNEL assay_reduce_f32_opencl_gpu
#include "reduce/reduce_gpu.cl"
