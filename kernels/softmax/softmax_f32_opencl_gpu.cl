/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f32, OpenCL on a GPU. Formula and layouts: softmax.h. f32
 * throughout. Needs OpenCL C 1.2. Method and deviation from the reference:
 * softmax_gpu.cl. Row: softmax.def; test: test_kernels.c.
 */
#define KERNEL assay_softmax_f32_opencl_gpu
#include "softmax/softmax_gpu.cl"
