/* SPDX-License-Identifier: Apache-2.0
 *
 * Compression of weights: pruning, low rank, shared values and half on models
 * that are small enough to know the result.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/compress_tools.h"

#define OK(b, ...)                                                             \
    ok(tools_compress(b, &(struct assay_compress_options){__VA_ARGS__}))

#define LEFT(b, ...)                                                           \
    tools_left(b, &(struct assay_compress_options){__VA_ARGS__})

static void ok(enum assay_status status)
{
    if (status)
        fail_msg("%s", assay_message());
}

/* x [·][k], Gemm by w [n][k] (transB), y. */
static void gemm(struct build *b, int64_t n, int64_t k, const float *w)
{
    build_init(b, 13);
    build_input(b, "x", LIST(-1, k));
    build_output(b, "y");
    if (w)
        tools_floats(b, "w", LIST(n, k), w);
    else
        build_random(b, "w", LIST(n, k));
    build_random(b, "b", LIST(n));
    build_attr_i(b, build_node(b, "Gemm", "x w b", "y"), "transB", 1);
}

static void same(const char *name, const float *expected, size_t n)
{
    const Onnx__TensorProto *t = tools_initializer(name);
    assert_int_equal(t->raw_data.len, n * sizeof *expected);
    for (size_t i = 0; i < n; i++)
        if (tools_values(t)[i] < expected[i] ||
            tools_values(t)[i] > expected[i])
            fail_msg("%s[%zu] is %g, not %g", name, i,
                     (double)tools_values(t)[i], (double)expected[i]);
}

/* The result computes what the builder's model does by now. */
static void computes(struct build *b, int64_t batch, size_t elements,
                     double tolerance)
{
    float x[1000];
    size_t n;
    assert_true(elements <= 1000);
    for (size_t i = 0; i < elements; i++)
        x[i] = (float)((double)(i * 37 % 101) / 50 - 1);
    const double *y = build_evaluate(b, x, batch, &n);
    tools_expect(x, batch, y, n, tolerance);
}

static void prune_keeps_largest(void **state)
{
    (void)state;
    struct build b;
    gemm(&b, 2, 4, (const float[]){1, -2, 3, -4, 0.1f, 5, -6, 0.2f});
    OK(&b, .prune = true, .fraction = 0.5);
    const float expected[] = {0, 0, 3, -4, 0, 5, -6, 0};
    same("w", expected, 8);
    assert_int_equal(tools_report->rows[0].zeros, 4);
    assert_string_equal(tools_report->rows[0].done, "prune");
    assert_float_equal(tools_report->rows[0].error,
                       sqrt((1 + 4 + .01 + .04) / (30 + .01 + 25 + 36 + .04)),
                       1e-6);
    /* Of equal ones the first go. */
    build_free(&b);
    gemm(&b, 2, 4, (const float[]){1, 1, 1, 1, 1, -1, 1, 1});
    OK(&b, .prune = true, .fraction = 0.375);
    const float ties[] = {0, 0, 0, 1, 1, -1, 1, 1};
    same("w", ties, 8);
    build_free(&b);
}

/* A small layer and a large one behind it. */
static void two(struct build *b)
{
    static char h[] = "h";
    gemm(b, 2, 2, (const float[]){.1f, .2f, .3f, .4f});
    b->nodes[0]->output[0] = h;
    tools_floats(b, "v", LIST(2, 2), (const float[]){4, 3, 2, 1});
    build_node(b, "MatMul", "h v", "y");
}

static void prune_scopes(void **state)
{
    (void)state;
    struct build b;
    two(&b);
    OK(&b, .prune = true, .fraction = 0.5);
    same("w", (const float[]){0, 0, 0, 0}, 4);
    same("v", (const float[]){4, 3, 2, 1}, 4);
    OK(&b, .prune = true, .fraction = 0.5, .prune_layers = true);
    same("w", (const float[]){0, 0, .3f, .4f}, 4);
    same("v", (const float[]){4, 3, 0, 0}, 4);
    build_free(&b);
}

/* Zeros that are there already are no change. */
static void prune_again(void **state)
{
    (void)state;
    struct build b;
    two(&b);
    memset(tools_values(b.tensors[0]), 0, 3 * sizeof(float));
    LEFT(&b, .prune = true, .fraction = 0.375);
    for (int i = 0; i < 2; i++)
        assert_string_equal(tools_report->rows[i].left,
                            "prune: none of its weights had to become 0");
    OK(&b, .prune = true, .fraction = 0.5);
    assert_string_equal(tools_report->rows[0].done, "prune");
    assert_string_equal(tools_report->rows[1].done, "");
    assert_int_equal(tools_report->changed, 1);
    assert_int_equal(tools_report->left, 1);
    assert_int_equal(tools_report->partly, 0);
    OK(&b, .prune = true, .fraction = 0.5, .half = true);
    assert_int_equal(tools_report->changed, 2);
    assert_int_equal(tools_report->left, 0);
    assert_int_equal(tools_report->partly, 1);
    build_free(&b);
}

