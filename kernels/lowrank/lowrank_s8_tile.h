/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, s8, on the CPU, around the GEMM of dense_s8_tile.h and the
 * register tile that the including file chose. Contract: lowrank.h; packed
 * weights: lowrank_pack.h.
 *
 * Rows pass through both products in blocks, so that t stays in the cache.
 * Threads share the rows; where those are too few, each computes all of t and
 * its own share of the outputs.
 */
#include "kernels/dense/dense_s8_tile.h"
#include "kernels/lowrank/lowrank_pack.h"
#include "kernels/lowrank/lowrank_scratch.h"

static void lowrank_s8(const struct assay_cpu_call *call)
{
    const struct assay_lowrank *d = &call->problem->as.lowrank;
    const bool by_rows = d->m >= 4 * (int64_t)call->threads;
    const size_t rows = by_rows ? call->threads : 1;
    const size_t columns = by_rows ? 1 : call->threads;
    const struct assay_range mine =
        assay_split(d->m, rows, call->thread % rows);
    const struct assay_range share =
        assay_split(tile_pieces(d->n, TILE_N), columns, call->thread / rows);
    const struct assay_range all = {0, tile_pieces(d->r, TILE_N)};
    if (share.begin == share.end)
        return;
    int32_t sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    struct assay_dense first = assay_lowrank_first(d);
    struct assay_dense second = assay_lowrank_second(d);
    const int8_t *x = call->inputs[0];
    const char *packed = call->packed;
    int8_t *t = (int8_t *)call->scratch + assay_lowrank_words_bytes(d->k, d->r);
    char *y = call->output;
    const size_t y_bytes =
        assay_dtype_bytes(assay_out_type(ASSAY_S8, d->q.out));
    const void *v =
        packed + assay_lowrank_v_bytes(call->problem, TILE_N, TILE_GROUP);
    for (int64_t i = mine.begin; i < mine.end; i += ASSAY_LOWRANK_ROWS) {
        const int64_t left = mine.end - i;
        const int64_t m = left < ASSAY_LOWRANK_ROWS ? left : ASSAY_LOWRANK_ROWS;
        first.m = second.m = m;
        struct dense_pass pass = dense_words_pass(
            &first, ASSAY_S8, x + i * d->k, packed, t, call->scratch, sums);
        pass.rows = (struct assay_range){0, m};
        dense_words_share(&pass, all);
        pass = dense_words_pass(&second, ASSAY_S8, t, v,
                                y + (size_t)(i * d->n) * y_bytes, call->scratch,
                                sums);
        pass.rows = (struct assay_range){0, m};
        dense_words_share(&pass, share);
    }
}
