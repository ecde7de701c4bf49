/* SPDX-License-Identifier: Apache-2.0
 *
 * Pad, f16, OpenCL on a GPU. Formula and layouts: pad.h. 2 bytes an element;
 * needs OpenCL C 1.2. Method: pad/pad.cl, move/move.cl; a work-item writes one
 * unit. x and y do not overlap. Deviation: none. Row: pad.def; test:
 * test_kernels.c.
 */
#define KERNEL assay_pad_f16_opencl_gpu
#include "pad/pad.cl"
