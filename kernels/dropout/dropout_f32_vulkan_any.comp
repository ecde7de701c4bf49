#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32, Vulkan on any device. Formula and layouts: dropout.h. f32
 * throughout. Needs Vulkan 1.1. Method and deviation from the reference:
 * dropout.glsl. Row: dropout.def; test: test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "dropout/dropout.glsl"
