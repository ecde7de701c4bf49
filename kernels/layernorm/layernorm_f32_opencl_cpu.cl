/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f32, OpenCL on a CPU driver. Formula and
 * layouts: layernorm.h. f32 throughout. Needs OpenCL C 1.2. Method and
 * deviation from the reference: layernorm_cpu.cl. Row: layernorm.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_layernorm_f32_opencl_cpu
#include "layernorm/layernorm_cpu.cl"
