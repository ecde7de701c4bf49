/* SPDX-License-Identifier: Apache-2.0
 *
 * Sparse, s8, for GPUs: sparse_s8.glsl with COLS 1. Formula and
 * layouts: sparse.h, quantized.h. Equal to the reference to the bit. Row:
 * sparse.def; test: test_kernels.c.
 */
#version 450
#include "sparse/sparse_s8.glsl"
