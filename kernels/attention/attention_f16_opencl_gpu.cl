/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention, f16, OpenCL on a GPU: attention_gpu.cl. Formula and layouts:
 * attention.h. Needs OpenCL C 1.2, groups of 64 work-items, local memory for 8
 * queries and 2.3 KiB. Row: attention.def; test: test_kernels.c.
 */
#define HALF
#define KERNEL assay_attention_f16_opencl_gpu
#include "group.cl"
#include "real.cl"
#include "attention/attention.cl"
#include "attention/attention_gpu.cl"
