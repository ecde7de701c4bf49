/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, f16, OpenCL on a CPU driver. Formula and layouts: concat.h. 2 bytes
 * an element; needs OpenCL C 1.2. Method: concat/concat.cl, move/move.cl; a
 * work-item writes a long chunk. x and y do not overlap. Deviation: none. Row:
 * concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_f16_opencl_cpu
#include "concat/concat.cl"
