/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernels/dense/dense_pack.h"
#include "kernels/quantized_table.h"

static size_t word_bytes(const struct assay_word_panels *p)
{
    return p->bits ? sizeof(uint32_t) : p->group;
}

static int64_t words_of(const struct assay_word_panels *p)
{
    return (p->length + p->group - 1) / p->group;
}

size_t assay_word_panel_bytes(const struct assay_word_panels *p)
{
    const size_t bytes =
        p->width * (3 * sizeof(uint32_t) +
                    (size_t)(p->segments * words_of(p)) * word_bytes(p));
    return (bytes + 3) & ~(size_t)3;
}

size_t assay_word_packed_bytes(const struct assay_word_panels *p)
{
    return (size_t)((p->n + p->width - 1) / p->width) *
           assay_word_panel_bytes(p);
}

/* Column j of its panel, output `row`. */
static void head_s8(const struct assay_word_panels *p,
                    const void *const *constants, int64_t row, uint8_t *panel,
                    int64_t j)
{
    const int8_t *w = constants[ASSAY_QUANTIZED_W];
    const int32_t *bias = constants[ASSAY_QUANTIZED_BIAS];
    const float *scale = constants[ASSAY_QUANTIZED_SCALE];
    const int8_t *wzero = constants[ASSAY_QUANTIZED_WZERO];
    const int64_t terms = p->segments * p->length;
    int64_t add = bias ? bias[row] : 0, zero = wzero ? wzero[row] : 0;
    if (!p->plain) {
        int64_t sum = 0;
        for (int64_t i = 0; i < terms; i++)
            sum += w[row * terms + i];
        add += p->q->x_zero * (terms * zero - sum);
        zero += p->offset;
    }
    /* The sums of a row wrap around, as may this; their total does not. */
    const uint32_t words[] = {(uint32_t)(uint64_t)add, 0,
                              (uint32_t)(uint64_t)zero};
    for (int64_t i = 0; i < 3; i++)
        memcpy(panel + (i * p->width + j) * 4, &words[i], 4);
    if (scale)
        memcpy(panel + (p->width + j) * 4, &scale[row], 4);
}

static void head_b1(const struct assay_word_panels *p,
                    const void *const *constants, int64_t row, uint8_t *panel,
                    int64_t j)
{
    const float *bias = constants[ASSAY_QUANTIZED_BIAS];
    const float *scale = constants[ASSAY_QUANTIZED_SCALE];
    const int32_t *threshold = constants[ASSAY_QUANTIZED_THRESHOLD];
    const uint32_t *flips = constants[ASSAY_QUANTIZED_FLIP];
    uint8_t *first = panel + j * 4, *second = first + p->width * 4;
    uint8_t *third = second + p->width * 4;
    if (bias)
        memcpy(first, &bias[row], 4);
    if (scale)
        memcpy(second, &scale[row], 4);
    if (!threshold)
        return;
    const uint32_t flip = flips[row / 32] >> row % 32 & 1 ? 0xffffffff : 0;
    int64_t limit = threshold[row];
    if (!p->plain) {
        const int64_t k = p->segments * p->length * 32;
        const int64_t twice = k - limit;
        limit = twice < 0 ? -1 : twice / 2 > k ? k : twice / 2;
    }
    const int32_t word = (int32_t)limit;
    memcpy(first, &word, 4);
    memcpy(third, &flip, 4);
}

void assay_word_pack(const struct assay_word_panels *p,
                     const void *const *constants, void *packed)
{
    const size_t bytes = assay_word_panel_bytes(p);
    const int64_t words = words_of(p), terms = p->segments * p->length;
    const uint8_t *s8 = constants[ASSAY_QUANTIZED_W];
    const uint32_t *b1 = constants[ASSAY_QUANTIZED_W];
    uint8_t *panel = packed;
    memset(packed, 0, assay_word_packed_bytes(p));
    for (int64_t row = 0; row < p->n; row++) {
        const int64_t j = row % p->width;
        if (p->bits)
            head_b1(p, constants, row, panel, j);
        else
            head_s8(p, constants, row, panel, j);
        uint8_t *to = panel + p->width * 3 * sizeof(uint32_t);
        for (int64_t i = 0; i < terms; i++) {
            const int64_t in = i % p->length;
            const int64_t word = i / p->length * words + in / p->group;
            const int64_t at = word * p->width + j;
            if (p->bits)
                memcpy(to + at * 4, &b1[row * terms + i], 4);
            else
                to[at * p->group + in % p->group] =
                    (uint8_t)(s8[row * terms + i] + p->offset);
        }
        if (j == p->width - 1)
            panel += bytes;
    }
}
