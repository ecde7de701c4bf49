/* SPDX-License-Identifier: Apache-2.0 */
#include "kernels/depthwise/depthwise_pack.h"

#include <string.h>

/* One row of channels, padded with zeros; NULL is a row of zeros. */
static void row(const float *from, int64_t c, int64_t padded, float *to)
{
    const size_t used = from ? (size_t)c : 0;
    if (from)
        memcpy(to, from, used * sizeof *to);
    memset(to + used, 0, ((size_t)padded - used) * sizeof *to);
}

void assay_depthwise_pack_f32(const struct assay_depthwise *d, const float *w,
                              const float *bias, unsigned width, float *packed)
{
    const int64_t padded = assay_round_up(d->c, width);
    row(bias, d->c, padded, packed);
    for (int64_t tap = 0; tap < d->r * d->s; tap++)
        row(w + tap * d->c, d->c, padded, packed + (tap + 1) * padded);
}
