/* SPDX-License-Identifier: Apache-2.0
 *
 * The memory of a model case, in a process that has done nothing but open the
 * device.
 */
#include <stdlib.h>

#include "kernels/element.h"
#include "memory.h"
#include "worker.h"

/* The second pass finds what a driver puts off until the first has ended. */
enum { PASSES = 2 };

static enum assay_status pass(struct assay_program *program,
                              const struct assay_lowered *lowered,
                              const struct assay_case *c)
{
    enum assay_status status = ASSAY_OK;
    struct assay_random random;
    float *input = malloc(lowered->input_elements * sizeof *input);
    float *output = malloc(lowered->output_elements * sizeof *output);
    if (!input || !output)
        status = assay_fail(ASSAY_NOMEM, "no memory for the model's input");
    assay_random_seed(&random, c->seed);
    if (status == ASSAY_OK)
        assay_random_fill_f32(&random, input, lowered->input_elements);
    for (int i = 0; status == ASSAY_OK && i < PASSES; i++)
        status = assay_program_infer(program, input, output,
                                     (uint64_t)(c->timeout * 1e9));
    free(input);
    free(output);
    return status;
}

enum assay_status assay_memory_case(struct assay_worker_state *state,
                                    const struct assay_case *c,
                                    struct assay_record *record)
{
    struct assay_memory memory;
    struct assay_model *model = NULL;
    struct assay_lowered *lowered = NULL;
    struct assay_program *program = NULL;
    assay_memory_begin(&memory);
    enum assay_status status = assay_model_load(c->path, &model);
    if (status == ASSAY_OK)
        status = assay_model_lower(model, c->batch, &lowered);
    if (status == ASSAY_OK)
        status = assay_program_create(state->device, lowered, &program);
    assay_worker_alive(state);
    if (status == ASSAY_OK)
        status = pass(program, lowered, c);
    if (status == ASSAY_OK)
        assay_memory_end(&memory, record);
    assay_program_destroy(&program);
    assay_lowered_free(&lowered);
    assay_model_free(&model);
    return status;
}
