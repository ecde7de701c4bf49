/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d, b1: where in w the `half` of conv2d_words.h stand, and which taps of a
 * window they are for. After conv2d_rows.glsl.
 */

/* Word before half[0][0][j % width] of column j of a group; columns beyond the
 * last panel have that of the last. */
uint half_first(uint group, uint j)
{
    const uint last = (columns - 1u) / width, taps = depth / uint(group_c);
    return groups * group_size +
           (group * (last + 1u) + min(j / width, last)) * taps * width +
           j % width;
}

/* Whether tap `tap` of a window that starts at row t, column l is outside the
 * image. */
bool half_wanted(int tap, int t, int l)
{
    return uint(t + tap / s * dil_h) >= uint(h) ||
           uint(l + tap % s * dil_w) >= uint(w_in);
}
