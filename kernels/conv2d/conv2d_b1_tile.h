/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1, around a register tile of gemm_s32_tile.h: strips of words as
 * they are, with zeros outside the image, whose counts are set right by tap
 * (conv2d_words.h) for the few windows that leave the image.
 * Packed weights: conv2d_words.h with width TILE_N.
 */
#include "kernels/requantize.h"

#define CONV2D_UNIT 1
typedef tile_word conv2d_word;
#include "kernels/conv2d/conv2d_whole_tile.h"
#include "kernels/dense/gemm_words_finish.h"

static const struct assay_conv2d_filler conv2d_filler = {
    assay_conv2d_take_words, assay_conv2d_zero_words};

static void conv2d_begin(struct conv2d_frame *f)
{
    f->panel_bytes = (size_t)(f->segments * f->length * 4 + 12) * TILE_N;
    f->requantize = assay_requantize_make(ASSAY_B1, &f->d->q);
    f->halves = (const int32_t *)(const void *)conv2d_head(f, f->d->groups, 0);
}

/* The counts of one window as if its taps outside the image were 0. */
static void conv2d_correct(const struct conv2d_frame *f,
                           const struct conv2d_tile *t, int64_t i, int64_t p,
                           int32_t *sums)
{
    const struct assay_conv2d *d = f->d;
    const int64_t pixel = t->pixel + i;
    const struct assay_window_axis rows = ASSAY_WINDOW_ROWS(d);
    const struct assay_window_axis columns = ASSAY_WINDOW_COLUMNS(d);
    const int64_t row = pixel / f->strips.out_w % f->strips.out_h;
    const struct assay_window_taps r =
        assay_window_inside(rows, row * d->stride_h - d->pad_top);
    const struct assay_window_taps s = assay_window_inside(
        columns, pixel % f->strips.out_w * d->stride_w - d->pad_left);
    const int32_t *half =
        f->halves + (t->group * f->panels + p) * d->r * d->s * TILE_N;
    if (r.first == 0 && r.end == d->r && s.first == 0 && s.end == d->s)
        return;
    for (int64_t tap = 0; tap < d->r * d->s; tap++, half += TILE_N) {
        const int64_t y = tap / d->s, x = tap % d->s;
        if (y >= r.first && y < r.end && x >= s.first && x < s.end)
            continue;
        for (int64_t j = 0; j < TILE_N; j++)
            sums[j] += half[j];
    }
}

static void conv2d_panel(const struct conv2d_frame *f,
                         const struct conv2d_tile *t, int64_t p)
{
    const struct assay_conv2d *d = f->d;
    int32_t sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    const char *head = conv2d_head(f, t->group, p);
    const int64_t columns = conv2d_columns(f, p);
    const int32_t terms = (int32_t)assay_conv2d_depth(d);
    const struct tile tile = {.rows = t->rows,
                              .offsets = f->offsets,
                              .segments = f->segments,
                              .length = f->length,
                              .weights = (const uint8_t *)head + 12 * TILE_N,
                              .sums = sums};
    tile_run(&tile, t->m, columns);
    for (int64_t i = 0; i < t->m; i++) {
        if (f->strips.copied)
            conv2d_correct(f, t, i, p, sums + i * TILE_N);
        gemm_b1_finish(&f->requantize, head, sums + i * TILE_N, terms, d->bias,
                       f->call->output,
                       (t->pixel + i) * d->k + t->group * f->outputs +
                           p * TILE_N,
                       columns);
    }
}

static void conv2d_b1(const struct assay_cpu_call *call)
{
    conv2d_whole(call, (struct assay_conv2d_elements){
                           call->problem->as.conv2d.c / 32, 4, 4, false});
}
