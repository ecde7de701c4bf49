/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice, f16, OpenCL on a GPU. Formula and layouts: slice.h. 2 bytes an
 * element; needs OpenCL C 1.2. Method: slice/slice.cl, move/move.cl; a work-
 * item writes one unit. x and y do not overlap. Deviation: none. Row:
 * slice.def; test: test_kernels.c.
 */
#define KERNEL assay_slice_f16_opencl_gpu
#include "slice/slice.cl"
