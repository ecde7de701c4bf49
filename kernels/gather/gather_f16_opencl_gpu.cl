/* SPDX-License-Identifier: Apache-2.0
 *
 * Gather, f16, OpenCL on a GPU. Formula and layouts: gather.h. 2 bytes an
 * element; needs OpenCL C 1.2. Method: gather/gather.cl, move/move.cl; a work-
 * item writes one unit. x and y do not overlap. Deviation: none. Row:
 * gather.def; test: test_kernels.c.
 */
#define KERNEL assay_gather_f16_opencl_gpu
#include "gather/gather.cl"
