/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "tests/backend_chain.h"
#ifdef ASSAY_HAVE_VULKAN
#include "backends/vulkan/vulkan.h"
#endif

static const struct {
    const char *op;
    const char *params[24]; /* name, value, … */
} plan[] = {
    {"dense", {"m", "64", "n", "64", "k", "64", "bias", "1"}},
    {"unary", {"n", "4096", "act", "gelu"}},
    {"binary", {"kind", "add", "d3", "4096", "act", "relu"}},
    {"softmax", {"rows", "64", "cols", "64"}},
    {"conv2d",
     {"h",        "16", "w",          "16", "c",         "16",      "k",
      "16",       "r",  "3",          "s",  "3",         "pad_top", "1",
      "pad_left", "1",  "pad_bottom", "1",  "pad_right", "1"}},
    {"transpose", {"d0", "32", "d1", "128", "p0", "1", "p1", "0"}},
    {"depthwise",
     {"h",          "8", "w",         "8",       "c",    "64",       "r",
      "3",          "s", "3",         "pad_top", "1",    "pad_left", "1",
      "pad_bottom", "1", "pad_right", "1",       "bias", "1"}},
    {"pool",
     {"kind",     "max", "h",          "16", "w",         "16",      "c",
      "16",       "r",   "3",          "s",  "3",         "pad_top", "1",
      "pad_left", "1",   "pad_bottom", "1",  "pad_right", "1"}},
    {"unary", {"n", "4096", "act", "sigmoid"}},
    {"dense", {"m", "64", "n", "64", "k", "64", "act", "relu"}},
    {"binary", {"kind", "add", "d3", "4096"}},
};

static const struct assay_row *row_for(const struct assay_device *device,
                                       const struct assay_problem *problem)
{
    const struct assay_device_info *info = &device->info;
    return assay_row_select(
        problem, info->api == ASSAY_API_NULL ? ASSAY_API_CPU : info->api,
        info->isa, info->device_class);
}

static void fill_constants(struct chain_step *step, struct assay_random *random)
{
    const struct assay_op_info *info = assay_op_info(step->problem.op);
    size_t total = 0, used = 0;
    for (unsigned i = 0; i < info->constants; i++)
        total += info->elements(&step->problem, info->inputs + i);
    step->data = malloc((total + 1) * sizeof(float));
    assert_non_null(step->data);
    assay_random_fill_f32(random, step->data, total);
    for (unsigned i = 0; i < info->constants; i++) {
        size_t n = info->elements(&step->problem, info->inputs + i);
        step->constants[i] = n ? step->data + used : NULL;
        used += n;
    }
}

/* The plan's entry as the chain's next step, if the device has a row for it. */
static void add_step(struct chain *chain, size_t entry,
                     struct assay_random *random)
{
    struct chain_step *step = &chain->steps[chain->n_steps];
    enum assay_op op;
    assert_true(assay_op_find(plan[entry].op, &op));
    assay_problem_init(&step->problem, op, ASSAY_F32);
    for (size_t i = 0; plan[entry].params[i]; i += 2)
        if (assay_problem_set(&step->problem, plan[entry].params[i],
                              plan[entry].params[i + 1]))
            fail_msg("%s", assay_message());
    const struct assay_row *row = row_for(chain->device, &step->problem);
    if (!row)
        return;
    fill_constants(step, random);
    if (assay_kernel_create(
            chain->device,
            &(struct assay_kernel_request){.row = row,
                                           .problem = &step->problem,
                                           .constants = step->constants},
            &step->kernel))
        fail_msg("%s: %s", row->symbol, assay_message());
    const unsigned inputs = step->kernel->n_views - 1;
    for (unsigned i = 0; i <= inputs; i++) {
        size_t array = chain->n_steps + 1;
        if (i < inputs) {
            /* A second input is the result of some steps earlier. */
            array = i == 0 ? chain->n_steps : chain->n_steps / 2;
            step->from[i] = (unsigned)array;
        }
        step->views[i] = (struct assay_view){chain->buffers[array], 0,
                                             CHAIN_ELEMENTS * sizeof(float)};
        assert_int_equal(step->kernel->view_bytes[i],
                         CHAIN_ELEMENTS * sizeof(float));
    }
    chain->n_steps++;
}

void chain_make(struct chain *chain, struct assay_device *device)
{
    struct assay_random random;
    memset(chain, 0, sizeof *chain);
    chain->device = device;
    assay_random_seed(&random, 5);
    for (size_t i = 0; i <= CHAIN_STEPS; i++)
        if (assay_buffer_create(device, CHAIN_ELEMENTS * sizeof(float),
                                &chain->buffers[i]))
            fail_msg("%s", assay_message());
    for (size_t i = 0; i < sizeof plan / sizeof *plan; i++)
        add_step(chain, i, &random);
    if (chain->n_steps == 0)
        fail_msg("%s has no row for any op", device->info.target);
}

