/* SPDX-License-Identifier: Apache-2.0
 *
 * The null device's faults: each slot fails when asked to, with what was asked
 * for, and works again after.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "backends/null/null.h"

/* One call of every slot; the first that fails ends it. */
static enum assay_status use(void)
{
    struct assay_device *device = NULL;
    struct assay_buffer *buffer = NULL;
    struct assay_kernel *kernel = NULL;
    struct assay_problem problem;
    float data[4] = {1, 2, 3, 4};
    assay_problem_init(&problem, ASSAY_OP_UNARY, ASSAY_F32);
    problem.as.unary.n = 4;
    problem.as.unary.act = ASSAY_ACT_RELU;
    enum assay_status status =
        assay_device_open(assay_backend_find(ASSAY_API_NULL),
                          &(struct assay_open){.index = 0}, &device);
    if (status == ASSAY_OK)
        status = assay_buffer_create(device, sizeof data, &buffer);
    if (status == ASSAY_OK)
        status = assay_buffer_write(buffer, 0, data, sizeof data);
    if (status == ASSAY_OK)
        status = assay_kernel_create(
            device,
            &(struct assay_kernel_request){
                .row = assay_row_reference(ASSAY_OP_UNARY, ASSAY_F32),
                .problem = &problem},
            &kernel);
    const struct assay_view views[2] = {{buffer, 0, sizeof data},
                                        {buffer, 0, sizeof data}};
    if (status == ASSAY_OK)
        status = assay_kernel_run(kernel, views, 2);
    if (status == ASSAY_OK)
        status = assay_device_finish(device, 1);
    if (status == ASSAY_OK)
        status = assay_buffer_read(buffer, 0, data, sizeof data);
    if (status == ASSAY_OK)
        for (int i = 0; i < 4; i++)
            assert_true(data[i] == 0);
    assay_kernel_destroy(&kernel);
    assay_buffer_destroy(&buffer);
    assert_int_equal(assay_device_close(&device), ASSAY_OK);
    return status;
}

static void every_slot_fails_on_demand(void **state)
{
    (void)state;
    assert_int_equal(use(), ASSAY_OK);
    for (int slot = 0; slot < ASSAY_NULL_SLOTS; slot++) {
        assay_null_fault((enum assay_null_slot)slot, ASSAY_DEVICE, 0);
        assert_int_equal(use(), ASSAY_DEVICE);
        assert_non_null(strstr(assay_message(), "null"));
        assert_int_equal(use(), ASSAY_DEVICE);
        assay_null_fault((enum assay_null_slot)slot, ASSAY_NOMEM, 2);
        assert_int_equal(use(), ASSAY_OK);
        assert_int_equal(use(), ASSAY_OK);
        assert_int_equal(use(), ASSAY_NOMEM);
        assay_null_fault((enum assay_null_slot)slot, ASSAY_OK, 0);
        assert_int_equal(use(), ASSAY_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_slot_fails_on_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
