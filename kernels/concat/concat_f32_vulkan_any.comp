#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f32, Vulkan. Formula and layouts: concat.h. 4 bytes an element, moved
 * as bits in words. Method: concat.glsl, move/move.glsl. x and y do not
 * overlap. Deviation: none. Row: concat.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "concat/concat.glsl"
