/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed constants of conv2d's s8 and b1 rows: for each group in turn the word
 * panels of dense_pack.h for n = k/groups outputs, whose segments are what
 * lies together in x: on the CPU the rows of the kernel if their taps are
 * neighbours, else the taps. Behind the last group, for b1 rows other than the
 * reference, stand for every panel of every group
 *
 *     half[r][s][width]:   c/groups/2 - popcount(w of the tap)
 *
 * A row that reads zeros (+1) in place of a tap outside the image counts
 * popcount(w) bits of c/groups there; adding half makes that as many as if the
 * tap's products were 0 in sum, so that the rest is as if all taps counted.
 */
#ifndef ASSAY_KERNELS_CONV2D_WORDS_H
#define ASSAY_KERNELS_CONV2D_WORDS_H

#include "kernels/conv2d/conv2d_pack.h"
#include "kernels/kernel.h"

struct assay_conv2d_words {
    struct assay_word_panels panels; /* of one group; q is the one below */
    struct assay_quantized q;        /* x_zero as the row's words have x */
    bool by_row;                     /* segments are rows of the kernel */
    int64_t halves;                  /* int32 of all panels' half */
};

/* For a row of s8 or b1; `words` must stay where it is. */
void assay_conv2d_words_set(struct assay_conv2d_words *words,
                            const struct assay_row *row,
                            const struct assay_problem *problem);

/* Bytes of the panels of one group, of any dtype. */
size_t assay_conv2d_group_bytes(const struct assay_row *row,
                                const struct assay_problem *problem);

/* Bytes of a row's packed constants, of any dtype, and the packing. */
size_t assay_conv2d_packed_bytes(const struct assay_row *row,
                                 const struct assay_problem *problem);
void assay_conv2d_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed);

#endif
