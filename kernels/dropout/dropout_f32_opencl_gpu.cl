/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32, OpenCL on a GPU. Formula and layouts: dropout.h. f32
 * throughout. Needs OpenCL C 1.2. Method and deviation from the reference:
 * dropout_gpu.cl. Row: dropout.def; test: test_kernels.c.
 */
#define KERNEL assay_dropout_f32_opencl_gpu
#include "dropout/dropout_gpu.cl"
