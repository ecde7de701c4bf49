/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f16, OpenCL on a GPU. Formula and layouts:
 * layernorm.h. Arrays f16, arithmetic f32, rounded once. Needs OpenCL C 1.2.
 * Method and deviation from the reference: layernorm_gpu.cl. Row:
 * layernorm.def; test: test_kernels.c.
 */
#define KERNEL assay_layernorm_f16_opencl_gpu
#define HALF
#include "layernorm/layernorm_gpu.cl"
