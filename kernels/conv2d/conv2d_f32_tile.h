/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, f32, as a GEMM of output pixels by output channels around the
 * register tile of gemm_f32_tile.h (which the including file chose). No matrix
 * of windows is built: a tile's rows are pointers to the windows' first
 * taps, and the kernel's rows (if their taps are neighbours) or else its taps
 * are segments at fixed offsets from there.
 *
 * Blocks: strips of output rows (conv2d_strip.h), in these slabs of weights as
 * in dense_f32_tile.h. Threads share rows, panels or both (split.h); panels
 * are numbered through all groups.
 * Contract: conv2d.h; packed weights: conv2d_pack.h with width TILE_N.
 */
#include "kernels/conv2d/conv2d_strip.h"
#include "kernels/dense/dense_scratch.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

/* What stays the same during one call. */
struct conv2d_frame {
    const struct assay_conv2d *d;
    struct assay_conv2d_strips strips;
    const float *packed;
    int64_t *offsets; /* of each segment */
    float *rows;      /* scratch of one tile */
    int64_t segments, length;
    int64_t outputs, panels; /* of one group */
    int64_t depth;
    int64_t deepest; /* of one pass */
};

/* A slab of one group's weights and the strip that meets it. */
struct conv2d_pass {
    const struct assay_conv2d_strip *strip;
    float *y; /* the strip's first pixel, the group's first output */
    int64_t group;
    struct assay_range panels;
    int64_t first, depth;   /* along the depth */
    int64_t segment;        /* the first one in the pass */
    const int64_t *offsets; /* of the segments in the pass */
    int64_t segments, length;
};

static void conv2d_frame_set(struct conv2d_frame *f,
                             const struct assay_cpu_call *call)
{
    const struct assay_conv2d *d = &call->problem->as.conv2d;
    const bool row = d->dil_w == 1 && d->groups == 1;
    f->d = d;
    f->strips = assay_conv2d_strips(
        d, (struct assay_conv2d_elements){d->c, 4, 4, false});
    f->packed = call->packed;
    f->rows = call->scratch;
    f->offsets = (int64_t *)(f->rows + ASSAY_DENSE_SCRATCH_FLOATS);
    f->segments = row ? d->r : d->r * d->s;
    f->length = row ? d->s * d->c : d->c / d->groups;
    f->outputs = d->k / d->groups;
    f->panels = tile_pieces(f->outputs, TILE_N);
    f->depth = assay_conv2d_depth(d);
    /* Windows of neighbours overlap, so more of them fits the cache. */
    const int64_t overlap = d->s / d->stride_w;
    f->deepest = TILE_DEPTH * (overlap < 1 ? 1 : overlap > 3 ? 3 : overlap);
    for (int64_t i = 0; i < f->segments; i++)
        f->offsets[i] = row ? i * d->dil_h * f->strips.pitch
                            : i / d->s * d->dil_h * f->strips.pitch +
                                  i % d->s * d->dil_w * d->c;
}

/* The segments of the pass that meet the image in output row `row` of the
 * strip; the others would add zeros. */
static struct assay_range conv2d_inside(const struct conv2d_frame *f,
                                        const struct conv2d_pass *pass,
                                        int64_t row)
{
    const struct assay_conv2d *d = f->d;
    const int64_t p = (pass->strip->first + row) % f->strips.out_h;
    const int64_t top = p * d->stride_h - d->pad_top;
    const int64_t a_row = f->segments / d->r; /* segments of a kernel row */
    const int64_t begin = top < 0 ? tile_pieces(-top, d->dil_h) * a_row : 0;
    const int64_t end =
        top < d->h ? ((d->h - 1 - top) / d->dil_h + 1) * a_row : 0;
    struct assay_range r = {begin - pass->segment, end - pass->segment};
    r.begin = r.begin < 0 ? 0 : r.begin;
    r.end = r.end > pass->segments ? pass->segments : r.end;
    r.end = r.end < r.begin ? r.begin : r.end;
    return r;
}

