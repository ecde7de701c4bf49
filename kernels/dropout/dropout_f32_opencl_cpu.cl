/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f32, OpenCL on a CPU driver. Formula and layouts: dropout.h. f32
 * throughout. Needs OpenCL C 1.2. Method and deviation from the reference:
 * dropout_cpu.cl. Row: dropout.def; test: test_kernels.c.
 */
#define KERNEL assay_dropout_f32_opencl_cpu
#include "dropout/dropout_cpu.cl"
