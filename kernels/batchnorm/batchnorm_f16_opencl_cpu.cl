/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f16, OpenCL on a CPU driver.
 * Formula and layouts: batchnorm.h. Arrays f16, arithmetic f32, rounded once.
 * Needs OpenCL C 1.2. Method and deviation from the reference:
 * batchnorm_cpu.cl. Row: batchnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f16_opencl_cpu
#define HALF
#include "batchnorm/batchnorm_cpu.cl"
