/* SPDX-License-Identifier: Apache-2.0
 *
 * The OpenCL rows of slice; the includer defines KERNEL.
 */
#include "move/strided.cl"

__kernel void KERNEL(__global const unit *restrict x, __global unit *restrict y,
                     const struct strided d)
{
    move_strided(x, y, &d);
}
