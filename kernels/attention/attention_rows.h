/* SPDX-License-Identifier: Apache-2.0
 *
 * What attention_case.c takes from the op's other files.
 */
#ifndef ASSAY_KERNELS_ATTENTION_ROWS_H
#define ASSAY_KERNELS_ATTENTION_ROWS_H

#include "kernels/attention/attention_pack.h"
#include "kernels/kernel.h"

/* The words and the table of s8 arithmetic (attention.h). */
void assay_attention_pack_s8(const struct assay_attention *d,
                             struct assay_attention_packed *packed);

/* Scratch of one thread, by row. */
size_t assay_attention_scratch_bytes(const struct assay_row *row,
                                     const struct assay_problem *problem);

/* The words that attention.cl and attention.glsl have, for tiles of at most
 * `most` rows, and the number of tiles. UNSUPPORTED if they do not fit. */
enum assay_status assay_attention_words(const struct assay_row *row,
                                        const struct assay_problem *problem,
                                        int64_t most,
                                        struct assay_launch *launch,
                                        int64_t *groups);

/* Rows of a tile of a GPU row, whose queries lie in local memory (16 KiB are
 * sure to be had); 0 if not even one fits. */
static inline int64_t assay_attention_gpu_rows(const struct assay_row *row,
                                               const struct assay_attention *d)
{
    return d->d <= 384 ? row->tile_m : d->d <= 3072 ? 1 : 0;
}

enum assay_status
assay_attention_launch_opencl(const struct assay_row *row,
                              const struct assay_problem *problem,
                              struct assay_launch *launch);

enum assay_status
assay_attention_launch_vulkan(const struct assay_row *row,
                              const struct assay_problem *problem,
                              struct assay_launch *launch);

#endif
