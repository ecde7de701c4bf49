/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_words.h"

#include <string.h>

#include "kernels/quantized_table.h"

void assay_conv2d_words_set(struct assay_conv2d_words *words,
                            const struct assay_row *row,
                            const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const bool bits = problem->dtype == ASSAY_B1;
    const bool plain = strcmp(row->variant, "ref") == 0;
    const bool vnni = (row->isa & ASSAY_ISA_VNNI) != 0;
    const bool four =
        vnni || (row->isa & ASSAY_ISA_NEON_DOT) || row->api != ASSAY_API_CPU;
    const int64_t depth = d->c / d->groups / (bits ? 32 : 1);
    const int64_t outputs = d->k / d->groups;
    words->q = d->q;
    /* There x is the factor without a sign, x + 128. */
    if (vnni)
        words->q.x_zero += 128;
    words->by_row =
        d->dil_w == 1 && d->groups == 1 && row->api == ASSAY_API_CPU;
    words->panels = (struct assay_word_panels){
        .q = &words->q,
        .n = outputs,
        .segments = words->by_row ? d->r : d->r * d->s,
        .length = words->by_row ? d->s * depth : depth,
        .width = row->tile_n,
        .group = bits || plain ? 1
                 : four        ? 4
                               : 2,
        .bits = bits,
        .plain = plain,
    };
    words->halves = bits && !plain ? d->groups * d->r * d->s *
                                         assay_round_up(outputs, row->tile_n)
                                   : 0;
}

static bool is_float(const struct assay_problem *problem)
{
    return problem->dtype == ASSAY_F32 || problem->dtype == ASSAY_F16;
}

size_t assay_conv2d_packed_bytes(const struct assay_row *row,
                                 const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    if (is_float(problem))
        return assay_conv2d_packed_floats(d, row->tile_n) * sizeof(float);
    struct assay_conv2d_words words;
    assay_conv2d_words_set(&words, row, problem);
    return (size_t)d->groups * assay_word_packed_bytes(&words.panels) +
           (size_t)words.halves * sizeof(int32_t);
}

/* half of one tap and output. */
static int32_t half_of(const uint32_t *w, int64_t words)
{
    int32_t half = (int32_t)(words * 16);
    for (int64_t i = 0; i < words; i++)
        half -= __builtin_popcount(w[i]);
    return half;
}

static void pack_halves(const struct assay_conv2d *d, const uint32_t *w,
                        unsigned width, int32_t *half)
{
    const int64_t taps = d->r * d->s, words = d->c / d->groups / 32;
    const int64_t outputs = d->k / d->groups;
    for (int64_t o = 0; o < d->k; o++) {
        const int64_t in = o % outputs;
        int32_t *to = half + (o / outputs * assay_round_up(outputs, width) +
                              in / width * width) *
                                 taps;
        for (int64_t t = 0; t < taps; t++)
            to[t * width + in % width] =
                half_of(w + (o * taps + t) * words, words);
    }
}

/* Constant `which` from element `first` on; NULL stays NULL. */
static const void *from(const void *const *constants, unsigned which,
                        int64_t first, size_t bytes)
{
    const char *array = constants[which];
    return array ? array + (size_t)first * bytes : NULL;
}

void assay_conv2d_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    if (is_float(problem)) {
        assay_conv2d_pack_floats(d, problem->dtype, constants[0], constants[1],
                                 row->tile_n, packed);
        return;
    }
    struct assay_conv2d_words words;
    assay_conv2d_words_set(&words, row, problem);
    const bool bits = problem->dtype == ASSAY_B1;
    const int64_t outputs = d->k / d->groups;
    const int64_t depth = words.panels.segments * words.panels.length;
    char *to = packed;
    memset(packed, 0, assay_conv2d_packed_bytes(row, problem));
    for (int64_t g = 0; g < d->groups; g++) {
        const int64_t o = g * outputs;
        const void *parts[ASSAY_QUANTIZED_CONSTANTS] = {
            [ASSAY_QUANTIZED_W] =
                from(constants, ASSAY_QUANTIZED_W, o * depth, bits ? 4 : 1),
            [ASSAY_QUANTIZED_BIAS] =
                from(constants, ASSAY_QUANTIZED_BIAS, o, 4),
            [ASSAY_QUANTIZED_SCALE] =
                from(constants, ASSAY_QUANTIZED_SCALE, o, 4),
            [ASSAY_QUANTIZED_WZERO] =
                from(constants, ASSAY_QUANTIZED_WZERO, o, 1),
            [ASSAY_QUANTIZED_THRESHOLD] =
                from(constants, ASSAY_QUANTIZED_THRESHOLD, o, 4),
            [ASSAY_QUANTIZED_FLIP] =
                from(constants, ASSAY_QUANTIZED_FLIP, o / 32, 4),
        };
        assay_word_pack(&words.panels, parts, to);
        to += assay_word_packed_bytes(&words.panels);
    }
    if (words.halves)
        pack_halves(d, constants[ASSAY_QUANTIZED_W], row->tile_n,
                    (int32_t *)(void *)to);
}
