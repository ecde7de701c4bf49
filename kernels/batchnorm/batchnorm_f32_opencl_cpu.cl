/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f32, OpenCL on a CPU driver.
 * Formula and layouts: batchnorm.h. f32 throughout. Needs OpenCL C 1.2. Method
 * and deviation from the reference: batchnorm_cpu.cl. Row: batchnorm.def;
 * test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f32_opencl_cpu
#include "batchnorm/batchnorm_cpu.cl"
