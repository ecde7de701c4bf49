#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f16, Vulkan on any device. Formula and layouts: dropout.h. Arrays
 * f16, arithmetic f32, rounded once. Needs Vulkan 1.1 and 16-bit storage.
 * Method and deviation from the reference: dropout.glsl. Row: dropout.def;
 * test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#define HALF
#include "dropout/dropout.glsl"
