/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, for CPU drivers of Vulkan (llvmpipe): lowrank_s8.glsl with groups of
 * one subgroup. Formula and layouts: lowrank.h, quantized.h. Equal to the
 * reference to the bit. Row: lowrank.def; test: test_kernels.c.
 */
#version 450
#include "lowrank/lowrank_s8.glsl"
