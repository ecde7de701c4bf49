#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f16, for GPUs: matmul_gpu.glsl. Formula and layouts:
 * matmul.h. f32 products and sums (fma). Needs 8.1 KiB of shared memory and 16-bit storage.
 * Differs from the reference by rounding. Launch: matmul_launch.c; row:
 * matmul.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "real.glsl"
#include "matmul/matmul_gpu.glsl"
