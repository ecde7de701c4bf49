/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, s8, around a register tile of gemm_s32_tile.h: strips of bytes where
 * words hold four elements (u8, x + 128, for VNNI), of s16 where they hold two,
 * with x_zero outside the image, so that padding adds what the packed bias
 * takes away. Packed weights: conv2d_words.h with width TILE_N.
 */
#include "kernels/requantize.h"

#define CONV2D_UNIT 1
typedef tile_word conv2d_word;
#include "kernels/conv2d/conv2d_whole_tile.h"
#include "kernels/dense/gemm_words_finish.h"

#ifdef TILE_UNSIGNED_X
typedef uint8_t conv2d_element;
#define CONV2D_OFFSET 128
#elif TILE_GROUP == 4
typedef int8_t conv2d_element;
#define CONV2D_OFFSET 0
#else
typedef int16_t conv2d_element;
#define CONV2D_OFFSET 0
#endif

static void conv2d_take(void *to, const void *from, int64_t n)
{
    conv2d_element *out = to;
    const int8_t *x = from;
    for (int64_t i = 0; i < n; i++)
        out[i] = (conv2d_element)(x[i] + CONV2D_OFFSET);
}

static void conv2d_zero(void *to, int64_t n, const struct assay_conv2d *d)
{
    conv2d_element *out = to;
    for (int64_t i = 0; i < n; i++)
        out[i] = (conv2d_element)(d->q.x_zero + CONV2D_OFFSET);
}

static const struct assay_conv2d_filler conv2d_filler = {conv2d_take,
                                                         conv2d_zero};

static void conv2d_begin(struct conv2d_frame *f)
{
    const int64_t words = f->segments * tile_pieces(f->length, TILE_GROUP);
    f->panel_bytes = (size_t)(words * TILE_BYTES + 12) * TILE_N;
    f->requantize = assay_requantize_make(ASSAY_S8, &f->d->q);
}

/* What the elements of one window add up to. */
static int32_t conv2d_sum(const struct conv2d_frame *f, const char *row)
{
    int32_t sum = 0;
    for (int64_t s = 0; s < f->segments; s++) {
        const conv2d_element *x =
            (const conv2d_element *)(const void *)(row + f->offsets[s]);
        for (int64_t i = 0; i < f->length; i++)
            sum += x[i];
    }
    return sum;
}

static void conv2d_panel(const struct conv2d_frame *f,
                         const struct conv2d_tile *t, int64_t p)
{
    int32_t sums[TILE_M * TILE_N] __attribute__((aligned(64)));
    const char *head = conv2d_head(f, t->group, p);
    const int64_t columns = conv2d_columns(f, p);
    const struct tile tile = {.rows = t->rows,
                              .offsets = f->offsets,
                              .segments = f->segments,
                              .length = tile_pieces(f->length, TILE_GROUP),
                              .weights = (const uint8_t *)head + 12 * TILE_N,
                              .sums = sums};
    tile_run(&tile, t->m, columns);
    int32_t row_sums[TILE_M];
    for (int64_t i = 0; f->d->q.wzero && i < t->m; i++)
        row_sums[i] = conv2d_sum(f, (const char *)t->rows[i]);
    gemm_s8_finish(&f->requantize, head, sums, f->d->q.wzero ? row_sums : NULL,
                   f->call->output,
                   t->pixel * f->d->k + t->group * f->outputs + p * TILE_N,
                   f->d->k, t->m, columns);
}

static void conv2d_s8(const struct assay_cpu_call *call)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    conv2d_whole(call, (struct assay_conv2d_elements){
                           d->c, sizeof(conv2d_element), 1, true});
}
