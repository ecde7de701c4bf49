/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "suites/model/model.h"

enum assay_status assay_lowered_reference(const struct assay_lowered *lowered,
                                          const float *input, float *output)
{
    char *arena = aligned_alloc(512, lowered->arena_bytes);
    enum assay_status status = ASSAY_OK;
    if (!arena)
        return assay_fail(ASSAY_NOMEM, "no %zu bytes for the reference",
                          lowered->arena_bytes);
    memcpy(arena + lowered->tensor_offset[lowered->input], input,
           lowered->input_elements * sizeof *input);
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
    if (!status)
        memcpy(output, arena + lowered->tensor_offset[lowered->output],
               lowered->output_elements * sizeof *output);
    free(arena);
    return status;
}
