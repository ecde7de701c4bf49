/* SPDX-License-Identifier: Apache-2.0
 *
 * Concat, s8, OpenCL on a GPU. Formula and layouts: concat.h. 1 byte an
 * element; needs OpenCL C 1.2. Method: concat/concat.cl, move/move.cl; a work-
 * item writes one unit. x and y do not overlap. Deviation: none. Row:
 * concat.def; test: test_kernels.c.
 */
#define KERNEL assay_concat_s8_opencl_gpu
#include "concat/concat.cl"
