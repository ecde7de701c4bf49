/* SPDX-License-Identifier: Apache-2.0 */
#include "node_test.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernels/half.h"
#include "suites/model/ports.h"

enum { MOST_PORTS = 16, MOST_PATH = 4096, FREE_INPUTS = 8 };

struct test {
    const char *folder;
    struct assay_device *device;
    uint64_t timeout_ns;
    struct assay_region region; /* of the tensors */
    struct assay_model *model;
    struct assay_tensor inputs[MOST_PORTS], wanted[MOST_PORTS];
    struct assay_lowered *lowered;
    struct assay_program *program;
    struct assay_node_result *result;
};

/* inputs or outputs of the data set. */
static enum assay_status load_tensors(struct test *t, const char *kind,
                                      size_t n, struct assay_tensor *tensors)
{
    char path[MOST_PATH];
    enum assay_status status = ASSAY_OK;
    if (n > MOST_PORTS)
        return assay_fail(ASSAY_UNSUPPORTED, "more than %d %ss", MOST_PORTS,
                          kind);
    for (size_t i = 0; status == ASSAY_OK && i < n; i++) {
        snprintf(path, sizeof path, "%s/test_data_set_0/%s_%zu.pb", t->folder,
                 kind, i);
        status = assay_tensor_load(path, &t->region, &tensors[i]);
    }
    return status;
}

static enum assay_status load(struct test *t)
{
    char path[MOST_PATH];
    snprintf(path, sizeof path, "%s/model.onnx", t->folder);
    if (access(path, R_OK) != 0)
        return assay_fail(ASSAY_UNSUPPORTED, "%s: no such file", path);
    enum assay_status status = assay_model_open(path, &t->model);
    if (status == ASSAY_OK)
        status = load_tensors(t, "input", t->model->n_inputs, t->inputs);
    if (status == ASSAY_OK)
        status = load_tensors(t, "output", t->model->n_outputs, t->wanted);
    return status;
}

static void unbind(struct test *t)
{
    assay_program_destroy(&t->program);
    assay_lowered_free(&t->lowered);
}

/* *lowers: whether the lowering alone succeeds. */
static enum assay_status bind(struct test *t, unsigned bound, bool *lowers)
{
    enum assay_status status =
        assay_model_lower_for(t->model, t->inputs, bound, true, &t->lowered);
    if (status == ASSAY_OK) {
        *lowers = true;
        status = assay_program_create(t->device, t->lowered, &t->program);
    }
    if (status == ASSAY_OK)
        t->result->bound = bound;
    else
        unbind(t);
    return status;
}

/* The fewest inputs that lowering needs as constants; among equally many,
 * those at the end. A device that has no row for what would run does not get
 * out of it by the first input, and with it the work, being constant. */
static enum assay_status bind_few(struct test *t)
{
    const unsigned n =
        t->model->n_inputs < FREE_INPUTS ? t->model->n_inputs : FREE_INPUTS;
    const unsigned all = (1u << n) - 1;
    bool lowers = false;
    enum assay_status status = ASSAY_UNSUPPORTED;
    for (unsigned many = 0; many <= n; many++)
        for (unsigned mask = all + 1; mask-- > 0;)
            if ((unsigned)__builtin_popcount(mask) == many &&
                !(lowers && (mask & 1)) &&
                (status = bind(t, mask, &lowers)) != ASSAY_UNSUPPORTED)
                return status;
    /* The reason that tells most: all given but the first. */
    return n > 1 ? bind(t, all & ~1u, &lowers) : status;
}

static double number(const struct assay_tensor *x, size_t i)
{
    switch (x->element) {
    case ASSAY_ELEMENT_FLOAT:
        return (double)((const float *)x->data)[i];
    case ASSAY_ELEMENT_FLOAT16:
        return (double)assay_half_to_float(((const uint16_t *)x->data)[i]);
    case ASSAY_ELEMENT_INT32:
        return ((const int32_t *)x->data)[i];
    case ASSAY_ELEMENT_INT64:
        return (double)((const int64_t *)x->data)[i];
    case ASSAY_ELEMENT_INT8:
        return ((const int8_t *)x->data)[i];
    default:
        return ((const uint8_t *)x->data)[i];
    }
}

