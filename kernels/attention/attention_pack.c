/* SPDX-License-Identifier: Apache-2.0
 *
 * The constants of s8 attention, and the scratch of the CPU rows.
 *
 * exp[i] is 255 exp(-i / 41) to the nearest: entry 255 and all beyond would be
 * 0.5 and less, so the exponent that a u8 can tell from nothing, ln 510 = 6.23,
 * just fits. t = difference * scale_qk * 41 is taken with as many bits as the
 * product leaves: differences beyond `limit` have an index of 255 or more.
 */
#include "kernels/attention/attention_rows.h"
#include "kernels/attention/attention_scratch.h"

#define STEPS 41.0 /* indices for 1 in the exponent */

void assay_attention_pack_s8(const struct assay_attention *d,
                             struct assay_attention_packed *packed)
{
    const double factor = d->scale_qk * STEPS; /* index of a difference */
    const double most = 32768.0 * (double)d->d;
    double limit = ceil(256 / factor);
    limit = limit > most ? most : limit;
    /* (limit * multiplier + half) must fit 32 bits. */
    int shift = 31;
    while (limit * rint(ldexp(factor, shift)) + ldexp(0.5, shift) >= 0x1p32)
        shift--;
    packed->limit = (uint32_t)limit;
    packed->multiplier = (uint32_t)rint(ldexp(factor, shift));
    packed->half = shift ? 1u << (shift - 1) : 0;
    packed->shift = (uint32_t)shift;
    packed->scale = (float)(d->scale_out / 65536);
    for (int i = 0; i < 255; i++)
        packed->exp[i] = (uint32_t)rint(255 * exp(-i / STEPS));
    packed->exp[255] = 0;
}

size_t assay_attention_scratch_bytes(const struct assay_row *row,
                                     const struct assay_problem *problem)
{
    const struct assay_attention *d = &problem->as.attention;
    if (row->tile_m == 1)
        return (size_t)d->skv * sizeof(double);
    if (problem->dtype == ASSAY_S8) {
        const unsigned group = row->isa & ASSAY_ISA_VNNI ? 4 : 2;
        return (size_t)assay_attention_s8_blocks(d, row->tile_m, row->tile_n,
                                                 group)
            .at[9];
    }
    const struct assay_attention_blocks blocks =
        assay_attention_blocks(d, row->tile_m, row->tile_n);
    return (size_t)assay_attention_block_floats(&blocks) * sizeof(float);
}
