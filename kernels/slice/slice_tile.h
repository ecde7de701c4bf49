/* SPDX-License-Identifier: Apache-2.0
 *
 * Slice for one ISA level and size of element: the including file defines
 * KERNEL as its symbol and ELEMENT as an unsigned type of the size. Axes are
 * joined where they lie as one, then lines are copied (move/lines.h). No
 * alignment needed. Deviation: none, elements are copied.
 */
#include "kernels/move/lines.h"

assay_cpu_function KERNEL;

void KERNEL(const struct assay_cpu_call *call)
{
    struct assay_move move;
    assay_slice_move(&call->problem->as.slice, &move);
    move_lines(&move, call->inputs[0], call->output, call->threads,
               call->thread);
}
