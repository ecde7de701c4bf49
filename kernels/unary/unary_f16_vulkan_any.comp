#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, f16, Vulkan: see unary_real.glsl.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "unary/unary_real.glsl"
