#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, f32, Vulkan. Formula and layouts: gather.h. 4 bytes an element, moved
 * as bits in words. Method: gather.glsl, move/move.glsl. x and y do not
 * overlap. Deviation: none. Row: gather.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "gather/gather.glsl"
