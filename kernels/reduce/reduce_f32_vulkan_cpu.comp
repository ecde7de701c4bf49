#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f32, Vulkan on a CPU driver. Formula
 * and layouts: reduce.h. f32 throughout. Needs Vulkan 1.1. Method and
 * deviation from the reference: reduce_cpu.glsl. Row: reduce.def; test:
 * test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "reduce/reduce_cpu.glsl"
