/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, s8, OpenCL on a GPU. Formula and layouts: gather.h. 1 byte an
 * element; needs OpenCL C 1.2. Method: gather/gather.cl, move/move.cl; a work-
 * item writes one unit. x and y do not overlap. Deviation: none. Row:
 * gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_s8_opencl_gpu
#include "gather/gather.cl"
