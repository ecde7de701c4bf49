#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, f16, Vulkan. Formula and layouts: slice.h. 2 bytes an element, moved
 * as bits in words. Method: slice.glsl, move/move.glsl. x and y do not overlap.
 * Deviation: none. Row: slice.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "slice/slice.glsl"
