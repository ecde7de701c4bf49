/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f16, Vulkan: see depthwise_cpu.glsl.
 */
#version 450
#define HALF
#include "depthwise/depthwise_cpu.glsl"
