/* SPDX-License-Identifier: Apache-2.0
 *
 * Packed weights of sparse. All formats are one layout, which differs in the
 * height of its strips: 16 outputs (block16x1, nm24v), 4 (block4x4) or 1 (csr,
 * nm24 of f32). A strip is a list of entries, in ascending order of k:
 *
 *     singles  one k with the weights of `height` outputs there: f32, and s8
 *              for devices
 *     fours    four k with [height][4 k] weights: s8 for CPUs. Height 16:
 *              entries that fill up the last four repeat its first k, with
 *              weights of 0. Height 4: neighbouring k, the column is k / 4,
 *              weights beyond the end are 0
 *
 * Singles take k in blocks of `depth`: the lists of all strips for the first
 * block, then those for the second. Fours have one block. At offsets, in
 * bytes and multiples of 64, that struct assay_sparse_layout tells:
 *
 *     bias     [strips * height], 0 beyond n; f32, or s32 that includes
 *              -(x_zero + offset_x) * sum_k w, modulo 2^32
 *     scale    f32 [strips * height], 0 beyond n; s8 alone, 0 if absent
 *     begins   uint32_t [blocks * strips + 1]: where each list begins, in
 *              entries
 *     columns  uint16_t [entries] (fours of height 16: [entries][4]), k from
 *              the block's first
 *     weights  singles: [entries][height]; fours: with VNNI s8
 *              [entries][height][4], else s16 [entries * 2][height][2], two k
 *              of each output side by side
 *
 * VNNI multiplies u8 by s8, of which its second factor can be broadcast from
 * memory. Fours of height 16 broadcast x, so offset_w, 128, is added to their
 * weights; of height 4 broadcast weights, so the row adds offset_x to x.
 *
 * The reference's are the constants as they are, at multiples of 64 bytes: w,
 * then b [n], then scale, zeros if absent.
 */
#ifndef ASSAY_KERNELS_SPARSE_PACK_H
#define ASSAY_KERNELS_SPARSE_PACK_H

#include <stdbool.h>
#include <stddef.h>

#include "kernels/kernel.h"

/* k of a block. f32 for CPUs: 32 rows of x fit into the first-level cache.
 * Devices: an f32 sums up that many products of s8 exactly; f32 takes strips of
 * 16 outputs in one block. Multiples of 16. */
#define ASSAY_SPARSE_DEPTH 256
#define ASSAY_SPARSE_DEPTH_DEVICE 512

struct assay_sparse_layout {
    int64_t height, strips, depth, blocks, entries;
    bool fours;
    bool wide; /* s16 weights */
    int offset_x, offset_w;
    size_t bias, scale, begins, columns, weights, bytes;
};

/* Who reads the packed weights. */
enum assay_sparse_user {
    ASSAY_SPARSE_REFERENCE,
    ASSAY_SPARSE_CPU,      /* f32, and s8 with s16 weights */
    ASSAY_SPARSE_CPU_VNNI, /* s8 */
    ASSAY_SPARSE_DEVICE,
};
enum assay_sparse_user assay_sparse_user(const struct assay_row *row);

/* The problem must be specialized: format and stored are settled. */
void assay_sparse_layout(enum assay_sparse_user user,
                         const struct assay_problem *problem,
                         struct assay_sparse_layout *layout);

void assay_sparse_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed);

/* Weights that a format (not auto, not dense) stores of w [n][k] in singles,
 * and entries that it has in fours. */
int64_t assay_sparse_stored(enum assay_dtype dtype,
                            enum assay_sparse_format format, const void *w,
                            int64_t n, int64_t k);
int64_t assay_sparse_fours(enum assay_sparse_format format, const int8_t *w,
                           int64_t n, int64_t k);

/* Whether w [n][k] keeps to the pattern of nm24 or nm24v; if not, *output and
 * *column tell the first that breaks it. Other formats hold anything. */
bool assay_sparse_holds(enum assay_dtype dtype, enum assay_sparse_format format,
                        const void *w, int64_t n, int64_t k, int64_t *output,
                        int64_t *column);

#endif
