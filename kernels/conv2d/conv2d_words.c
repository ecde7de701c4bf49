/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/conv2d/conv2d_words.h"

#include <string.h>

#include "kernels/dense/dense_words.h"
#include "kernels/quantized_table.h"

void assay_conv2d_words_set(struct assay_conv2d_words *words,
                            const struct assay_row *row,
                            const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const bool bits = problem->dtype == ASSAY_B1;
    const bool plain = strcmp(row->variant, "ref") == 0;
    const bool vnni = (row->isa & ASSAY_ISA_VNNI) != 0;
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
        .group = assay_word_group(row),
        .bits = bits,
        .plain = plain,
    };
    words->halves = bits && !plain ? d->groups * d->r * d->s *
                                         assay_round_up(outputs, row->tile_n)
                                   : 0;
}

size_t assay_conv2d_group_bytes(const struct assay_row *row,
                                const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const size_t outputs = (size_t)(d->k / d->groups);
    if (problem->dtype == ASSAY_F32 || assay_dense_is_wide(row))
        return assay_conv2d_group_floats(d, row->tile_n) * sizeof(float);
    if (problem->dtype == ASSAY_F16)
        return (outputs + row->tile_n - 1) / row->tile_n *
               assay_dense_panel_bytes_f16(assay_conv2d_depth(d), row->tile_n);
    struct assay_conv2d_words words;
    assay_conv2d_words_set(&words, row, problem);
    return assay_word_packed_bytes(&words.panels);
}

size_t assay_conv2d_packed_bytes(const struct assay_row *row,
                                 const struct assay_problem *problem)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const size_t groups =
        (size_t)d->groups * assay_conv2d_group_bytes(row, problem);
    if (problem->dtype == ASSAY_F32)
        return groups + (size_t)(d->c / d->groups) * sizeof(float);
    if (problem->dtype == ASSAY_F16)
        return groups;
    struct assay_conv2d_words words;
    assay_conv2d_words_set(&words, row, problem);
    return groups + (size_t)words.halves * sizeof(int32_t);
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

static void pack_floats(const struct assay_row *row,
                        const struct assay_problem *problem,
                        const void *const *constants, void *packed)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    const int64_t outputs = d->k / d->groups;
    const int64_t depth = assay_conv2d_depth(d);
    const size_t bytes = assay_dtype_bytes(problem->dtype);
    char *to = packed;
    for (int64_t g = 0; g < d->groups; g++) {
        const void *w =
            from(constants, ASSAY_QUANTIZED_W, g * outputs * depth, bytes);
        const void *bias =
            from(constants, ASSAY_QUANTIZED_BIAS, g * outputs, bytes);
        void *group = to;
        if (problem->dtype == ASSAY_F32)
            assay_dense_pack_f32(w, bias, outputs, depth, row->tile_n, group);
        else if (assay_dense_is_wide(row))
            assay_dense_pack_f16_wide(w, bias, outputs, depth, row->tile_n,
                                      group);
        else
            assay_dense_pack_f16(w, bias, outputs, depth, row->tile_n, group);
        to += assay_conv2d_group_bytes(row, problem);
    }
    if (problem->dtype == ASSAY_F32)
        memset(to, 0, (size_t)(d->c / d->groups) * bytes);
}

void assay_conv2d_pack(const struct assay_row *row,
                       const struct assay_problem *problem,
                       const void *const *constants, void *packed)
{
    const struct assay_conv2d *d = &problem->as.conv2d;
    if (problem->dtype == ASSAY_F32 || problem->dtype == ASSAY_F16) {
        pack_floats(row, problem, constants, packed);
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
