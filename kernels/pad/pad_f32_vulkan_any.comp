#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, f32, Vulkan. Formula and layouts: pad.h. 4 bytes an element, moved as
 * bits in words. Method: pad.glsl, move/move.glsl. x and y do not overlap.
 * Deviation: none. Row: pad.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "pad/pad.glsl"