/* Pixels `pixel` to `pixel + m` of the strip against the slab's panels. */
static void conv2d_tile(const struct conv2d_frame *f,
                        const struct conv2d_pass *pass, int64_t pixel,
                        int64_t m)
{
    const struct assay_conv2d *d = f->d;
    const int64_t zero = 0;
    const int64_t step = d->stride_w * d->c;
    const float *rows[TILE_M];
    struct assay_range inside = {0, pass->segments};
    if (f->strips.copied &&
        pixel / f->strips.out_w == (pixel + m - 1) / f->strips.out_w)
        inside = conv2d_inside(f, pass, pixel / f->strips.out_w);
    struct tile t = {.rows = rows,
                     .offsets = pass->offsets + inside.begin,
                     .segments = inside.end - inside.begin,
                     .length = pass->length,
                     .y_stride = d->k};
    const bool last = pass->first + pass->depth == f->depth;
    tile_set_pass(&t, last, d->act);
    int64_t row = pixel / f->strips.out_w;
    int64_t column = pixel % f->strips.out_w;
    const int64_t group = pass->group * (d->c / d->groups);
    for (int64_t i = 0; i < m; i++) {
        rows[i] = (const float *)(const void *)pass->strip->base[row] +
                  column * step + group;
        if (++column == f->strips.out_w) {
            column = 0;
            row++;
        }
    }
    if (step % TILE_CONFLICT == 0 && m > 4 && t.segments == 1 &&
        pass->depth <= TILE_DEPTH &&
        pass->panels.end - pass->panels.begin > 1) {
        for (int64_t i = 0; i < m; i++) {
            float *to = f->rows + i * ASSAY_DENSE_ROW_FLOATS;
            memcpy(to, rows[i] + t.offsets[0],
                   (size_t)pass->depth * sizeof *to);
            rows[i] = to;
        }
        t.offsets = &zero;
    }
    const float *packed =
        f->packed + (size_t)pass->group * assay_conv2d_group_floats(d, TILE_N);
    float *y = pass->y + pixel * d->k;
    for (int64_t p = pass->panels.begin; p < pass->panels.end; p++) {
        const float *panel =
            packed + (size_t)p * assay_dense_panel_floats(f->depth, TILE_N);
        const int64_t left = f->outputs - p * TILE_N;
        t.bias = pass->first == 0 ? panel : NULL;
        t.weights =
            panel + (pass->first + inside.begin * pass->length + 1) * TILE_N;
        t.y = y + p * TILE_N;
        tile_run(&t, m, left < TILE_N ? left : TILE_N);
    }
    if (last) {
        const int64_t begin = pass->panels.begin * TILE_N;
        const int64_t end = pass->panels.end * TILE_N;
        assay_act_finish(y + begin, d->k, m,
                         (end < f->outputs ? end : f->outputs) - begin, d->act);
    }
}

/* Tiles end where rows do if rows are wide enough to fill them, for then the
 * rows of the kernel that lie outside the image can be left out. */
static void conv2d_tiles(const struct conv2d_frame *f,
                         const struct conv2d_pass *pass)
{
    const int64_t pixels = pass->strip->rows * f->strips.out_w;
    const bool by_row = f->strips.copied && 2 * f->strips.out_w >= TILE_M;
    const int64_t run = by_row ? f->strips.out_w : pixels;
    const int64_t tiles = tile_pieces(run, TILE_M);
    for (int64_t first = 0; first < pixels; first += run) {
        for (int64_t i = 0; i < tiles; i++) {
            const struct assay_range r =
                assay_split(run, (size_t)tiles, (size_t)i);
            conv2d_tile(f, pass, first + r.begin, r.end - r.begin);
        }
    }
}

/* All passes of one slab: whole segments where they are short, else pieces of
 * one segment. */
