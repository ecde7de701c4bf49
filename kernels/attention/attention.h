/* SPDX-License-Identifier: Apache-2.0
 *
 * Attention of many heads, queries in groups that share keys and values:
 *
 *     s[i][j] = scale * sum_c q[b][i][h][c] * k[b][j][h / (hq / hkv)][c]
 *     y[b][i][h][c] = sum_j p[i][j] * v[b][j][h / (hq / hkv)][c]
 *     p[i][j] = exp(s[i][j]) / sum_l exp(s[i][l]), over visible keys only
 *
 * Arrays: q [batch][sq][hq][d], k and v [batch][skv][hkv][d] inputs; the
 * pattern [ceil(sq / block)][ceil(skv / block)] of u8 constant, absent if
 * block is 0; y [batch][sq][hq][d] output. hkv divides hq. No two arrays
 * overlap, all values are finite.
 *
 * Query i stands at key at = i + skv - sq: the last query at the last key. It
 * sees key j where all hold that apply:
 *   causal   j <= at
 *   window   at - window < j and j < at + window
 *   block    pattern[i / block][j / block] is 1
 * A query that sees no key gives zeros. `scale` 0 stands for 1 / sqrt(d).
 *
 * f32, f16: as above, in f32.
 *
 * s8: q, k, v are s8 without zero points, all sums exact integers. scale_qk is
 * the real factor of an integer score, scale_q * scale_k * scale (`scale`
 * itself is not used); scale_out that of the mean of v, scale_v for an f32
 * output, scale_v / scale_y for one in s8 with zero point y_zero. With the
 * largest visible score `top` of a query, and from attention_pack.h the words
 * limit, multiplier, half, shift and the table exp[256]:
 *
 *     t = (min(top - s, limit) * multiplier + half) >> shift, all u32
 *     p = exp[min(t, 255)]                     0 to 255: 255 exp(s - top)
 *     mean = sum_j p v * 65536 / sum_j p       integer division, towards 0
 *     f32: y = (float)mean * (float)(scale_out / 65536)
 *     s8:  y = clamp(rint of that + y_zero, -128, 127), rint to nearest even
 *
 * Then sum_j p < 2^24 and |sum_j p v| < 2^31 (skv is at most 65536), |mean| <=
 * 2^23 is exact in f32, and every backend agrees to the bit. An index stands
 * for 1/41 in the exponent, rounded, so a p is off by 1.3 % or half a unit: of
 * keys that weigh less than 1/510 of the heaviest nothing is left. Where scores
 * deviate by up to 1, means of v are off by 0.4 of 127 at most, 0.08 rms; by 2
 * to 4, where many light keys are lost, 5 and 0.7
 * (test_reference_attention.c).
 *
 * Method: online softmax (Milakov and Gimelshein, arXiv 1805.02867), fused and
 * blocked (Dao et al., FlashAttention, arXiv 2205.14135).
 */
#ifndef ASSAY_KERNELS_ATTENTION_H
#define ASSAY_KERNELS_ATTENTION_H

#include <stdint.h>

/* Element type of the output of an s8 problem. */
enum assay_attention_output {
    ASSAY_ATTENTION_F32,
    ASSAY_ATTENTION_S8,
    ASSAY_ATTENTION_OUTPUTS
};

struct assay_attention {
    int64_t batch, sq, skv, hq, hkv, d;
    int64_t causal; /* 0 or 1 */
    int64_t window; /* 0: none */
    int64_t block;  /* queries and keys of a block of the pattern; 0: none */
    double scale;
    double scale_qk, scale_out; /* s8 */
    int64_t output, y_zero;     /* s8: enum assay_attention_output */
    /* Not a parameter: visible pairs of a query and a key in one head, set by
     * specialize; 0 before. */
    int64_t visible;
};

#endif
