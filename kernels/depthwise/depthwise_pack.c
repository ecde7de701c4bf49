/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/depthwise/depthwise_pack.h"

#include <string.h>

#include "kernels/half.h"
#include "kernels/quantized_table.h"

enum { PLAIN_HEAD = 3, HEAD = 2 }; /* rows before the weights */

static bool is_reference(const struct assay_row *row)
{
    return strcmp(row->variant, "ref") == 0;
}

size_t assay_depthwise_packed_bytes(const struct assay_row *row,
                                    const struct assay_problem *problem)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const size_t padded = (size_t)assay_round_up(d->c, row->tile_n);
    const size_t taps = (size_t)(d->r * d->s);
    if (problem->dtype != ASSAY_S8)
        return (taps + 1) * padded * sizeof(float);
    if (is_reference(row))
        return (taps + PLAIN_HEAD) * padded * sizeof(int32_t);
    return ((HEAD * sizeof(int32_t) + taps * sizeof(int16_t)) * padded + 3) &
           ~(size_t)3;
}

/* One row of channels; NULL leaves zeros. */
static void floats(enum assay_dtype type, const void *from, int64_t first,
                   int64_t c, float *to)
{
    for (int64_t i = 0; from && i < c; i++)
        to[i] = type == ASSAY_F16
                    ? assay_half_to_float(((const uint16_t *)from)[first + i])
                    : ((const float *)from)[first + i];
}

static void pack_floats(const struct assay_row *row,
                        const struct assay_problem *problem,
                        const void *const *constants, float *to)
{
    const struct assay_depthwise *d = &problem->as.depthwise;
    const int64_t padded = assay_round_up(d->c, row->tile_n);
    floats(problem->dtype, constants[ASSAY_QUANTIZED_BIAS], 0, d->c, to);
    for (int64_t tap = 0; tap < d->r * d->s; tap++)
        floats(problem->dtype, constants[ASSAY_QUANTIZED_W], tap * d->c, d->c,
               to + (tap + 1) * padded);
}

static void pack_s8(const struct assay_row *row,
                    const struct assay_depthwise *d,
                    const void *const *constants, int32_t *to)
{
    const int64_t padded = assay_round_up(d->c, row->tile_n);
    const int8_t *w = constants[ASSAY_QUANTIZED_W];
    const int32_t *bias = constants[ASSAY_QUANTIZED_BIAS];
    const float *scale = constants[ASSAY_QUANTIZED_SCALE];
    const int8_t *wzero = constants[ASSAY_QUANTIZED_WZERO];
    int16_t *differences = (int16_t *)(to + HEAD * padded);
    for (int64_t i = 0; i < d->c; i++) {
        const int32_t zero = wzero ? wzero[i] : 0;
        to[i] = bias ? bias[i] : 0;
        if (scale)
            memcpy(to + padded + i, scale + i, sizeof *scale);
        if (is_reference(row))
            to[2 * padded + i] = zero;
        for (int64_t tap = 0; tap < d->r * d->s; tap++) {
            const int32_t weight = w[tap * d->c + i];
            if (is_reference(row))
                to[(PLAIN_HEAD + tap) * padded + i] = weight;
            else
                differences[tap * padded + i] = (int16_t)(weight - zero);
        }
    }
}

void assay_depthwise_pack(const struct assay_row *row,
                          const struct assay_problem *problem,
                          const void *const *constants, void *packed)
{
    memset(packed, 0, assay_depthwise_packed_bytes(row, problem));
    if (problem->dtype == ASSAY_S8)
        pack_s8(row, &problem->as.depthwise, constants, packed);
    else
        pack_floats(row, problem, constants, packed);
}
