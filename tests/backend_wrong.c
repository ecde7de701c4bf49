/* SPDX-License-Identifier: Apache-2.0
 *
 * The part of the conformance suite about kernels, views and sequences that are
 * refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "tests/backend_chain.h"
#include "tests/backend_suite.h"

void wrong_kernels_are_refused(void **state)
{
    struct assay_device *device = *state;
    struct chain chain;
    chain_make(&chain, device);
    struct assay_kernel *kernel = NULL;
    const struct chain_step *step = &chain.steps[0];
    const struct assay_kernel_request right = {.row = step->kernel->row,
                                               .problem = &step->problem,
                                               .constants = step->constants};
    struct assay_kernel_request wrong = right;
    const size_t live = device->live;
    suite_refused(assay_kernel_create(NULL, &right, &kernel), ASSAY_INVALID);
    suite_refused(assay_kernel_create(device, NULL, &kernel), ASSAY_INVALID);
    suite_refused(assay_kernel_create(device, &right, NULL), ASSAY_INVALID);
    wrong.problem = NULL;
    suite_refused(assay_kernel_create(device, &wrong, &kernel), ASSAY_INVALID);
    struct assay_problem problem = step->problem;
    wrong.problem = &problem;
    memset(&problem.as, 0, sizeof problem.as);
    suite_refused(assay_kernel_create(device, &wrong, &kernel), ASSAY_INVALID);
    problem = step->problem;
    problem.op = problem.op == ASSAY_OP_POOL ? ASSAY_OP_UNARY : ASSAY_OP_POOL;
    suite_refused(assay_kernel_create(device, &wrong, &kernel), ASSAY_INVALID);
    if (assay_op_info(step->problem.op)->constants) {
        wrong = right;
        wrong.constants = NULL;
        suite_refused(assay_kernel_create(device, &wrong, &kernel),
                      ASSAY_INVALID);
    }
    wrong = right;
    wrong.n_steps = 1;
    suite_refused(assay_kernel_create(device, &wrong, &kernel), ASSAY_INVALID);
    /* A row of every other API is turned away by name. */
    for (size_t i = 0; i < assay_row_count; i++) {
        wrong.n_steps = 0;
        wrong.row = &assay_rows[i];
        if (wrong.row->api == device->info.api ||
            wrong.row->op != step->problem.op ||
            wrong.row->dtype != step->problem.dtype ||
            device->info.api == ASSAY_API_NULL)
            continue;
        suite_refused(assay_kernel_create(device, &wrong, &kernel),
                      ASSAY_UNSUPPORTED);
        assert_non_null(strstr(assay_message(), wrong.row->symbol));
    }
    assert_null(kernel);
    assert_int_equal(device->live, live);
    chain_free(&chain);
}

void wrong_views_are_refused(void **state)
{
    struct assay_device *device = *state, *other = suite_open();
    struct assay_buffer *foreign = suite_buffer(other, 1 << 16);
    struct chain chain;
    chain_make(&chain, device);
    struct assay_kernel *kernel = chain.steps[0].kernel;
    const unsigned n = kernel->n_views;
    struct assay_view views[ASSAY_MAX_INPUTS + 1];
    suite_refused(assay_kernel_run(NULL, chain.steps[0].views, n),
                  ASSAY_INVALID);
    suite_refused(assay_kernel_run(kernel, NULL, n), ASSAY_INVALID);
    suite_refused(assay_kernel_run(kernel, NULL, 0), ASSAY_INVALID);
    suite_refused(assay_kernel_run(kernel, chain.steps[0].views, n - 1),
                  ASSAY_INVALID);
    suite_refused(assay_kernel_run(kernel, chain.steps[0].views, n + 1),
                  ASSAY_INVALID);
    for (unsigned v = 0; v < n; v++) {
        const struct assay_view right = chain.steps[0].views[v];
        const size_t align = device->info.view_align;
        const struct assay_view wrong[] = {
            {NULL, right.offset, right.bytes},
            {foreign, 0, right.bytes},
            {right.buffer, right.offset, kernel->view_bytes[v] - 1},
            {right.buffer, right.offset, 0},
            {right.buffer, right.offset, right.buffer->bytes + 1},
            {right.buffer, right.offset, SIZE_MAX},
            {right.buffer, SIZE_MAX - align + 1, right.bytes},
            {right.buffer, align > 1 ? right.offset + 1 : SIZE_MAX,
             right.bytes},
        };
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            memcpy(views, chain.steps[0].views, sizeof views);
            views[v] = wrong[i];
            suite_refused(assay_kernel_run(kernel, views, n), ASSAY_INVALID);
        }
    }
    chain_free(&chain);
    assay_buffer_destroy(&foreign);
    assert_int_equal(assay_device_close(&other), ASSAY_OK);
}

