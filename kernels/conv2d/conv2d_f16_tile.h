/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f16, around the register tile of gemm_f32_tile.h: strips are widened
 * to f32 as they are copied, and a tile's outputs narrowed as they leave it.
 * Packed weights: conv2d_pack.h with width TILE_N, of f16 (TILE_HALF) or
 * widened.
 */
#include "kernels/half_vector.h"
#include "kernels/requantize.h"

#define CONV2D_UNIT 4
typedef float conv2d_word;
#include "kernels/conv2d/conv2d_whole_tile.h"

static void conv2d_take(void *to, const void *from, int64_t n)
{
    float *out = to;
    const uint16_t *x = from;
    int64_t i = 0;
    for (; i + ASSAY_VF_LANES <= n; i += ASSAY_VF_LANES)
        assay_vf_store(out + i, assay_vf_load_half(x + i));
    if (i < n)
        assay_vf_store_part(out + i, n - i,
                            assay_vf_load_half_part(x + i, n - i, 0));
}

static const struct assay_conv2d_filler conv2d_filler = {
    conv2d_take, assay_conv2d_zero_words};

static void conv2d_begin(struct conv2d_frame *f)
{
    const size_t depth = (size_t)assay_conv2d_depth(f->d);
    f->panel_bytes = (4 + depth * sizeof(tile_weight)) * TILE_N;
}

static void conv2d_panel(const struct conv2d_frame *f,
                         const struct conv2d_tile *t, int64_t p)
{
    float sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    const int64_t act = f->d->act, columns = conv2d_columns(f, p);
    const float *bias =
        (const float *)(const void *)conv2d_head(f, t->group, p);
    struct tile tile = {.rows = t->rows,
                        .offsets = f->offsets,
                        .segments = f->segments,
                        .length = f->length,
                        .weights =
                            (const tile_weight *)(const void *)(bias + TILE_N),
                        .bias = bias,
                        .y = sums,
                        .y_stride = TILE_N};
    tile_set_pass(&tile, true, act);
    tile_run(&tile, t->m, tile_pieces(columns, TILE_LANES) * TILE_LANES);
    assay_act_finish(sums, TILE_N, t->m, columns, act);
    uint16_t *y = (uint16_t *)f->call->output + t->pixel * f->d->k +
                  t->group * f->outputs + p * TILE_N;
    for (int64_t i = 0; i < t->m; i++, y += f->d->k)
        for (int64_t j = 0; j < columns; j += ASSAY_VF_LANES) {
            const int64_t left = columns - j;
            assay_vf_store_half_part(
                y + j, left < ASSAY_VF_LANES ? left : ASSAY_VF_LANES,
                assay_vf_load(sums + i * TILE_N + j));
        }
}

static void conv2d_f16(const struct assay_cpu_call *call)
{
    conv2d_whole(call, (struct assay_conv2d_elements){
                           call->problem->as.conv2d.c, 4, 2, true});
}
