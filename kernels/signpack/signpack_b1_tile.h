/* SPDX-License-Identifier: Apache-2.0
 *
 * Signs as bits for one ISA level: the including file defines KERNEL as its
 * symbol. A word is 32 comparisons, whose masks AVX-512 has ready and the
 * others gather from the lanes' top bits; since rows are whole words, they are
 * one line. Bound by memory. No alignment needed, no tails. Threads take spans
 * of whole cache lines of y. Equal to the reference.
 */
#include "kernels/act_vector.h"
#include "kernels/kernel.h"
#include "kernels/split.h"

assay_cpu_function KERNEL;

ASSAY_INLINE uint32_t word_f32(const float *x)
{
    uint32_t word = 0;
    for (int i = 0; i < 32; i += ASSAY_VF_LANES) {
        const assay_vf v = assay_vf_load(x + i);
#if defined(__AVX512F__)
        const uint32_t bits =
            _mm512_cmp_ps_mask((__m512)v, _mm512_setzero_ps(), _CMP_LT_OQ);
#elif defined(__AVX2__)
        const uint32_t bits = (uint32_t)_mm256_movemask_ps(
            _mm256_cmp_ps((__m256)v, _mm256_setzero_ps(), _CMP_LT_OQ));
#elif defined(__SSE2__)
        const uint32_t bits = (uint32_t)_mm_movemask_ps(
            _mm_cmplt_ps((__m128)v, _mm_setzero_ps()));
#else
        uint32_t bits = 0;
        for (int j = 0; j < ASSAY_VF_LANES; j++)
            bits |= (uint32_t)(v[j] < 0) << j;
#endif
        word |= bits << i;
    }
    return word;
}

ASSAY_INLINE uint32_t word_s8(const int8_t *x, int8_t zero)
{
#if defined(__AVX512F__)
    return _mm256_cmplt_epi8_mask(
        _mm256_loadu_si256((const __m256i *)(const void *)x),
        _mm256_set1_epi8(zero));
#elif defined(__AVX2__)
    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpgt_epi8(
        _mm256_set1_epi8(zero),
        _mm256_loadu_si256((const __m256i *)(const void *)x)));
#elif defined(__SSE2__)
    const __m128i *from = (const __m128i *)(const void *)x;
    const __m128i border = _mm_set1_epi8(zero);
    const int low =
        _mm_movemask_epi8(_mm_cmplt_epi8(_mm_loadu_si128(from), border));
    const int high =
        _mm_movemask_epi8(_mm_cmplt_epi8(_mm_loadu_si128(from + 1), border));
    return (uint32_t)low | (uint32_t)high << 16;
#else
    uint32_t word = 0;
    for (int j = 0; j < 32; j++)
        word |= (uint32_t)(x[j] < zero) << j;
    return word;
#endif
}

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_signpack *d = &call->problem->as.signpack;
    const struct assay_range span = assay_split_units(
        d->rows * d->cols / 32, 16, call->threads, call->thread);
    uint32_t *y = call->output;
    if (d->from == ASSAY_SIGNPACK_F32) {
        const float *x = call->inputs[0];
        for (int64_t i = span.begin; i < span.end; i++)
            y[i] = word_f32(x + 32 * i);
    } else {
        const int8_t *x = call->inputs[0];
        for (int64_t i = span.begin; i < span.end; i++)
            y[i] = word_s8(x + 32 * i, (int8_t)d->zero);
    }
}
