/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, f32, NEON (AArch64). f32 accumulators. Tiles and
 * blocking: depthwise_f32_tile.h and depthwise_tile.h; contract: depthwise.h.
 * Arrays need no alignment. Deviates from the reference by rounding only. Row:
 * depthwise.def; test: test_kernels.c.
 */
#include "kernels/depthwise/depthwise_f32_tile.h"

void assay_depthwise_f32_neon(const struct assay_cpu_call *call);

void assay_depthwise_f32_neon(const struct assay_cpu_call *call)
{
    depthwise_run(call);
}
