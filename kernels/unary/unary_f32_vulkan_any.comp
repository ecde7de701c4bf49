#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f32, Vulkan: see unary_real.glsl.
 */
#extension GL_GOOGLE_include_directive : require
#include "unary/unary_real.glsl"
