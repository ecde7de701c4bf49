/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f16, OpenCL on a CPU driver: matmul_cpu.cl. Formula and layouts:
 * matmul.h. Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * Row: matmul.def; test: test_kernels.c.
 */
#define HALF
#define KERNEL assay_matmul_f16_opencl_cpu
#include "group.cl"
#include "real.cl"
#include "turn.cl"
#include "matmul/matmul_cpu.cl"