void outputs_overlap_only_in_place(void **state)
{
    struct assay_device *device = *state;
    struct chain chain;
    chain_make(&chain, device);
    for (size_t i = 0; i < chain.n_steps; i++) {
        struct chain_step *step = &chain.steps[i];
        const unsigned y = step->kernel->n_views - 1;
        struct assay_view views[ASSAY_MAX_INPUTS + 1];
        memcpy(views, step->views, sizeof views);
        struct assay_buffer *both =
            suite_buffer(device, views[0].bytes + views[y].bytes + 4096);
        const size_t align =
            device->info.view_align < 4 ? 4 : device->info.view_align;
        views[0].buffer = views[y].buffer = both;
        views[0].offset = views[y].offset = 0;
        enum assay_status status = assay_kernel_run(step->kernel, views, y + 1);
        if (assay_problem_in_place(&step->problem, 0))
            assert_int_equal(status, ASSAY_OK);
        else
            suite_refused(status, ASSAY_INVALID);
        views[y].offset = align;
        suite_refused(assay_kernel_run(step->kernel, views, y + 1),
                      ASSAY_INVALID);
        views[0].offset = 2 * align;
        suite_refused(assay_kernel_run(step->kernel, views, y + 1),
                      ASSAY_INVALID);
        assay_buffer_destroy(&both);
    }
    chain_free(&chain);
}

void wrong_sequences_are_refused(void **state)
{
    struct assay_device *device = *state, *other = suite_open();
    struct chain chain, foreign;
    chain_make(&chain, device);
    chain_make(&foreign, other);
    struct assay_step steps[2] = {{.kernel = chain.steps[0].kernel}, {0}};
    memcpy(steps[0].views, chain.steps[0].views, sizeof steps[0].views);
    struct assay_kernel *kernel = NULL, *good = NULL;
    struct assay_kernel_request r = {.steps = steps, .n_steps = 0};
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    r.n_steps = 2; /* the second has no kernel */
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    r.steps = NULL;
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    r.steps = steps;
    r.n_steps = 1;
    r.problem = &chain.steps[0].problem;
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    r.problem = NULL;
    steps[0].views[0].bytes = 0;
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    memcpy(steps[0].views, chain.steps[0].views, sizeof steps[0].views);
    assert_int_equal(assay_kernel_create(device, &r, &good), ASSAY_OK);
    steps[1].kernel = good; /* no sequence inside another */
    r.n_steps = 2;
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    steps[1].kernel = foreign.steps[0].kernel;
    memcpy(steps[1].views, foreign.steps[0].views, sizeof steps[1].views);
    suite_refused(assay_kernel_create(device, &r, &kernel), ASSAY_INVALID);
    suite_refused(assay_kernel_run(good, steps[0].views, 2), ASSAY_INVALID);
    assert_null(kernel);
    assay_kernel_destroy(&good);
    chain_free(&chain);
    chain_free(&foreign);
    assert_int_equal(assay_device_close(&other), ASSAY_OK);
}
