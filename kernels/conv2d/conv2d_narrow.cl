/* SPDX-License-Identifier: Apache-2.0
 *
 * Conv2d through gemm_narrow.cl, which the includer has included: pieces of the
 * windows of TILE_M pixels, as f32 in private memory. After conv2d_pixels.cl.
 */

/* Elements first … first + count - 1 of each pixel's window, over [r][s]
 * [channel]; `outside` stands for x outside the image. */
static inline void narrow_windows(float xs[TILE_M][DEPTH],
                                  const struct pixel *pixels,
                                  const struct conv2d d, const uint first,
                                  const uint count, const float outside)
{
    for (uint t = 0; t < count;) {
        const uint tap = (first + t) / d.cg, channel = (first + t) % d.cg;
        const uint n = min(d.cg - channel, count - t);
        for (uint i = 0; i < TILE_M; i++) {
            __global const X *a = tap_of(pixels[i], d, tap);
            uint j = 0;
            if (a) {
                a += channel;
                for (; j + 16 <= n; j += 16)
                    vstore16(x_load16(a + j), 0, xs[i] + t + j);
                for (; j < n; j++)
                    xs[i][t + j] = x_load(a + j);
            } else {
                for (; j < n; j++)
                    xs[i][t + j] = outside;
            }
        }
        t += n;
    }
}
