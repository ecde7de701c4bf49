/* SPDX-License-Identifier: Apache-2.0
 *
 * A kernel case: one row on one problem, on seeded random data.
 */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "kernels/element.h"
#include "measure.h"
#include "worker.h"

struct arrays {
    unsigned inputs, constants;
    void *host[ASSAY_MAX_ARRAYS]; /* inputs, constants, reference output */
    void *got;
    size_t out, out_bytes; /* elements of the output, and its bytes */
    struct assay_buffer *buffers[ASSAY_MAX_INPUTS + 1];
    struct assay_view views[ASSAY_MAX_INPUTS + 1];
    struct assay_kernel *kernel;
};

static void free_arrays(struct arrays *a)
{
    assay_kernel_destroy(&a->kernel);
    for (unsigned i = 0; i < ASSAY_MAX_INPUTS + 1; i++)
        assay_buffer_destroy(&a->buffers[i]);
    for (unsigned i = 0; i < ASSAY_MAX_ARRAYS; i++)
        free(a->host[i]);
    free(a->got);
}

static enum assay_status
fill(struct arrays *a, const struct assay_problem *problem, uint64_t seed)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    const unsigned output = assay_problem_output(problem);
    struct assay_random random;
    assay_random_seed(&random, seed);
    a->inputs = info->inputs;
    a->constants = info->constants;
    a->out = info->elements(problem, output);
    a->out_bytes = assay_problem_bytes(problem, output);
    for (unsigned i = 0; i <= output; i++) {
        const size_t bytes = assay_problem_bytes(problem, i);
        if (bytes == 0)
            continue;
        a->host[i] = aligned_alloc(64, (bytes + 63) / 64 * 64);
        if (!a->host[i])
            return assay_fail(ASSAY_NOMEM, "no memory for %zu bytes", bytes);
        if (i != output)
            assay_problem_fill(&random, problem, i, a->host[i]);
    }
    a->got = malloc(a->out_bytes);
    if (!a->got)
        return assay_fail(ASSAY_NOMEM, "no memory for %zu bytes", a->out_bytes);
    const void *inputs[ASSAY_MAX_INPUTS], *constants[ASSAY_MAX_CONSTANTS];
    for (unsigned i = 0; i < a->inputs; i++)
        inputs[i] = a->host[i];
    for (unsigned i = 0; i < a->constants; i++)
        constants[i] = a->host[a->inputs + i];
    return assay_reference_run(problem, inputs, constants, a->host[output]);
}

/* The kernel, its buffers and what is in them; timed as preparation is the
 * kernel alone. */
static enum assay_status prepare(struct arrays *a, struct assay_device *device,
                                 const struct assay_row *row,
                                 const struct assay_problem *problem,
                                 uint64_t *prepare_ns)
{
    const void *constants[ASSAY_MAX_CONSTANTS] = {NULL};
    for (unsigned i = 0; i < a->constants; i++)
        constants[i] = a->host[a->inputs + i];
    const struct assay_kernel_request request = {
        .row = row, .problem = problem, .constants = constants};
    const uint64_t start = assay_now_ns();
    enum assay_status status =
        assay_kernel_create(device, &request, &a->kernel);
    *prepare_ns = assay_now_ns() - start;
    for (unsigned i = 0; status == ASSAY_OK && i <= a->inputs; i++) {
        const unsigned array =
            i < a->inputs ? i : assay_problem_output(problem);
        const size_t bytes = assay_problem_bytes(problem, array);
        status = assay_buffer_create(device, bytes, &a->buffers[i]);
        a->views[i] = (struct assay_view){a->buffers[i], 0, bytes};
        if (status == ASSAY_OK && i < a->inputs)
            status = assay_buffer_write(a->buffers[i], 0, a->host[i], bytes);
    }
    return status;
}

