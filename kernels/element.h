/* SPDX-License-Identifier: Apache-2.0
 *
 * Arrays of any element type: random contents, and comparing.
 */
#ifndef ASSAY_KERNELS_ELEMENT_H
#define ASSAY_KERNELS_ELEMENT_H

#include "kernel.h"
#include "random.h"

/* n elements: f32 and f16 uniform in [-1, 1), integers and bits over their
 * whole range but s32, which is within ± 1000. */
void assay_fill(struct assay_random *random, enum assay_dtype type, void *out,
                size_t n);

/* Element i as a number; a word of bits (b1) as an unsigned one. */
double assay_element(enum assay_dtype type, const void *array, size_t i);

/* Make element i of an array of f32 or f16 the nearest to `value`. */
void assay_element_set(enum assay_dtype type, void *array, size_t i,
                       double value);

/* The largest |got - want|; infinity if an element of either is NaN. Equal
 * infinities differ by 0. */
double assay_max_error(enum assay_dtype type, const void *got, const void *want,
                       size_t n);

#endif
