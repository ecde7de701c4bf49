/* SPDX-License-Identifier: Apache-2.0
 *
 * Softmax of rows, f16, OpenCL on a CPU driver. Formula and layouts:
 * softmax.h. Arrays f16, arithmetic f32, rounded once. Needs OpenCL C 1.2.
 * Method and deviation from the reference: softmax_cpu.cl. Row: softmax.def;
 * test: test_kernels.c.
 */
#define KERNEL assay_softmax_f16_opencl_cpu
#define HALF
#include "softmax/softmax_cpu.cl"
