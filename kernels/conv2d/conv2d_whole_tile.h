/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d as a GEMM of output pixels by output channels over the whole depth at
 * once, for s8, b1 and f16: sums stay in registers, so that the output is
 * converted as soon as it is there. Around the register tile that the including
 * file chose (gemm_s32_tile.h, whose offsets are in bytes, or gemm_f32_tile.h,
 * in floats); no matrix of windows is built, as in conv2d_f32_tile.h. The
 * includer defines CONV2D_UNIT, the bytes that an offset counts, and
 * conv2d_word, what the tile's rows point to; then
 *   conv2d_filler      how strips are filled (conv2d_strip.h)
 *   conv2d_begin(f)    what of the frame depends on the dtype
 *   conv2d_panel(f, t, p)   tile t against panel p of its group, to y
 *
 * Blocks: strips of output rows (conv2d_strip.h); of the weights, as many
 * panels as fit the second-level cache beside a strip. Threads share rows,
 * panels or both (split.h); panels are numbered through all groups.
 */
#include "kernels/conv2d/conv2d_strip.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

/* Bytes of weights that meet a strip's tiles before the next ones. */
#define CONV2D_SLAB (512 * 1024)

/* What stays the same during one call. */
struct conv2d_frame {
    const struct assay_cpu_call *call;
    const struct assay_conv2d *d;
    struct assay_conv2d_strips strips;
    int64_t *offsets; /* of each segment, in units */
    bool by_row;      /* segments are kernel rows, else taps */
    int64_t segments;
    int64_t length;          /* of a segment, in elements of the strip */
    int64_t outputs, panels; /* of one group */
    const char *packed;
    size_t panel_bytes;
    /* For the includer. */
    struct assay_requantize requantize;
    const int32_t *halves;
};

/* Neighbouring pixels of a strip, in one group. */
struct conv2d_tile {
    const conv2d_word *rows[TILE_M]; /* the first tap of each */
    int64_t m, group;
    int64_t pixel; /* the first one, of all of y */
};

static const struct assay_conv2d_filler conv2d_filler;
static void conv2d_begin(struct conv2d_frame *f);
static void conv2d_panel(const struct conv2d_frame *f,
                         const struct conv2d_tile *t, int64_t p);

static inline const char *conv2d_head(const struct conv2d_frame *f,
                                      int64_t group, int64_t p)
{
    return f->packed + (size_t)(group * f->panels + p) * f->panel_bytes;
}

/* Outputs of panel p. */
static inline int64_t conv2d_columns(const struct conv2d_frame *f, int64_t p)
{
    const int64_t left = f->outputs - p * TILE_N;
    return left < TILE_N ? left : TILE_N;
}

static void conv2d_frame_set(struct conv2d_frame *f,
                             const struct assay_cpu_call *call,
                             struct assay_conv2d_elements elements)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    f->call = call;
    f->d = d;
    f->strips = assay_conv2d_strips(d, elements);
    f->offsets = call->scratch;
    f->packed = call->packed;
    f->by_row = d->dil_w == 1 && d->groups == 1;
    f->segments = f->by_row ? d->r : d->r * d->s;
    f->length = f->by_row ? d->s * elements.pixel : elements.pixel / d->groups;
    f->outputs = d->k / d->groups;
    f->panels = tile_pieces(f->outputs, TILE_N);
    const int64_t pitch = f->strips.pitch * elements.bytes / CONV2D_UNIT;
    const int64_t pixel = elements.pixel * elements.bytes / CONV2D_UNIT;
    for (int64_t i = 0; i < f->segments; i++)
        f->offsets[i] = f->by_row ? i * d->dil_h * pitch
                                  : i / d->s * d->dil_h * pitch +
                                        i % d->s * d->dil_w * pixel;
    conv2d_begin(f);
}

/* Panels `panels` of a group against the whole strip. */
static void conv2d_slab(const struct conv2d_frame *f,
                        const struct assay_conv2d_strip *strip, int64_t group,
                        struct assay_range panels)
{
    const struct assay_conv2d *d = f->d;
    const struct assay_conv2d_elements e = f->strips.elements;
    const int64_t out_w = f->strips.out_w, pixels = strip->rows * out_w;
    const int64_t step = d->stride_w * e.pixel * e.bytes;
    const int64_t first = group * (e.pixel / d->groups) * e.bytes;
    const int64_t tiles = tile_pieces(pixels, TILE_M);
    for (int64_t i = 0; i < tiles; i++) {
        const struct assay_range r =
            assay_split(pixels, (size_t)tiles, (size_t)i);
        struct conv2d_tile t = {.m = r.end - r.begin,
                                .group = group,
                                .pixel = strip->first * out_w + r.begin};
        int64_t row = r.begin / out_w, column = r.begin % out_w;
        for (int64_t j = 0; j < t.m; j++) {
            t.rows[j] =
                (const conv2d_word *)(const void *)(strip->base[row] +
                                                    column * step + first);
            if (++column == out_w) {
                column = 0;
                row++;
            }
        }
        for (int64_t p = panels.begin; p < panels.end; p++)
            conv2d_panel(f, &t, p);
    }
}

/* One strip against panels `mine` of all groups' panels. */
static void conv2d_strip(const struct conv2d_frame *f,
                         const struct assay_conv2d_strip *strip,
                         struct assay_range mine)
{
    const int64_t most = (int64_t)(CONV2D_SLAB / f->panel_bytes);
    for (int64_t at = mine.begin; at < mine.end;) {
        const int64_t begin = at % f->panels, in_group = f->panels - begin;
        const int64_t n = in_group < mine.end - at ? in_group : mine.end - at;
        const int64_t slabs = tile_pieces(n, most > 1 ? most : 1);
        for (int64_t i = 0; i < slabs; i++) {
            const struct assay_range r =
                assay_split(n, (size_t)slabs, (size_t)i);
            conv2d_slab(f, strip, at / f->panels,
                        (struct assay_range){begin + r.begin, begin + r.end});
        }
        at += n;
    }
}

static void conv2d_whole(const struct assay_cpu_call *call,
                         struct assay_conv2d_elements elements)
{
    struct conv2d_frame f = {0};
    conv2d_frame_set(&f, call, elements);
    const struct assay_conv2d *d = f.d;
    const int64_t rows_all = d->n * f.strips.out_h;
    const struct assay_grid grid = assay_grid_choose(
        call->threads,
        (struct assay_axis){.units = rows_all,
                            .size = 1,
                            .total = rows_all,
                            .least = tile_pieces(4, f.strips.out_w),
                            .reads = d->stride_h * f.strips.pitch},
        (struct assay_axis){.units = d->groups * f.panels,
                            .size = TILE_N,
                            .total = f.panels == 1 ? d->groups * TILE_N : d->k,
                            .least = 1,
                            .reads = (int64_t)(f.panel_bytes / 4)});
    if (call->thread >= grid.rows * grid.columns)
        return;
    const struct assay_range mine = assay_split(
        d->groups * f.panels, grid.columns, call->thread % grid.columns);
    struct assay_range rows =
        assay_split(rows_all, grid.rows, call->thread / grid.columns);
    while (rows.begin < rows.end) {
        struct assay_conv2d_strip strip;
        assay_conv2d_strip_open(d, &f.strips, &conv2d_filler, call->inputs[0],
                                rows.begin, rows.end,
                                f.offsets + assay_conv2d_offsets(d), &strip);
        conv2d_strip(&f, &strip, mine);
        rows.begin += strip.rows;
    }
}
