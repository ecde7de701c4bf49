/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, Vulkan: see depthwise_gpu.glsl.
 */
#version 450
#include "depthwise/depthwise_gpu.glsl"
