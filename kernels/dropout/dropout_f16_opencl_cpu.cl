/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, f16, OpenCL on a CPU driver. Formula and layouts: dropout.h. Arrays
 * f16, arithmetic f32, rounded once. Needs OpenCL C 1.2. Method and deviation
 * from the reference: dropout_cpu.cl. Row: dropout.def; test: test_kernels.c.
 */
#define KERNEL assay_dropout_f16_opencl_cpu
#define HALF
#include "dropout/dropout_cpu.cl"
