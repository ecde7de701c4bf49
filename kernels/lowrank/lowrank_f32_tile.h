/* SPDX-License-Identifier: Apache-2.0
 *
 * Low-rank dense, f32, on the CPU, around the GEMM of dense_f32_share.h and the
 * register tile that the including file chose. Contract: lowrank.h; packed
 * weights: lowrank_pack.h.
 *
 * Rows pass through both products in blocks, so that t stays in the cache.
 * Threads share the rows; where those are too few, each computes all of t and
 * its own share of the outputs.
 */
#include "kernels/dense/dense_f32_share.h"
#include "kernels/lowrank/lowrank_pack.h"
#include "kernels/lowrank/lowrank_scratch.h"

static void lowrank_f32(const struct assay_cpu_call *call)
{
    const struct assay_lowrank *d = &call->problem->as.lowrank;
    const bool by_rows = d->m >= 4 * (int64_t)call->threads;
    const size_t rows = by_rows ? call->threads : 1;
    const size_t columns = by_rows ? 1 : call->threads;
    const struct assay_range mine =
        assay_split(d->m, rows, call->thread % rows);
    const int64_t panels = tile_pieces(d->n, TILE_N);
    const struct assay_range share =
        assay_split(panels, columns, call->thread / rows);
    if (share.begin == share.end)
        return;
    float *t = (float *)call->scratch + ASSAY_DENSE_SCRATCH_FLOATS;
    const float *packed = call->packed;
    for (int64_t i = mine.begin; i < mine.end; i += ASSAY_LOWRANK_ROWS) {
        const int64_t left = mine.end - i;
        const int64_t m = left < ASSAY_LOWRANK_ROWS ? left : ASSAY_LOWRANK_ROWS;
        struct assay_dense first = assay_lowrank_first(d);
        struct assay_dense second = assay_lowrank_second(d);
        first.m = second.m = m;
        struct dense_pass pass = {.d = &first,
                                  .x =
                                      (const float *)call->inputs[0] + i * d->k,
                                  .packed = packed,
                                  .y = t,
                                  .scratch = call->scratch,
                                  .rows = {0, m}};
        dense_share(&pass, (struct assay_range){0, tile_pieces(d->r, TILE_N)});
        pass.d = &second;
        pass.x = t;
        pass.packed =
            packed + assay_lowrank_v_bytes(call->problem, TILE_N, 0) / 4;
        pass.y = (float *)call->output + i * d->n;
        dense_share(&pass, share);
    }
}
