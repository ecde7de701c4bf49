/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f32, OpenCL on a CPU driver: attention_cpu.cl. Formula and layouts:
 * attention.h. Needs OpenCL C 1.2; fast where float16 is a register (AVX-512).
 * Row: attention.def; test: test_kernels.c.
 */
#define KERNEL assay_attention_f32_opencl_cpu
#include "group.cl"
#include "real.cl"
#include "turn.cl"
#include "attention/attention.cl"
#include "attention/attention_cpu.cl"
