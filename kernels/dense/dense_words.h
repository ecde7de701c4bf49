/* SPDX-License-Identifier: Apache-2.0
 *
 * How the rows of dense that are not f32 have their weights packed, and their
 * scratch.
 */
#ifndef ASSAY_KERNELS_DENSE_WORDS_H
#define ASSAY_KERNELS_DENSE_WORDS_H

#include <string.h>

#include "kernels/dense/dense_pack.h"
#include "kernels/dense/dense_scratch.h"
#include "kernels/kernel.h"

/* A row of f16 that reads its weights as f32: the reference and portable C,
 * where each conversion takes a dozen instructions. */
static inline bool assay_dense_is_wide(const struct assay_row *row)
{
    return row->dtype == ASSAY_F16 && row->api == ASSAY_API_CPU && !row->isa;
}

/* Elements to a word of an s8 or b1 row: 4 for dot products of four (VNNI,
 * NEON) and for OpenCL on GPUs, 2 for vpmaddwd and its kin, 1 where products
 * are those of f32 (Vulkan, and OpenCL on CPU drivers), in references, and in
 * words of b1.
 */
static inline unsigned assay_word_group(const struct assay_row *row)
{
    const bool gpu = row->device_class == ASSAY_CLASS_GPU;
    const bool dots = (row->isa & (ASSAY_ISA_VNNI | ASSAY_ISA_NEON_DOT)) != 0;
    if (row->dtype == ASSAY_B1 || strcmp(row->variant, "ref") == 0 ||
        row->api == ASSAY_API_VULKAN || (row->api == ASSAY_API_OPENCL && !gpu))
        return 1;
    return dots || row->api != ASSAY_API_CPU ? 4 : 2;
}

/* Panels of an s8 or b1 row; for VNNI with unsigned weights. */
static inline struct assay_word_panels
assay_dense_panels(const struct assay_row *row,
                   const struct assay_problem *problem)
{
    const struct assay_dense *d = &problem->as.dense;
    const bool bits = problem->dtype == ASSAY_B1;
    return (struct assay_word_panels){
        .q = &d->q,
        .n = d->n,
        .segments = 1,
        .length = bits ? d->k / 32 : d->k,
        .width = row->tile_n,
        .group = assay_word_group(row),
        .offset = row->isa & ASSAY_ISA_VNNI ? 128 : 0,
        .bits = bits,
        .plain = strcmp(row->variant, "ref") == 0,
    };
}

/* Words from one of a tile's rows to the next in scratch: an odd number of
 * cache lines, so that the rows do not evict each other from the first-level
 * cache. */
static inline int64_t assay_dense_row_words(int64_t words)
{
    return ((words + 15) / 16 | 1) * 16;
}

/* A tile's rows, and the sum of each. */
static inline size_t
assay_dense_words_scratch(const struct assay_word_panels *panels)
{
    const int64_t words = (panels->length + panels->group - 1) / panels->group;
    return (size_t)ASSAY_DENSE_MAX_ROWS *
           (size_t)(assay_dense_row_words(words) + 1) * sizeof(uint32_t);
}

/* A tile's rows as f32, and its outputs. */
static inline size_t assay_dense_f16_scratch(int64_t k)
{
    return (size_t)ASSAY_DENSE_MAX_ROWS *
           (size_t)(assay_dense_row_words(k) + ASSAY_DENSE_MAX_COLUMNS) *
           sizeof(float);
}

#endif
