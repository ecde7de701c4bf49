/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, s8, Vulkan: see depthwise_cpu.glsl.
 */
#version 450
#define BYTES
#include "depthwise/depthwise_cpu.glsl"
