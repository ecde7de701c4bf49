/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed weights of a GEMM, shared by dense and by the convolutions that are
 * lowered to one: panels of `width` outputs, each [k][width] with the bias of
 * its outputs in front:
 *
 *     panel p: bias[width], then w[p*width + 0 … width-1][0], w[…][1] … [k-1]
 *
 * Outputs beyond n and an absent bias are zero. A micro-kernel thus reads one
 * panel front to back, in whole vectors. f16 weights stay f16 under a bias of
 * f32, or become f32 where a row cannot convert them as fast. Integer weights:
 * struct assay_word_panels.
 */
#ifndef ASSAY_KERNELS_DENSE_PACK_H
#define ASSAY_KERNELS_DENSE_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/quantized.h"
#include "kernels/shape.h"

/* Floats of one panel. */
static inline size_t assay_dense_panel_floats(int64_t k, unsigned width)
{
    return (size_t)(k + 1) * width;
}

static inline size_t assay_dense_packed_floats(int64_t n, int64_t k,
                                               unsigned width)
{
    return (size_t)((n + width - 1) / width) *
           assay_dense_panel_floats(k, width);
}

/* w [n][k]; bias [n] or NULL. */
void assay_dense_pack_f32(const float *w, const float *bias, int64_t n,
                          int64_t k, unsigned width, float *packed);

/* f16 weights and bias as f32 panels. */
void assay_dense_pack_f16_wide(const uint16_t *w, const uint16_t *bias,
                               int64_t n, int64_t k, unsigned width,
                               float *packed);

/* Bytes of one panel of f16 under its f32 bias; `width` even. */
static inline size_t assay_dense_panel_bytes_f16(int64_t k, unsigned width)
{
    return (size_t)width * (4 + 2 * (size_t)k);
}

void assay_dense_pack_f16(const uint16_t *w, const uint16_t *bias, int64_t n,
                          int64_t k, unsigned width, void *packed);

/* Panels of s8 and b1. Three words an output lead each panel, [3][width]:
 *   s8   the bias (s32), the scale (f32), wzero (s32)
 *   b1   the bias (f32) or threshold (s32), the scale, all bits of flip
 * Then come the weights, as words that hold `group` of one output: 4, 2 or 1
 * s8 elements (32, 16 or 8 bits) or 32 bits of b1:
 *     [segments][ceil(length / group)][width][group]
 * A segment (one; a tap, of a convolution) begins with a new word; its last is
 * filled up with what counts nothing. Outputs beyond n are all zero.
 *
 * Unless `plain`, as in references, what the zero points ask for is moved out
 * of the sum:
 *     acc = bias' + sum x w' - zero' sum x,         w' = w + offset
 *     zero' = wzero + offset
 *     bias' = bias - x_zero sum w + (terms) x_zero wzero
 * and b1's threshold t becomes the largest popcount whose acc is not below it,
 * floor((k - t) / 2) within -1 and k. */
struct assay_word_panels {
    const struct assay_quantized *q;
    int64_t n, segments, length; /* b1: length in words, group is 1 */
    unsigned width, group;
    int offset; /* 0, or 128: the weights as u8 */
    bool bits, plain;
};

/* Bytes of one panel, a multiple of 4. */
size_t assay_word_panel_bytes(const struct assay_word_panels *panels);
size_t assay_word_packed_bytes(const struct assay_word_panels *panels);

/* Constants in the order of quantized.h; w is [n][segments][length]. */
void assay_word_pack(const struct assay_word_panels *panels,
                     const void *const *constants, void *packed);

#endif
