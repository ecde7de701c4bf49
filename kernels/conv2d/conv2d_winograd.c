/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_winograd.h"

#include <string.h>

#include "kernels/dense/dense_pack.h"

enum { IN = ASSAY_WINOGRAD_IN, OUT = ASSAY_WINOGRAD_OUT };

bool assay_conv2d_is_winograd(const struct assay_row *row)
{
    return strstr(row->variant, "winograd") != NULL;
}

bool assay_winograd_fits(const struct assay_conv2d *d)
{
    return d->r == 3 && d->s == 3 && d->stride_h == 1 && d->stride_w == 1 &&
           d->dil_h == 1 && d->dil_w == 1 && d->groups == 1 &&
           d->c >= ASSAY_WINOGRAD_LEAST;
}

enum assay_status assay_winograd_accepts(const struct assay_row *row,
                                         const struct assay_conv2d *d)
{
    return assay_winograd_fits(d)
               ? ASSAY_OK
               : assay_fail(ASSAY_UNSUPPORTED,
                            "%s: only 3 x 3 kernels with steps of 1, one group "
                            "and at least %d channels",
                            row->symbol, ASSAY_WINOGRAD_LEAST);
}

bool assay_winograd_pays(const struct assay_row *row,
                         const struct assay_conv2d *d)
{
    const int64_t tiles = assay_winograd_tiles(d);
    const int64_t out = d->n * assay_conv2d_out_h(d) * assay_conv2d_out_w(d);
    return d->k >= 32 && tiles >= row->tile_m &&
           out * 10 >= tiles * OUT * OUT * 7;
}

double assay_winograd_flops(const struct assay_conv2d *d)
{
    /* B' d B is 12 transforms of a line, each of 20; A' M A 10 of 16. */
    const double tiles = (double)assay_winograd_tiles(d);
    const double c = (double)d->c, k = (double)d->k;
    return tiles * (2 * ASSAY_WINOGRAD_PLACES * c * k + 12 * 20 * c +
                    (10 * 16 + OUT * OUT) * k);
}

static size_t place_floats(const struct assay_row *row,
                           const struct assay_conv2d *d)
{
    return assay_dense_packed_floats(d->k, d->c, row->tile_n);
}

/* The biases are padded as M is. */
size_t assay_winograd_packed_bytes(const struct assay_row *row,
                                   const struct assay_conv2d *d)
{
    return (ASSAY_WINOGRAD_PLACES * place_floats(row, d) +
            (size_t)assay_winograd_m_pitch(d, row->tile_n) +
            (size_t)assay_winograd_v_pitch(d)) *
           sizeof(float);
}

/* Place (i, j) of G g G' for the kernel of an output and a channel, whose taps
 * are c floats apart. */
static float transformed(const float *g, int64_t c, int i, int j)
{
    static const double matrix[IN][3] = {
        {1, 0, 0},
        {-2 / 3.0, -2 / 3.0 * ASSAY_WINOGRAD_P, -1 / 3.0},
        {-2 / 3.0, 2 / 3.0 * ASSAY_WINOGRAD_P, -1 / 3.0},
        {1 / 6.0, 1 / 6.0 * ASSAY_WINOGRAD_Q, 1 / 3.0},
        {1 / 6.0, -1 / 6.0 * ASSAY_WINOGRAD_Q, 1 / 3.0},
        {0, 0, 1},
    };
    double sum = 0;
    for (int a = 0; a < 3; a++)
        for (int b = 0; b < 3; b++)
            sum += matrix[i][a] * matrix[j][b] * (double)g[(a * 3 + b) * c];
    return (float)sum;
}

void assay_winograd_pack(const struct assay_row *row,
                         const struct assay_conv2d *d, const float *w,
                         const float *bias, float *packed)
{
    const int64_t width = row->tile_n;
    const size_t panel = assay_dense_panel_floats(d->c, row->tile_n);
    const size_t bytes = assay_winograd_packed_bytes(row, d);
    memset(packed, 0, bytes);
    for (int place = 0; place < ASSAY_WINOGRAD_PLACES; place++) {
        for (int64_t k = 0; k < d->k; k++) {
            float *to =
                packed + (size_t)(k / width) * panel + width + k % width;
            for (int64_t c = 0; c < d->c; c++)
                to[c * width] = transformed(w + k * 9 * d->c + c, d->c,
                                            place / IN, place % IN);
        }
        packed += place_floats(row, d);
    }
    if (bias)
        memcpy(packed, bias, (size_t)d->k * sizeof *bias);
}

size_t assay_winograd_scratch_bytes(const struct assay_row *row,
                                    const struct assay_conv2d *d)
{
    const int64_t block = assay_winograd_block(d, row->tile_m, row->tile_n);
    return (size_t)(ASSAY_WINOGRAD_PLACES * block *
                    (assay_winograd_v_pitch(d) +
                     assay_winograd_m_pitch(d, row->tile_n))) *
           sizeof(float);
}
