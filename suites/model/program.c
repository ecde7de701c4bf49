/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "suites/model/choose.h"
#include "suites/model/ports.h"

enum { ALIGNMENT = 512 }; /* of the lowering's offsets */

struct assay_program {
    struct assay_device *device;
    const struct assay_row **rows; /* of each step */
    struct assay_kernel **kernels; /* likewise */
    struct assay_step *steps;      /* likewise */
    size_t n_steps, spread;
    struct assay_layer_choice *choices;
    size_t n_choices;
    struct assay_buffer *arena;
    struct assay_kernel *sequence; /* NULL without steps */
    struct assay_view input, output;
};

/* Where a tensor lies. A device that wants more than the lowering's alignment
 * gets all offsets spread by the same factor: sizes are rounded up to the
 * alignment, so tensors stay apart. */
struct assay_view assay_program_view(const struct assay_program *program,
                                     const struct assay_lowered *lowered,
                                     unsigned tensor)
{
    return (struct assay_view){
        .buffer = program->arena,
        .offset = lowered->tensor_offset[tensor] * program->spread,
        .bytes = lowered->tensor_bytes[tensor],
    };
}

/* Say which step it was, in front of the reason. */
static enum assay_status step_fail(const struct assay_device *device,
                                   const struct assay_lowered_step *step,
                                   enum assay_status status, const char *why)
{
    char name[192];
    assay_problem_name(&step->problem, name, sizeof name);
    return assay_fail(status, "layer '%s' (%s) on %s: %s", step->layer, name,
                      device->info.target, why);
}

static enum assay_status make_step(struct assay_program *program,
                                   const struct assay_lowered *lowered,
                                   struct assay_chooser *chooser, size_t i)
{
    const struct assay_lowered_step *step = &lowered->steps[i];
    const struct assay_device_info *info = &program->device->info;
    struct assay_problem problem;
    bool considered;
    enum assay_status status =
        assay_choose(chooser, step, &problem,
                     &program->choices[program->n_choices], &considered);
    if (status)
        return step_fail(program->device, step, status, assay_message());
    program->n_choices += considered;
    program->rows[i] =
        assay_row_select(&problem, info->api, info->isa, info->device_class);
    if (!program->rows[i])
        return step_fail(program->device, step, ASSAY_UNSUPPORTED,
                         "no kernel row for this device");
    const struct assay_kernel_request request = {
        .row = program->rows[i],
        .problem = &problem,
        .constants = step->constants,
    };
    status =
        assay_kernel_create(program->device, &request, &program->kernels[i]);
    if (status)
        return step_fail(program->device, step, status, assay_message());
    program->steps[i].kernel = program->kernels[i];
    for (unsigned j = 0; j <= assay_op_info(problem.op)->inputs; j++)
        program->steps[i].views[j] =
            assay_program_view(program, lowered, step->tensors[j]);
    return ASSAY_OK;
}

static enum assay_status write_constants(struct assay_program *program,
                                         const struct assay_lowered *lowered)
{
    enum assay_status status = ASSAY_OK;
    for (size_t i = 0; !status && i < lowered->n_constants; i++) {
        const struct assay_view to =
            assay_program_view(program, lowered, lowered->constants[i].tensor);
        status = assay_buffer_write(to.buffer, to.offset,
                                    lowered->constants[i].data, to.bytes);
    }
    return status;
}

static enum assay_status build(struct assay_program *program,
                               const struct assay_lowered *lowered)
{
    const size_t align = program->device->info.view_align;
    program->spread = align > ALIGNMENT ? align / ALIGNMENT : 1;
    if (lowered->arena_bytes == 0)
        return ASSAY_OK; /* nothing but constants */
    struct assay_chooser chooser;
    enum assay_status status = assay_chooser_start(program->device, &chooser);
    if (!status)
        status = assay_buffer_create(program->device,
                                     lowered->arena_bytes * program->spread,
                                     &program->arena);
    if (!status)
        status = write_constants(program, lowered);
    for (; !status && program->n_steps < lowered->n_steps; program->n_steps++)
        status = make_step(program, lowered, &chooser, program->n_steps);
    if (status || lowered->n_steps == 0)
        return status;
    const struct assay_kernel_request request = {
        .steps = program->steps,
        .n_steps = program->n_steps,
    };
    program->input = assay_program_view(program, lowered, lowered->input);
    program->output = assay_program_view(program, lowered, lowered->output);
    return assay_kernel_create(program->device, &request, &program->sequence);
}

enum assay_status assay_program_create(struct assay_device *device,
                                       const struct assay_lowered *lowered,
                                       struct assay_program **program)
{
    struct assay_program *made = calloc(1, sizeof *made);
    *program = NULL;
    if (!made)
        return assay_fail(ASSAY_NOMEM, "no memory for a program");
    made->device = device;
    made->rows = calloc(lowered->n_steps + 1, sizeof(struct assay_row *));
    made->kernels = calloc(lowered->n_steps + 1, sizeof(struct assay_kernel *));
    made->steps = calloc(lowered->n_steps + 1, sizeof *made->steps);
    made->choices = calloc(lowered->n_steps + 1, sizeof *made->choices);
    enum assay_status status =
        made->rows && made->kernels && made->steps && made->choices
            ? build(made, lowered)
            : assay_fail(ASSAY_NOMEM, "no memory for %zu steps",
                         lowered->n_steps);
    if (status)
        assay_program_destroy(&made);
    *program = made;
    return status;
}

void assay_program_destroy(struct assay_program **program)
{
    struct assay_program *p = *program;
    if (!p)
        return;
    assay_kernel_destroy(&p->sequence);
    for (size_t i = 0; i < p->n_steps; i++)
        assay_kernel_destroy(&p->kernels[i]);
    assay_buffer_destroy(&p->arena);
    free(p->rows);
    free(p->kernels);
    free(p->steps);
    free(p->choices);
    free(p);
    *program = NULL;
}

struct assay_kernel *assay_program_kernel(const struct assay_program *program)
{
    return program->sequence;
}

struct assay_view assay_program_input(const struct assay_program *program)
{
    return program->input;
}

struct assay_view assay_program_output(const struct assay_program *program)
{
    return program->output;
}

const struct assay_row *assay_program_row(const struct assay_program *program,
                                          size_t step)
{
    return program->rows[step];
}

const struct assay_layer_choice *
assay_program_choices(const struct assay_program *program, size_t *n)
{
    *n = program->n_choices;
    return program->choices;
}

enum assay_status assay_program_run(struct assay_program *program,
                                    uint64_t timeout_ns)
{
    if (!program->sequence)
        return ASSAY_OK;
    enum assay_status status = assay_kernel_run(program->sequence, NULL, 0);
    if (!status)
        status = assay_device_finish(program->device, timeout_ns);
    return status;
}

enum assay_status assay_program_infer(struct assay_program *program,
                                      const float *input, float *output,
                                      uint64_t timeout_ns)
{
    enum assay_status status = assay_buffer_write(
        program->arena, program->input.offset, input, program->input.bytes);
    if (!status)
        status = assay_program_run(program, timeout_ns);
    if (!status)
        status = assay_buffer_read(program->arena, program->output.offset,
                                   output, program->output.bytes);
    return status;
}
