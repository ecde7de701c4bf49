#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Layer normalization of rows, f32, Vulkan on a GPU. Formula and layouts:
 * layernorm.h. f32 throughout. Needs Vulkan 1.1. Method and deviation from the
 * reference: layernorm_gpu.glsl. Row: layernorm.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "layernorm/layernorm_gpu.glsl"
