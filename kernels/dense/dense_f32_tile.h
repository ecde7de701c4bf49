/* SPDX-License-Identifier: Apache-2.0
 *
 * Dense, f32, around the register tile of gemm_f32_tile.h (which the
 * including file chose), blocked by dense_f32_share.h. Threads share rows,
 * columns or both (split.h). Contract: dense.h; packed weights: dense_pack.h
 * with width TILE_N.
 */
#include "kernels/dense/dense_f32_share.h"

static void dense_f32(const struct assay_cpu_call *call)
{
    const struct assay_dense *d = &call->problem->as.dense;
    const int64_t panels = tile_pieces(d->n, TILE_N);
    const struct assay_grid grid = assay_grid_choose(
        call->threads,
        (struct assay_axis){
            .units = d->m, .size = 1, .total = d->m, .least = 4, .reads = d->k},
        (struct assay_axis){.units = panels,
                            .size = TILE_N,
                            .total = d->n,
                            .least = 1,
                            .reads = d->k * TILE_N});
    if (call->thread >= grid.rows * grid.columns)
        return;
    struct dense_pass pass = {
        .d = d,
        .x = call->inputs[0],
        .packed = call->packed,
        .y = call->output,
        .scratch = call->scratch,
        .rows = assay_split(d->m, grid.rows, call->thread / grid.columns),
    };
    const struct assay_range mine =
        assay_split(panels, grid.columns, call->thread % grid.columns);
    dense_share(&pass, mine);
}
