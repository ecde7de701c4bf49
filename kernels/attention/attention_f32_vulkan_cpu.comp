#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32, for CPU drivers of Vulkan: attention_cpu.glsl. Formula and
 * layouts: attention.h. f32 products and sums (fma). Needs subgroup ballot and
 * arithmetic operations, subgroups of 4, 8 or 16. Differs from the
 * reference by rounding and the driver's exp. Launch: attention_vulkan.c; row:
 * attention.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "real.glsl"
#include "attention/attention_cpu.glsl"
