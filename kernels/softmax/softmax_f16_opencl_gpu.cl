/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16, OpenCL on a GPU. Formula and layouts: softmax.h.
 * Arrays f16, arithmetic f32, rounded once. Needs OpenCL C 1.2. Method and
 * deviation from the reference: softmax_gpu.cl. Row: softmax.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_softmax_f16_opencl_gpu
#define HALF
#include "softmax/softmax_gpu.cl"
