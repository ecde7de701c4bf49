/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f32, OpenCL on a CPU driver. Formula
 * and layouts: reduce.h. f32 throughout. Needs OpenCL C 1.2. Method and
 * deviation from the reference: reduce_cpu.cl. Row: reduce.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_reduce_f32_opencl_cpu
#include "reduce/reduce_cpu.cl"
