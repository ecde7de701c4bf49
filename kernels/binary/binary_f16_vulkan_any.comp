#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Arithmetic of two inputs, f16, Vulkan: see binary_real.glsl.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "binary/binary_real.glsl"
