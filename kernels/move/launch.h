/* SPDX-License-Identifier: Apache-2.0
 *
 * How the device rows of the moving ops are started. They move units: elements,
 * or as many of them as always go together, up to 16 bytes.
 */
#ifndef ASSAY_KERNELS_MOVE_LAUNCH_H
#define ASSAY_KERNELS_MOVE_LAUNCH_H

#include "kernels/launch.h"
#include "kernels/move/move.h"

assay_launch_function assay_concat_launch;
assay_launch_function assay_gather_launch;
assay_launch_function assay_pad_launch;
assay_launch_function assay_slice_launch;

/* Bytes of a unit: 16 or 4 if all n sizes and distances, in elements, are
 * whole numbers of it, else those of an element. */
int64_t assay_move_unit(enum assay_dtype dtype, const int64_t *sizes, size_t n);

/* Groups, the first words (n, the units of y; in OpenCL the chunk of a
 * work-item) and spec[0], the bytes of a unit. A Vulkan invocation writes 16
 * bytes. */
void assay_move_launch(const struct assay_row *row, int64_t n, int64_t unit,
                       struct assay_launch *launch);

/* All of the launch of a move, collapsed, by move/strided.cl or .glsl. */
void assay_move_launch_strided(const struct assay_row *row,
                               enum assay_dtype dtype,
                               const struct assay_move *move,
                               struct assay_launch *launch);

#endif
