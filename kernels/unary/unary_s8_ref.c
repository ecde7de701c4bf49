/* SPDX-License-Identifier: Apache-2.0
 *
 * A function by element, s8, the reference: one look into the packed table an
 * element; test_reference_elementwise.c checks the tables themselves. Serial:
 * thread 0 computes everything. Row: unary.def; test: test_kernels.c.
 */
#include "kernels/unary/unary_table.h"

void assay_unary_s8_ref(const struct assay_cpu_call *call);

void assay_unary_s8_ref(const struct assay_cpu_call *call)
{
    const int64_t n = call->problem->as.unary.n;
    const uint8_t *x = call->inputs[0];
    const int8_t *table = call->packed;
    int8_t *y = call->output;
    if (call->thread != 0)
        return;
    for (int64_t i = 0; i < n; i++)
        y[i] = table[x[i]];
}