static void conv2d_slab(const struct conv2d_frame *f, struct conv2d_pass *pass)
{
    pass->first = 0;
    if (f->length > f->deepest) {
        const int64_t pieces = tile_pieces(f->length, TILE_DEPTH);
        for (int64_t s = 0; s < f->segments; s++) {
            for (int64_t i = 0; i < pieces; i++) {
                const struct assay_range r =
                    assay_split(f->length, (size_t)pieces, (size_t)i);
                const int64_t offset = f->offsets[s] + r.begin;
                pass->segment = s;
                pass->offsets = &offset;
                pass->segments = 1;
                pass->length = pass->depth = r.end - r.begin;
                conv2d_tiles(f, pass);
                pass->first += pass->depth;
            }
        }
        return;
    }
    const int64_t passes = tile_pieces(f->segments, f->deepest / f->length);
    for (int64_t i = 0; i < passes; i++) {
        const struct assay_range r =
            assay_split(f->segments, (size_t)passes, (size_t)i);
        pass->segment = r.begin;
        pass->offsets = f->offsets + r.begin;
        pass->segments = r.end - r.begin;
        pass->length = f->length;
        pass->depth = pass->segments * pass->length;
        conv2d_tiles(f, pass);
        pass->first += pass->depth;
    }
}

/* One strip against panels `mine` of all groups' panels. */
static void conv2d_strip(const struct conv2d_frame *f,
                         const struct assay_conv2d_strip *strip, float *y,
                         struct assay_range mine)
{
    const int64_t deep = f->depth < f->deepest ? f->depth : f->deepest;
    const int64_t most = TILE_WEIGHTS / (deep * TILE_N);
    for (int64_t at = mine.begin; at < mine.end;) {
        struct conv2d_pass pass = {.strip = strip, .group = at / f->panels};
        const int64_t begin = at % f->panels;
        const int64_t in_group = f->panels - begin;
        const int64_t n = in_group < mine.end - at ? in_group : mine.end - at;
        const int64_t slabs = tile_pieces(n, most > 1 ? most : 1);
        pass.y = y + pass.group * f->outputs;
        for (int64_t i = 0; i < slabs; i++) {
            const struct assay_range r =
                assay_split(n, (size_t)slabs, (size_t)i);
            pass.panels = (struct assay_range){begin + r.begin, begin + r.end};
            conv2d_slab(f, &pass);
        }
        at += n;
    }
}

static void conv2d_f32(const struct assay_cpu_call *call)
{
    static const struct assay_conv2d_filler filler = {assay_conv2d_take_words,
                                                      assay_conv2d_zero_words};
    struct conv2d_frame f;
    conv2d_frame_set(&f, call);
    const struct assay_conv2d *d = f.d;
    const int64_t least = tile_pieces(4, f.strips.out_w);
    const struct assay_grid grid = assay_grid_choose(
        call->threads,
        (struct assay_axis){.units = d->n * f.strips.out_h,
                            .size = 1,
                            .total = d->n * f.strips.out_h,
                            .least = least,
                            .reads = d->stride_h * f.strips.pitch},
        (struct assay_axis){.units = d->groups * f.panels,
                            .size = TILE_N,
                            .total = f.panels == 1 ? d->groups * TILE_N : d->k,
                            .least = 1,
                            .reads = f.depth * TILE_N});
    if (call->thread >= grid.rows * grid.columns)
        return;
    const struct assay_range mine = assay_split(
        d->groups * f.panels, grid.columns, call->thread % grid.columns);
    struct assay_range rows = assay_split(d->n * f.strips.out_h, grid.rows,
                                          call->thread / grid.columns);
    float *input = (float *)(f.offsets + assay_conv2d_offsets(d));
    while (rows.begin < rows.end) {
        struct assay_conv2d_strip strip;
        assay_conv2d_strip_open(d, &f.strips, &filler, call->inputs[0],
                                rows.begin, rows.end, input, &strip);
        conv2d_strip(&f, &strip,
                     (float *)call->output + rows.begin * f.strips.out_w * d->k,
                     mine);
        rows.begin += strip.rows;
    }
}
