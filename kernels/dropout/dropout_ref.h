/* SPDX-License-Identifier: Apache-2.0
 *
 * Dropout, the reference of f32 and f16: the including file defines KERNEL as
 * its symbol. One generator call for eight elements, in order. Formula:
 * dropout.h. Serial: thread 0 computes everything.
 */
#include "kernels/dropout/philox.h"
#include "kernels/element.h"

void KERNEL(const struct assay_cpu_call *call);

void KERNEL(const struct assay_cpu_call *call)
{
    const struct assay_dropout *d = &call->problem->as.dropout;
    const enum assay_dtype type = call->problem->dtype;
    const uint32_t least = assay_dropout_threshold(d);
    const float scale = assay_dropout_scale(d);
    if (call->thread != 0)
        return;
    for (int64_t t = 0; t < d->samples; t++) {
        uint32_t word[4] = {0};
        for (int64_t i = 0; i < d->n; i++) {
            if (i % 8 == 0) {
                const uint64_t counter =
                    assay_dropout_counter(d, t) + (uint64_t)i / 8;
                word[0] = (uint32_t)counter;
                word[1] = (uint32_t)(counter >> 32);
                word[2] = word[3] = 0;
                assay_philox(word, (uint32_t)d->seed,
                             (uint32_t)(d->seed >> 32));
            }
            const uint32_t field = word[i % 8 / 2] >> (i % 2 * 16) & 0xffff;
            const float x =
                (float)assay_element(type, call->inputs[0], (size_t)i);
            assay_element_set(type, call->output, (size_t)(t * d->n + i),
                              field >= least ? (double)(x * scale) : 0);
        }
    }
}
