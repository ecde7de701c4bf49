#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16, Vulkan on a GPU. Formula and layouts: softmax.h.
 * Arrays f16, arithmetic f32, rounded once. Needs Vulkan 1.1 and 16-bit
 * storage. Method and deviation from the reference: softmax_gpu.glsl. Row:
 * softmax.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "softmax/softmax_gpu.glsl"
