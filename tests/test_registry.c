/* SPDX-License-Identifier: Apache-2.0
 *
 * Rows, their choice by instruction set, and the checks of problems.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "kernels/kernel.h"
#include "kernels/random.h"

static void rows_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        /* The first of that name is this one: symbols are unique. */
        assert_ptr_equal(assay_row_find(row->symbol), row);
        char prefix[64];
        snprintf(prefix, sizeof prefix, "assay_%s_%s_",
                 assay_op_info(row->op)->name, assay_dtype_names[row->dtype]);
        assert_memory_equal(row->symbol, prefix, strlen(prefix));
        assert_true(!row->run || row->api == ASSAY_API_CPU);
        assert_true(!row->code || row->api != ASSAY_API_CPU);
        assert_true(!row->is_peer || !row->run == !row->peer);
    }
    assert_null(assay_row_find("assay_dense_f32"));
    assert_null(assay_row_find(""));
    printf("%zu rows\n", assay_row_count);
}

/* The first dtype for which the op has kernels. */
static enum assay_dtype first_dtype(enum assay_op op)
{
    enum assay_dtype dtype = ASSAY_F32;
    while (dtype < ASSAY_DTYPES && !assay_row_reference(op, dtype))
        dtype++;
    assert_true(dtype < ASSAY_DTYPES);
    return dtype;
}

static void every_op_has_a_reference_first(void **state)
{
    (void)state;
    for (int op = 0; op < ASSAY_OPS; op++) {
        const struct assay_op_info *info = assay_op_info((enum assay_op)op);
        const struct assay_row *reference = assay_row_reference(
            (enum assay_op)op, first_dtype((enum assay_op)op));
        assert_non_null(reference);
        assert_true(reference == assay_rows ||
                    reference[-1].op != (unsigned)op);
        enum assay_op found;
        assert_true(assay_op_find(info->name, &found));
        assert_int_equal(found, op);
    }
    enum assay_op found;
    assert_false(assay_op_find("dens", &found));
}

static void the_cap_chooses_the_row(void **state)
{
    (void)state;
    const unsigned caps[] = {0, ASSAY_ISA_AVX2,
                             ASSAY_ISA_AVX2 | ASSAY_ISA_AVX512, ~0u};
    for (int op = 0; op < ASSAY_OPS; op++) {
        const struct assay_row *before = NULL;
        struct assay_problem problem;
        assay_problem_init(&problem, (enum assay_op)op,
                           first_dtype((enum assay_op)op));
        for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
            const struct assay_row *row = assay_row_select(
                &problem, ASSAY_API_CPU, caps[i], ASSAY_CLASS_CPU);
            assert_non_null(row);
            assert_int_equal(row->isa & ~caps[i], 0);
            assert_false(row->is_peer);
            /* More instruction sets never choose a slower row. */
            assert_true(before == NULL || row >= before);
            printf("%s with %x: %s\n", assay_op_info((enum assay_op)op)->name,
                   caps[i], row->symbol);
            before = row;
        }
    }
}

static void an_unavailable_row_says_why(void **state)
{
    (void)state;
    for (size_t i = 0; i < assay_row_count; i++) {
        const struct assay_row *row = &assay_rows[i];
        const char *reason = "";
        bool available = assay_row_available(row, 0, ASSAY_CLASS_CPU, &reason);
        assert_int_equal(available, reason == NULL);
        assert_int_equal(available,
                         assay_row_available(row, 0, ASSAY_CLASS_CPU, NULL));
        if (row->isa)
            assert_false(available);
        if (reason)
            assert_true(strlen(reason) > 0);
    }
}

static void problems_are_set_from_text(void **state)
{
    (void)state;
    struct assay_problem p;
    assay_problem_init(&p, ASSAY_OP_DENSE, ASSAY_F32);
    assert_int_equal(assay_problem_check(&p), ASSAY_INVALID);
    assert_int_equal(assay_problem_set(&p, "m", "2"), ASSAY_OK);
    assert_int_equal(assay_problem_set(&p, "n", "3"), ASSAY_OK);
    assert_int_equal(assay_problem_set(&p, "k", "5"), ASSAY_OK);
    assert_int_equal(assay_problem_set(&p, "act", "relu"), ASSAY_OK);
    assert_int_equal(assay_problem_check(&p), ASSAY_OK);
    assert_int_equal(p.as.dense.act, ASSAY_ACT_RELU);
    char name[64];
    assay_problem_name(&p, name, sizeof name);
    assert_string_equal(name, "dense/f32/2x3x5+relu");
    char cut[8];
    assay_problem_name(&p, cut, sizeof cut);
    assert_string_equal(cut, "dense/f");
    assert_int_equal(assay_problem_bytes(&p, 0), 40);
    assert_int_equal(assay_problem_bytes(&p, 1), 60);
    assert_int_equal(assay_problem_bytes(&p, 2), 0);
    assert_int_equal(assay_problem_bytes(&p, assay_problem_output(&p)), 24);
}

