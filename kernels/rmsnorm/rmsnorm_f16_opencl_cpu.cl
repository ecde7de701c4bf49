/* SPDX-License-Identifier: Apache-2.0
 *
 * Root-mean-square normalization of rows, f16, OpenCL on a CPU driver. Formula
 * and layouts: rmsnorm.h. Arrays f16, arithmetic f32, rounded once. Needs
 * OpenCL C 1.2. Method and deviation from the reference: layernorm_cpu.cl.
 * Row: rmsnorm.def; test: test_kernels.c.
 */
#define KERNEL assay_rmsnorm_f16_opencl_cpu
#define HALF
#define NORM_RMS
#include "layernorm/layernorm_cpu.cl"
