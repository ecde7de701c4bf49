/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, s8, Vulkan: see depthwise_gpu.glsl.
 */
#version 450
#define BYTES
#include "depthwise/depthwise_gpu.glsl"
