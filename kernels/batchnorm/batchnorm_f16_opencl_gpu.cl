/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f16, OpenCL on a GPU. Formula and
 * layouts: batchnorm.h. Arrays f16, arithmetic f32, rounded once. Needs OpenCL
 * C 1.2. Method and deviation from the reference: batchnorm_gpu.cl. Row:
 * batchnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_batchnorm_f16_opencl_gpu
#define HALF
#include "batchnorm/batchnorm_gpu.cl"
