/* SPDX-License-Identifier: Apache-2.0
 *
 * Permutation of axes, f32, OpenCL on a CPU driver. Formula and layouts:
 * transpose.h. 4 bytes an element; needs OpenCL C 1.2. Method:
 * transpose/transpose_cpu.cl. x and y do not overlap. Deviation: none. Row:
 * transpose.def; test: test_kernels.c.
 */
#define KERNEL assay_transpose_f32_opencl_cpu
#include "transpose/transpose_cpu.cl"
