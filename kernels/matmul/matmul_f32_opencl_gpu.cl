/* SPDX-License-Identifier: Apache-2.0
 *
 * Products of matrices, f32, OpenCL on a GPU: matmul_gpu.cl. Formula and layouts:
 * matmul.h. Needs OpenCL C 1.2; groups of 256 work-items and 8.2 KiB of local memory.
 * Row: matmul.def; test: test_kernels.c.
 */
#define KERNEL assay_matmul_f32_opencl_gpu
#include "group.cl"
#include "real.cl"
#include "matmul/matmul_gpu.cl"
