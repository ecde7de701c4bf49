/* SPDX-License-Identifier: Apache-2.0
 *
 * Integers to f32 for OpenCL rows: the type of x by SPEC1, the enum
 * assay_dequantize_from.
 */
#include "quantize/scales.cl"

#ifndef SPEC1
#define SPEC1 0
#endif
#if SPEC1 == 0
typedef char integer;
#else
typedef int integer;
#endif