static void wrong_texts_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"m", "0"},
        {"m", "-1"},
        {"m", ""},
        {"m", "3x"},
        {"m", "0x10"},
        {"m", "1e3"},
        {"m", "nan"},
        {"bias", "2"},
        {"m", "2147483649"},
        {"act", "softsign"},
        {"act", "1"},
        {"q", "1"},
        {"", "1"},
        {"M", "1"},
        {"bias", "yes"},
        {"m", "3 "},
        {"m", "99999999999999999999"},
    };
    struct assay_problem p, before;
    assay_problem_init(&p, ASSAY_OP_DENSE, ASSAY_F32);
    p.as.dense.m = 7;
    before = p;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        enum assay_status status =
            assay_problem_set(&p, wrong[i][0], wrong[i][1]);
        if (status != ASSAY_INVALID)
            fail_msg("%s=%s: %s", wrong[i][0], wrong[i][1],
                     assay_status_name(status));
        assert_true(strlen(assay_message()) > 0);
        assert_memory_equal(&p, &before, sizeof p);
    }
}

/* Each parameter of each op, one at a time, beyond its range and at the end of
 * int64_t: refused, or accepted with sizes that did not wrap. */
/* Values of a parameter around and beyond its range, some of them legal; the
 * first five of an integer, all of a real one. */
static bool set_value(struct assay_problem *p, const struct assay_param *param,
                      size_t v, bool *in_range)
{
    const int64_t values[] = {param->min - 1, INT64_MIN, -1, INT64_MAX,
                              param->max};
    const double reals[] = {param->min - 1, -INFINITY,  -1,
                            INFINITY,       param->max, NAN,
                            param->max * 2};
    char *at = (char *)&p->as + param->offset;
    if (v >= (param->real ? sizeof reals / sizeof *reals
                          : sizeof values / sizeof *values))
        return false;
    const double value = param->real ? reals[v] : (double)values[v];
    *in_range = value >= param->min && value <= param->max;
    if (param->real)
        memcpy(at, &reals[v], sizeof reals[v]);
    else
        memcpy(at, &values[v], sizeof values[v]);
    return true;
}

static void wrong_problems_are_refused(void **state)
{
    (void)state;
    struct assay_random random;
    assay_random_seed(&random, 1);
    size_t refused = 0;
    for (int op = 0; op < ASSAY_OPS; op++) {
        const struct assay_op_info *info = assay_op_info((enum assay_op)op);
        for (size_t i = 0; info->params[i].name; i++) {
            bool in_range = false;
            for (size_t v = 0;; v++) {
                struct assay_problem p;
                info->random(&random, first_dtype((enum assay_op)op), &p);
                assert_int_equal(assay_problem_check(&p), ASSAY_OK);
                if (!set_value(&p, &info->params[i], v, &in_range))
                    break;
                enum assay_status status = assay_problem_check(&p);
                if (!in_range)
                    assert_int_equal(status, ASSAY_INVALID);
                refused += status != ASSAY_OK;
                for (unsigned a = 0;
                     status == ASSAY_OK && a <= assay_problem_output(&p); a++)
                    assert_true(assay_problem_bytes(&p, a) <=
                                (UINT64_C(1) << 33));
            }
        }
    }
    struct assay_problem p;
    memset(&p, 0, sizeof p);
    p.op = ASSAY_OPS;
    assert_int_equal(assay_problem_check(&p), ASSAY_INVALID);
    printf("%zu wrong problems refused\n", refused);
}

static void dense_products_do_not_overflow(void **state)
{
    (void)state;
    struct assay_problem p;
    assay_problem_init(&p, ASSAY_OP_DENSE, ASSAY_F32);
    p.as.dense.m = p.as.dense.n = p.as.dense.k = INT64_C(1) << 31;
    assert_int_equal(assay_problem_check(&p), ASSAY_INVALID);
    p.as.dense.m = 1 << 16;
    p.as.dense.k = 1 << 15;
    p.as.dense.n = 1;
    assert_int_equal(assay_problem_check(&p), ASSAY_OK);
    p.as.dense.k = (1 << 15) + 1;
    assert_int_equal(assay_problem_check(&p), ASSAY_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_found),
        cmocka_unit_test(every_op_has_a_reference_first),
        cmocka_unit_test(the_cap_chooses_the_row),
        cmocka_unit_test(an_unavailable_row_says_why),
        cmocka_unit_test(problems_are_set_from_text),
        cmocka_unit_test(wrong_texts_are_refused),
        cmocka_unit_test(wrong_problems_are_refused),
        cmocka_unit_test(dense_products_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
