#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Reduction over the middle dimension, f16, Vulkan on a CPU driver. Formula
 * and layouts: reduce.h. Arrays f16, arithmetic f32, rounded once. Needs
 * Vulkan 1.1 and 16-bit storage. Method and deviation from the reference:
 * reduce_cpu.glsl. Row: reduce.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "reduce/reduce_cpu.glsl"