/* false: as wanted, or a reason in the result. */
static bool differs(const struct test *t, size_t port, const void *got)
{
    const struct assay_tensor *want = &t->wanted[port];
    const struct assay_tensor have = {.element = want->element, .data = got};
    const size_t n = (size_t)assay_dims_count(&want->dims);
    if (!assay_element_is_float(want->element)) {
        if (memcmp(got, want->data, n * assay_element_bytes(want->element)) ==
            0)
            return false;
    }
    for (size_t i = 0; i < n; i++) {
        const double x = number(&have, i), ref = number(want, i);
        const double allowed =
            assay_element_is_float(want->element) ? 1e-7 + 1e-3 * fabs(ref) : 0;
        if (x == ref || (isnan(x) && isnan(ref)) || fabs(x - ref) <= allowed)
            continue;
        snprintf(t->result->reason, sizeof t->result->reason,
                 "output %zu: element %zu of %zu is %.9g instead of %.9g", port,
                 i, n, x, ref);
        return true;
    }
    return false;
}

static bool other_form(const struct test *t, size_t port)
{
    const struct assay_lowered_port *have = &t->lowered->outputs[port];
    const struct assay_tensor *want = &t->wanted[port];
    bool same =
        have->element == (int)want->element && have->rank == want->dims.rank;
    for (int i = 0; same && i < have->rank; i++)
        same = have->size[i] == want->dims.size[i];
    if (!same)
        snprintf(t->result->reason, sizeof t->result->reason,
                 "output %zu: %s of %d dimensions instead of %s of %d, or "
                 "other sizes",
                 port, assay_element_name(have->element), have->rank,
                 assay_element_name(want->element), want->dims.rank);
    return !same;
}

static void tell_kernels(const struct test *t)
{
    struct assay_node_result *r = t->result;
    size_t used = 0;
    r->steps = t->lowered->n_steps;
    for (size_t i = 0; i < r->steps && used < sizeof r->kernels; i++) {
        const struct assay_problem *p = &t->lowered->steps[i].problem;
        used += (size_t)snprintf(r->kernels + used, sizeof r->kernels - used,
                                 "%s%s/%s", i ? " " : "",
                                 assay_op_info(p->op)->name,
                                 assay_dtype_names[p->dtype]);
    }
}

/* Run and compare; OK with `*wrong` if the outputs are not as stored. */
static enum assay_status run(struct test *t, bool *wrong)
{
    const void *inputs[MOST_PORTS];
    void *outputs[MOST_PORTS];
    tell_kernels(t);
    for (size_t i = 0; i < t->lowered->n_inputs; i++)
        inputs[i] = t->inputs[i].data;
    for (size_t i = 0; i < t->lowered->n_outputs; i++) {
        const struct assay_lowered_port *port = &t->lowered->outputs[i];
        outputs[i] = assay_region_alloc(&t->region, port->elements,
                                        assay_element_bytes(port->element));
        if (!outputs[i])
            return ASSAY_NOMEM;
        if ((*wrong = other_form(t, i)))
            return ASSAY_OK;
    }
    enum assay_status status = assay_program_call(
        t->program, t->lowered, inputs, outputs, t->timeout_ns);
    for (size_t i = 0;
         status == ASSAY_OK && !*wrong && i < t->lowered->n_outputs; i++)
        *wrong = differs(t, i, outputs[i]);
    return status;
}

void assay_node_test(const char *folder, struct assay_device *device,
                     uint64_t timeout_ns, struct assay_node_result *result)
{
    struct test t = {.folder = folder,
                     .device = device,
                     .timeout_ns = timeout_ns,
                     .region = {.budget = (size_t)256 << 20},
                     .result = result};
    bool wrong = false;
    *result = (struct assay_node_result){.status = "pass"};
    enum assay_status status = load(&t);
    if (status == ASSAY_OK)
        status = bind_few(&t);
    if (status == ASSAY_OK)
        status = run(&t, &wrong);
    if (status != ASSAY_OK)
        snprintf(result->reason, sizeof result->reason, "%s", assay_message());
    if (status != ASSAY_OK || wrong)
        result->status = status == ASSAY_UNSUPPORTED ? "skip" : "fail";
    unbind(&t);
    assay_model_free(&t.model);
    assay_region_free(&t.region);
}