/* Compare what lies in the output with the reference. */
static enum assay_status check(struct arrays *a,
                               const struct assay_problem *problem,
                               const char *when, struct assay_record *record,
                               bool *wrong)
{
    const double allowed = assay_op_info(problem->op)->tolerance(problem);
    enum assay_status status =
        assay_buffer_read(a->buffers[a->inputs], 0, a->got, a->out_bytes);
    if (status != ASSAY_OK)
        return status;
    const unsigned output = assay_problem_output(problem);
    const double error = assay_max_error(assay_problem_type(problem, output),
                                         a->got, a->host[output], a->out);
    assay_record_real(record, ASSAY_FIELD_max_error, error);
    assay_record_real(record, ASSAY_FIELD_tolerance, allowed);
    if (!(error <= allowed)) {
        assay_fail(ASSAY_INVALID,
                   "differs from the reference by %g (allowed %g) %s", error,
                   allowed, when);
        *wrong = true;
    }
    return ASSAY_OK;
}

/* NaN (-1 in integers) in the output first, so that a row which writes nothing
 * is found. */
static enum assay_status poison(struct arrays *a)
{
    memset(a->got, 0xff, a->out_bytes);
    return assay_buffer_write(a->buffers[a->inputs], 0, a->got, a->out_bytes);
}

static void set_rates(const struct assay_row *row,
                      const struct assay_problem *problem,
                      struct assay_record *record)
{
    const struct assay_op_info *info = assay_op_info(problem->op);
    double ns;
    if (!assay_record_number(record, ASSAY_FIELD_latency_ns_median, &ns) ||
        !(ns > 0))
        return;
    const double flops = info->flops(problem);
    if (flops > 0)
        assay_record_real(record, ASSAY_FIELD_gflops, flops / ns);
    else
        assay_record_absent(record, ASSAY_FIELD_gflops,
                            "the op counts no floating-point work");
    if (info->executed)
        assay_record_real(record, ASSAY_FIELD_gflops_executed,
                          info->executed(row, problem) / ns);
    else if (flops > 0)
        assay_record_real(record, ASSAY_FIELD_gflops_executed, flops / ns);
    else
        assay_record_absent(record, ASSAY_FIELD_gflops_executed,
                            "the op counts no floating-point work");
    assay_record_real(record, ASSAY_FIELD_gbytes_per_s,
                      assay_problem_traffic(problem) / ns);
}

enum assay_status assay_kernel_case(struct assay_worker_state *state,
                                    const struct assay_case *c,
                                    struct assay_record *record, bool *wrong)
{
    struct arrays a = {0};
    uint64_t prepare_ns = 0;
    const uint64_t timeout = (uint64_t)(c->timeout * 1e9);
    const struct assay_row *row = assay_row_find(c->symbol ? c->symbol : "");
    if (!row)
        return assay_fail(ASSAY_INVALID, "no row '%s'", c->symbol);
    enum assay_status status = fill(&a, &c->problem, c->seed);
    if (status == ASSAY_OK)
        status = prepare(&a, state->device, row, &c->problem, &prepare_ns);
    if (status == ASSAY_OK)
        status = poison(&a);
    if (status == ASSAY_OK) {
        assay_record_int(record, ASSAY_FIELD_prepare_ns, (int64_t)prepare_ns);
        if (assay_row_library(row))
            assay_record_text(record, ASSAY_FIELD_library,
                              assay_row_library(row));
        else
            assay_record_absent(record, ASSAY_FIELD_library,
                                "a row of Assay's own");
        status = assay_kernel_run(a.kernel, a.views, a.inputs + 1);
    }
    if (status == ASSAY_OK)
        status = assay_device_finish(state->device, timeout);
    if (status == ASSAY_OK)
        status = check(&a, &c->problem, "before timing", record, wrong);
    assay_worker_alive(state);
    if (status == ASSAY_OK && !*wrong && !c->check_only) {
        const struct assay_measure_options options = {.min_time = c->min_time,
                                                      .repetitions =
                                                          c->repetitions,
                                                      .timeout_ns = timeout};
        status = poison(&a);
        if (status == ASSAY_OK)
            status = assay_measure(a.kernel, a.views, a.inputs + 1, c->name, 1,
                                   &options, record);
        if (status == ASSAY_OK)
            status = check(&a, &c->problem, "after timing", record, wrong);
        set_rates(row, &a.kernel->problem, record);
    }
    if (status == ASSAY_OK)
        assay_record_int(record, ASSAY_FIELD_device_peak_bytes,
                         (int64_t)state->device->peak_bytes);
    free_arrays(&a);
    return status;
}
