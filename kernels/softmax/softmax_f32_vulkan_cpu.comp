#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f32, Vulkan on a CPU driver. Formula and layouts:
 * softmax.h. f32 throughout. Needs Vulkan 1.1. Method and deviation from the
 * reference: softmax_cpu.glsl. Row: softmax.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "softmax/softmax_cpu.glsl"