void chain_free(struct chain *chain)
{
    for (size_t i = 0; i < chain->n_steps; i++) {
        assay_kernel_destroy(&chain->steps[i].kernel);
        free(chain->steps[i].data);
    }
    for (size_t i = 0; i <= CHAIN_STEPS; i++)
        assay_buffer_destroy(&chain->buffers[i]);
}

void chain_write(struct chain *chain, uint64_t seed)
{
    struct assay_random random;
    float nothing[CHAIN_ELEMENTS];
    assay_random_seed(&random, seed);
    assay_random_fill_f32(&random, chain->input, CHAIN_ELEMENTS);
    assert_int_equal(assay_buffer_write(chain->buffers[0], 0, chain->input,
                                        sizeof chain->input),
                     ASSAY_OK);
    for (size_t i = 0; i < CHAIN_ELEMENTS; i++)
        nothing[i] = NAN;
    for (size_t i = 1; i <= chain->n_steps; i++)
        assert_int_equal(
            assay_buffer_write(chain->buffers[i], 0, nothing, sizeof nothing),
            ASSAY_OK);
}

void chain_run_steps(const struct chain *chain)
{
    for (size_t i = 0; i < chain->n_steps; i++)
        if (assay_kernel_run(chain->steps[i].kernel, chain->steps[i].views,
                             chain->steps[i].kernel->n_views))
            fail_msg("%s", assay_message());
}

struct assay_kernel *chain_record(const struct chain *chain)
{
    struct assay_step steps[CHAIN_STEPS];
    struct assay_kernel *sequence = NULL;
    for (size_t i = 0; i < chain->n_steps; i++) {
        steps[i].kernel = chain->steps[i].kernel;
        memcpy(steps[i].views, chain->steps[i].views, sizeof steps[i].views);
    }
    if (assay_kernel_create(chain->device,
                            &(struct assay_kernel_request){
                                .steps = steps, .n_steps = chain->n_steps},
                            &sequence))
        fail_msg("%s", assay_message());
    return sequence;
}

static void read_array(const struct chain *chain, size_t array, float *to)
{
    if (assay_buffer_read(chain->buffers[array], 0, to,
                          CHAIN_ELEMENTS * sizeof(float)))
        fail_msg("%s", assay_message());
}

void chain_keep(struct chain *chain)
{
    for (size_t i = 0; i < chain->n_steps; i++)
        read_array(chain, i + 1, chain->kept[i]);
}

void chain_compare_kept(const struct chain *chain)
{
    float now[CHAIN_ELEMENTS];
    for (size_t i = 0; i < chain->n_steps; i++) {
        read_array(chain, i + 1, now);
        if (memcmp(now, chain->kept[i], sizeof now) != 0)
            fail_msg("step %zu, %s, differs", i,
                     chain->steps[i].kernel->row->symbol);
    }
}

void chain_compare_reference(const struct chain *chain)
{
    float arrays[ASSAY_MAX_INPUTS][CHAIN_ELEMENTS];
    float got[CHAIN_ELEMENTS], want[CHAIN_ELEMENTS];
    for (size_t i = 0; i < chain->n_steps; i++) {
        const struct chain_step *step = &chain->steps[i];
        const struct assay_op_info *info = assay_op_info(step->problem.op);
        const void *inputs[ASSAY_MAX_INPUTS] = {0};
        double scale = 1;
        for (unsigned v = 0; v < info->inputs; v++) {
            read_array(chain, step->from[v], arrays[v]);
            inputs[v] = arrays[v];
            for (size_t e = 0; e < CHAIN_ELEMENTS; e++)
                scale = fmax(scale, fabs((double)arrays[v][e]));
        }
        read_array(chain, i + 1, got);
        assert_int_equal(
            assay_reference_run(&step->problem, inputs, step->constants, want),
            ASSAY_OK);
        /* Tolerances are for inputs in [-1, 1). */
        const double tolerance = scale * info->tolerance(&step->problem);
        const bool null = chain->device->info.api == ASSAY_API_NULL;
        for (size_t e = 0; e < CHAIN_ELEMENTS; e++) {
            const double right = null ? 0 : (double)want[e];
            if (!(fabs((double)got[e] - right) <= tolerance))
                fail_msg("%s: element %zu: got %.9g, want %.9g",
                         step->kernel->row->symbol, e, (double)got[e], right);
        }
    }
}

uint64_t chain_driver_findings(void)
{
#ifdef ASSAY_HAVE_VULKAN
    return assay_vulkan_findings();
#else
    return 0;
#endif
}