static void prune_nm24(void **state)
{
    (void)state;
    struct build b;
    gemm(&b, 1, 7, (const float[]){1, -4, 3, 2, 5, -7, 6});
    OK(&b, .prune = true, .pattern = ASSAY_PATTERN_NM24);
    same("w", (const float[]){0, -4, 3, 0, 0, -7, 6}, 7);
    /* Along the inputs of a MatMul, which lie in columns. */
    build_free(&b);
    build_init(&b, 13);
    build_input(&b, "x", LIST(-1, 4));
    build_output(&b, "y");
    tools_floats(&b, "w", LIST(4, 2), (const float[]){1, 8, 2, 7, 3, 6, 4, 5});
    build_node(&b, "MatMul", "x w", "y");
    OK(&b, .prune = true, .pattern = ASSAY_PATTERN_NM24);
    same("w", (const float[]){0, 8, 0, 7, 3, 0, 4, 0}, 8);
    /* Along the inputs of a Conv, for each tap. */
    build_free(&b);
    build_init(&b, 13);
    build_input(&b, "x", LIST(-1, 4, 1, 4));
    build_output(&b, "y");
    tools_floats(&b, "w", LIST(1, 4, 1, 2),
                 (const float[]){1, 8, 2, 7, 3, 6, 4, 5});
    build_node(&b, "Conv", "x w", "y");
    OK(&b, .prune = true, .pattern = ASSAY_PATTERN_NM24);
    same("w", (const float[]){0, 8, 0, 7, 3, 0, 4, 0}, 8);
    build_free(&b);
}

static void prune_block16(void **state)
{
    (void)state;
    struct build b;
    float w[20 * 2], expected[20 * 2];
    /* Strip 0: input 0 weighs 1, input 1 weighs 3; strip 1: 2 and 4. */
    for (int i = 0; i < 40; i++) {
        const int weight = 1 + i / 32 + i % 2 * 2;
        w[i] = (float)weight;
        expected[i] = weight > 2 ? w[i] : 0;
    }
    gemm(&b, 20, 2, w);
    OK(&b, .prune = true, .fraction = 0.5, .pattern = ASSAY_PATTERN_BLOCK16);
    same("w", expected, 40);
    build_free(&b);
    gemm(&b, 15, 2, NULL);
    LEFT(&b, .prune = true, .fraction = 0.5, .pattern = ASSAY_PATTERN_BLOCK16);
    assert_string_equal(tools_report->rows[0].left,
                        "prune: fewer than 16 outputs");
    build_free(&b);
}

#ifdef ASSAY_HAVE_LAPACK
/* w [n][k] of rank 2. */
static void rank_two(float *w, int n, int k)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < k; j++)
            w[i * k + j] = (float)(sin(i + 1) * cos(2 * j) +
                                   0.5 * cos(3 * i) * sin(j + 2));
}

static void low_rank_exact(void **state)
{
    (void)state;
    struct build b;
    float w[9 * 8];
    rank_two(w, 9, 8);
    gemm(&b, 9, 8, w);
    OK(&b, .rank = 2);
    assert_int_equal(tools_report->weights_after, 2 * (9 + 8));
    assert_int_equal(tools_report->rows[0].bytes_after, 4 * 2 * (9 + 8));
    assert_true(tools_report->rows[0].error < 1e-6);
    assert_non_null(tools_node("MatMul", 0));
    assert_string_equal(tools_result()->graph->node[0]->op_type, "MatMul");
    computes(&b, 3, 24, 1e-5);
    OK(&b, .rank = 4);
    computes(&b, 3, 24, 1e-5);
    /* 5 (9 + 8) > 72: nothing is saved. */
    LEFT(&b, .rank = 5);
    assert_string_equal(tools_report->rows[0].left,
                        "low rank: rank 5 saves nothing");
    assert_int_equal(tools_report->weights_after, 72);
    build_free(&b);
}

static void low_rank_energy(void **state)
{
    (void)state;
    struct build b;
    float w[8 * 8] = {0};
    w[0 * 8 + 3] = 3; /* singular values 4 and 3, energies 16 and 9 of 25 */
    w[5 * 8 + 1] = -4;
    gemm(&b, 8, 8, w);
    OK(&b, .energy = 0.63);
    assert_int_equal(tools_report->weights_after, 16);
    assert_float_equal(tools_report->rows[0].error, 0.6, 1e-6);
    OK(&b, .energy = 0.65);
    assert_int_equal(tools_report->weights_after, 32);
    computes(&b, 2, 16, 1e-5);
    build_free(&b);
}

