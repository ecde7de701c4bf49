/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, Vulkan: see depthwise_cpu.glsl.
 */
#version 450
#include "depthwise/depthwise_cpu.glsl"
