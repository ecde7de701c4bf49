/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f32, OpenCL on a GPU. Formula and layouts:
 * layernorm.h. f32 throughout. Needs OpenCL C 1.2. Method and deviation from
 * the reference: layernorm_gpu.cl. Row: layernorm.def; test: test_kernels.c.
 */
#define KERNEL assay_layernorm_f32_opencl_gpu
#include "layernorm/layernorm_gpu.cl"