static void low_rank_conv(void **state)
{
    (void)state;
    struct build b;
    float w[9 * 8];
    rank_two(w, 9, 8);
    build_init(&b, 13);
    build_input(&b, "x", LIST(-1, 8, 5, 5));
    build_output(&b, "y");
    tools_floats(&b, "w", LIST(9, 8, 1, 1), w);
    build_random(&b, "b", LIST(9));
    Onnx__NodeProto *node = build_node(&b, "Conv", "x w b", "h");
    build_attr_ints(&b, node, "strides", LIST(2, 2));
    build_attr_ints(&b, node, "kernel_shape", LIST(1, 1));
    build_random(&b, "v", LIST(4, 9, 3, 3));
    build_node(&b, "Conv", "h v", "y");
    OK(&b, .rank = 2);
    assert_string_equal(tools_report->rows[0].done, "low rank");
    assert_string_equal(tools_report->rows[1].left,
                        "low rank: a convolution of more than 1x1");
    computes(&b, 2, 400, 1e-5);
    build_free(&b);
}
#endif

static int by_value(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static double cost(const float *w, int first, int end)
{
    double sum = 0, squares = 0;
    for (int i = first; i < end; i++) {
        sum += (double)w[i];
        squares += (double)w[i] * (double)w[i];
    }
    return end > first ? squares - sum * sum / (end - first) : 0;
}

static void share_groups(void **state)
{
    (void)state;
    struct build b;
    float w[24];
    for (int i = 0; i < 24; i++)
        w[i] = (float)(i % 3 - 1) * 2 + (float)(i % 2) * 0.25f + 0.5f;
    gemm(&b, 4, 6, w);
    OK(&b, .share = 3);
    const Onnx__TensorProto *values = tools_initializer("w.values");
    assert_int_equal(values->dims[0], 3);
    for (int i = 0; i < 3; i++)
        assert_float_equal(tools_values(values)[i], 2 * i - 2 + 0.625, 1e-6);
    const Onnx__TensorProto *index = tools_initializer("w.index");
    assert_int_equal(index->data_type, 2);
    assert_int_equal(index->raw_data.len, 24);
    for (int i = 0; i < 24; i++)
        assert_int_equal(index->raw_data.data[i], i % 3);
    assert_int_equal(tools_report->rows[0].bytes_after, 24 + 12);
    float *is = tools_values(b.tensors[0]);
    for (int i = 0; i < 24; i++)
        is[i] = 2 * (float)(i % 3) - 2 + 0.625f;
    computes(&b, 2, 12, 1e-6);
    build_free(&b);
}

/* The best of all partitions of 16 sorted weights into 3 runs. */
static void share_optimum(void **state)
{
    (void)state;
    struct build b;
    for (uint64_t seed = 1; seed < 20; seed++) {
        float sorted[16];
        double best = 1e9, is = 0;
        gemm(&b, 4, 4, NULL);
        b.seed = seed;
        memcpy(sorted, build_random(&b, "r", LIST(4, 4))->raw_data.data,
               sizeof sorted);
        memcpy(b.tensors[0]->raw_data.data, sorted, sizeof sorted);
        qsort(sorted, 16, sizeof *sorted, by_value);
        for (int i = 1; i < 15; i++)
            for (int j = i + 1; j < 16; j++)
                best = fmin(best, cost(sorted, 0, i) + cost(sorted, i, j) +
                                      cost(sorted, j, 16));
        OK(&b, .share = 3);
        for (int i = 0; i < 16; i++)
            is += (double)sorted[i] * (double)sorted[i];
        assert_float_equal(tools_report->rows[0].error *
                               tools_report->rows[0].error * is,
                           best, 1e-6);
        build_free(&b);
    }
}

static void share_keeps_zeros(void **state)
{
    (void)state;
    struct build b;
    float w[32] = {0};
    for (int i = 0; i < 32; i += 2)
        w[i] = (float)(i - 16) / 8 + 0.01f;
    gemm(&b, 4, 8, w);
    OK(&b, .share = 5);
    assert_int_equal(tools_report->rows[0].zeros, 16);
    for (int i = 0; i < 16; i++) /* all different: no error with 17 values */
        w[2 * i] = (float)i - 7.5f;
    memcpy(b.tensors[0]->raw_data.data, w, sizeof w);
    OK(&b, .share = 17);
    assert_float_equal(tools_report->rows[0].error, 0, 1e-9);
    LEFT(&b, .share = 200);
    assert_string_equal(tools_report->rows[0].left,
                        "share: too few weights for 200 values");
    build_free(&b);
}

/* Runs whose mean is 0 are no zeros. */
static void share_means_of_zero(void **state)
{
    (void)state;
    static const uint8_t expected[] = {0, 0, 1, 1, 1, 1, 2, 2};
    struct build b;
    gemm(&b, 2, 2, (const float[]){0, 0, 1, -1});
    OK(&b, .share = 2);
    for (int i = 0; i < 4; i++)
        assert_in_range(tools_initializer("w.index")->raw_data.data[i], 0, 1);
    assert_float_equal(tools_report->rows[0].error, 1, 1e-6);
    build_free(&b);
    gemm(&b, 2, 4, (const float[]){-1, -1, -.1f, -.1f, .1f, .1f, 1, 1});
    OK(&b, .share = 3);
    assert_memory_equal(tools_initializer("w.index")->raw_data.data, expected,
                        sizeof expected);
    assert_float_equal(tools_report->rows[0].error, sqrt(.04 / 4.04), 1e-6);
    build_free(&b);
}

static void half(void **state)
{
    (void)state;
    struct build b;
    gemm(&b, 5, 4, NULL);
    OK(&b, .half = true);
    assert_int_equal(tools_initializer("w")->data_type, 10);
    const Onnx__GraphProto *graph = tools_result()->graph;
    assert_int_equal(graph->input[0]->type->tensor_type->elem_type, 1);
    assert_string_equal(graph->input[0]->name, "x");
    assert_string_equal(graph->output[0]->name, "y");
    assert_string_equal(tools_node("Cast", 1)->output[0], "y");
    assert_int_equal(tools_report->rows[0].bytes_after, 40);
    assert_true(tools_report->rows[0].error > 1e-6);
    assert_true(tools_report->rows[0].error < 5e-4);
    computes(&b, 3, 12, 2e-3);
    tools_values(b.tensors[1])[0] = 1e6f;
    OK(&b, .half = true);
    assert_int_equal(tools_report->clamped, 1);
    assert_int_equal(((const uint16_t *)(const void *)tools_initializer("b")
                          ->raw_data.data)[0],
                     0x7bff);
    build_free(&b);
}

/* All at once; and what the file is besides its weights. */
static void together(void **state)
{
    (void)state;
    struct build b;
    gemm(&b, 40, 20, NULL);
    static char name[] = "somebody";
    b.model.producer_name = name;
    OK(&b, .prune = true, .fraction = 0.5, .share = 8, .half = true,
       .text = "--prune 0.5");
    assert_string_equal(tools_report->rows[0].done, "prune, share, half");
    assert_int_equal(tools_report->rows[0].zeros, 400);
    const Onnx__ModelProto *m = tools_result();
    assert_string_equal(m->producer_name, "somebody");
    assert_int_equal(m->opset_import[0]->version, 13);
    assert_string_equal(m->metadata_props[0]->key, "assay.compress");
    assert_string_equal(m->metadata_props[0]->value, "--prune 0.5");
    assert_string_equal(m->metadata_props[1]->key, "assay.base_sha256");
    assert_int_equal(strlen(m->metadata_props[1]->value), 64);
    assert_true(tools_report->file_after < tools_report->file_before);
    computes(&b, 2, 40, 1); /* it runs */
    build_free(&b);
}

/* In place of the file itself. */
static void in_place(void **state)
{
    (void)state;
    struct build b;
    struct assay_compress_report *report;
    gemm(&b, 2, 4, (const float[]){1, -2, 3, -4, 0.1f, 5, -6, 0.2f});
    OK(&b, .prune = true, .fraction = 0.5);
    ok(assay_compress(
        tools_out, tools_out,
        &(struct assay_compress_options){.prune = true, .fraction = 0.75},
        &report));
    same("w", (const float[]){0, 0, 0, 0, 0, 5, -6, 0}, 8);
    assay_compress_report_free(&report);
    build_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prune_keeps_largest),
        cmocka_unit_test(prune_scopes),
        cmocka_unit_test(prune_again),
        cmocka_unit_test(prune_nm24),
        cmocka_unit_test(prune_block16),
#ifdef ASSAY_HAVE_LAPACK
        cmocka_unit_test(low_rank_exact),
        cmocka_unit_test(low_rank_energy),
        cmocka_unit_test(low_rank_conv),
#endif
        cmocka_unit_test(share_groups),
        cmocka_unit_test(share_optimum),
        cmocka_unit_test(share_keeps_zeros),
        cmocka_unit_test(share_means_of_zero),
        cmocka_unit_test(half),
        cmocka_unit_test(together),
        cmocka_unit_test(in_place),
    };
    return cmocka_run_group_tests(tests, tools_begin, tools_end);
}
