/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f16, OpenCL on a CPU driver. Formula
 * and layouts: reduce.h. Arrays f16, arithmetic f32, rounded once. Needs
 * OpenCL C 1.2. Method and deviation from the reference: reduce_cpu.cl. Row:
 * reduce.def; test: test_kernels.c.
 */
#define KERNEL assay_reduce_f16_opencl_cpu
#define HALF
#include "reduce/reduce_cpu.cl"
