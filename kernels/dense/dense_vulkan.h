/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting the Vulkan GEMMs that dense and conv2d share.
 */
#ifndef ASSAY_KERNELS_DENSE_VULKAN_H
#define ASSAY_KERNELS_DENSE_VULKAN_H

#include "kernels/kernel.h"

/* Work-groups, and for CPU drivers the next three spec values (ROWS, COLS and
 * VECTOR of gemm_cpu.glsl), for `groups` products of rows x columns, each a sum
 * of `depth`; `vector`: y allows vec4 stores. UNSUPPORTED for subgroups that
 * are not 4, 8 or 16, and for sums too long. */
enum assay_status assay_gemm_vulkan(const struct assay_row *row, int64_t rows,
                                    int64_t columns, int64_t depth,
                                    int64_t groups, bool vector,
                                    struct assay_launch *launch);

#endif
