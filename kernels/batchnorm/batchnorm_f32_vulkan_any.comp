#version 450
/* SPDX-License-Identifier: Apache-2.0
 *
 * Batch normalization with fused activation, f32, Vulkan on any device.
 * Formula and layouts: batchnorm.h. f32 throughout. Needs Vulkan 1.1. Method
 * and deviation from the reference: batchnorm.glsl. Row: batchnorm.def; test:
 * test_kernels.c.
 */
#extension GL_GOOGLE_include_directive : require
#include "batchnorm/batchnorm.glsl"
