/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "suites/model/ports.h"

enum assay_status assay_lowered_steps(const struct assay_lowered *lowered,
                                      char *arena)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; i < lowered->n_constants; i++) {
        const struct assay_lowered_constant *c = &lowered->constants[i];
        memcpy(arena + lowered->tensor_offset[c->tensor], c->data,
               lowered->tensor_bytes[c->tensor]);
    }
    for (size_t i = 0; !status && i < lowered->n_steps; i++) {
        const struct assay_lowered_step *step = &lowered->steps[i];
        const unsigned n = assay_op_info(step->problem.op)->inputs;
        const void *inputs[ASSAY_MAX_INPUTS];
        for (unsigned j = 0; j < n; j++)
            inputs[j] = arena + lowered->tensor_offset[step->tensors[j]];
        status = assay_reference_run(
            &step->problem, inputs, step->constants,
            arena + lowered->tensor_offset[step->tensors[n]]);
    }
    return status;
}

enum assay_status assay_lowered_reference(const struct assay_lowered *lowered,
                                          const float *input, float *output)
{
    char *arena = aligned_alloc(512, lowered->arena_bytes);
    if (!arena)
        return assay_fail(ASSAY_NOMEM, "no %zu bytes for the reference",
                          lowered->arena_bytes);
    memcpy(arena + lowered->tensor_offset[lowered->input], input,
           lowered->input_elements * sizeof *input);
    enum assay_status status = assay_lowered_steps(lowered, arena);
    if (!status)
        memcpy(output, arena + lowered->tensor_offset[lowered->output],
               lowered->output_elements * sizeof *output);
    free(arena);
    return status;
}
