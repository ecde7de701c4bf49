#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f16, Vulkan on a CPU driver. Formula and
 * layouts: layernorm.h. Arrays f16, arithmetic f32, rounded once. Needs Vulkan
 * 1.1 and 16-bit storage. Method and deviation from the reference:
 * layernorm_cpu.glsl. Row: layernorm.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "layernorm/layernorm_cpu.glsl"
