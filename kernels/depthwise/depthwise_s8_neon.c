/* SPDX-License-Identifier: Apache-2.0
 *
 * Depthwise convolution, s8, NEON (AArch64). int32 sums. Tiles and blocking:
 * depthwise_s8_tile.h and depthwise_tile.h; contract: depthwise.h and
 * quantized.h. Arrays need no alignment. Equal to the reference to the bit.
 * Row: depthwise.def; test: test_kernels.c.
 */
#include "kernels/depthwise/depthwise_s8_tile.h"

void assay_depthwise_s8_neon(const struct assay_cpu_call *call);

void assay_depthwise_s8_neon(const struct assay_cpu_call *call)
{
    depthwise_run(call);
}
