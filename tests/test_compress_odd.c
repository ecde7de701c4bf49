/* SPDX-License-Identifier: Apache-2.0
 *
 * Compression of models that are sound but unusual: sparse initializers,
 * constants made of constants, Dropout in training mode. Meant for ASan and
 * UBSan as well.
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

#include "kernels/half.h"
#include "tests/compress_tools.h"
#include "tests/model_cases.h"

enum { PIXELS = 16, HIDDEN = 20, CLASSES = 3 };

static void ok(enum assay_status status)
{
    if (status)
        fail_msg("%s", assay_message());
}

/* Images of random pixels, for who calibrates. */
static void noise(void)
{
    uint8_t pixels[40 * PIXELS];
    uint32_t seed = 1;
    for (size_t i = 0; i < sizeof pixels; i++) {
        seed = seed * 1664525 + 1013904223;
        pixels[i] = (uint8_t)(seed >> 24);
    }
    tools_images(64, 4, 4, pixels, 40);
}

/* Three in four weights of the first layer, and half of the last, are 0. */
static void perceptron(struct build *b)
{
    build_init(b, 13);
    model_image(b, 1, 4, 4);
    Onnx__TensorProto *w = build_random(b, "w", LIST(HIDDEN, PIXELS));
    build_random(b, "c", LIST(HIDDEN));
    Onnx__TensorProto *v = build_random(b, "v", LIST(HIDDEN, CLASSES));
    for (int i = 0; i < HIDDEN * PIXELS; i++)
        if (i % 4)
            tools_values(w)[i] = 0;
    for (int i = 0; i < HIDDEN * CLASSES; i++)
        if (i % 2)
            tools_values(v)[i] = 0;
    build_node(b, "Flatten", "x", "f");
    build_attr_i(b, build_node(b, "Gemm", "f w c", "g"), "transB", 1);
    build_node(b, "Relu", "g", "h");
    build_node(b, "MatMul", "h v", "y");
}

/* Store the builder's initializer `at` sparse. */
static void make_sparse(struct build *b, size_t at)
{
    Onnx__TensorProto *dense = b->tensors[at];
    Onnx__SparseTensorProto *s = build_alloc(b, 1, sizeof *s);
    Onnx__TensorProto *index = build_alloc(b, 1, sizeof *index);
    Onnx__GraphProto *graph = &b->graph;
    const size_t n = dense->raw_data.len / sizeof(float);
    float *values = tools_values(dense);
    int64_t *indices = build_alloc(b, n, sizeof *indices);
    size_t count = 0;
    onnx__sparse_tensor_proto__init(s);
    onnx__tensor_proto__init(index);
    s->dims = dense->dims;
    s->n_dims = dense->n_dims;
    for (size_t i = 0; i < n; i++)
        if (values[i] < 0 || values[i] > 0) {
            indices[count] = (int64_t)i;
            values[count++] = values[i];
        }
    dense->dims = build_alloc(b, 1, sizeof *dense->dims);
    dense->dims[0] = (int64_t)count;
    dense->n_dims = 1;
    dense->raw_data.len = count * sizeof *values;
    index->dims = dense->dims;
    index->n_dims = index->has_data_type = index->has_raw_data = 1;
    index->data_type = 7;
    index->raw_data.data = (uint8_t *)indices;
    index->raw_data.len = count * sizeof *indices;
    s->values = dense;
    s->indices = index;
    if (!graph->sparse_initializer)
        graph->sparse_initializer = build_alloc(b, BUILD_MAX, sizeof(void *));
    graph->sparse_initializer[graph->n_sparse_initializer++] = s;
    for (graph->n_initializer--; at < graph->n_initializer; at++)
        b->tensors[at] = b->tensors[at + 1];
}

/* What the result makes of two images. */
static void compute(float *y)
{
    float x[2 * PIXELS];
    struct assay_model *model;
    struct assay_lowered *lowered;
    for (int i = 0; i < 2 * PIXELS; i++)
        x[i] = (float)(i * 37 % 101) / 101;
    ok(assay_model_load(tools_out, &model));
    ok(assay_model_lower(model, 2, &lowered));
    assert_int_equal(lowered->output_elements, 2 * CLASSES);
    ok(assay_lowered_reference(lowered, x, y));
    assay_lowered_free(&lowered);
    assay_model_free(&model);
}

/* Whatever is done to it, a model with sparse initializers becomes what the
 * same model with dense ones becomes. */
static void sparse(void **state)
{
    (void)state;
    const struct assay_compress_options options[] = {
        {.prune = true, .fraction = 0.9},
        {.half = true},
        {.channels = 0.4},
        {.share = 4},
        {.prune = true, .fraction = 0.8, .share = 5, .half = true},
        {.int8 = true, .percentile = 100, .images = 32, .data = tools_folder},
    };
    noise();
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct build b;
        float want[2 * CLASSES], got[2 * CLASSES];
        struct assay_compress_row rows[2];
        perceptron(&b);
        ok(tools_compress(&b, &options[i]));
        const size_t n = tools_result()->graph->n_sparse_initializer;
        compute(want);
        memcpy(rows, tools_report->rows, sizeof rows);
        make_sparse(&b, 0);
        make_sparse(&b, 1);
        ok(tools_compress(&b, &options[i]));
        compute(got);
        assert_memory_equal(got, want, sizeof want);
        assert_int_equal(tools_result()->graph->n_sparse_initializer, n);
        for (int j = 0; j < 2; j++) {
            const struct assay_compress_row *row = &tools_report->rows[j];
            assert_string_equal(row->done, rows[j].done);
            assert_int_equal(row->zeros, rows[j].zeros);
            assert_int_equal(row->bytes_before,
                             (j ? HIDDEN * CLASSES / 2 : HIDDEN * PIXELS / 4) *
                                 12);
            assert_int_equal(row->bytes_after, rows[j].bytes_after);
        }
        build_free(&b);
    }
}

static const Onnx__SparseTensorProto *sparse_of(const char *name)
{
    const Onnx__GraphProto *graph = tools_result()->graph;
    for (size_t i = 0; i < graph->n_sparse_initializer; i++)
        if (strcmp(graph->sparse_initializer[i]->values->name, name) == 0)
            return graph->sparse_initializer[i];
    return NULL;
}

/* Four in five of the first layer's weights become 0; all of the last layer's
 * are, and the last of them is -0. */
static void sparse_result(void **state)
{
    (void)state;
    const struct assay_compress_options prune = {
        .prune = true, .fraction = 0.8, .prune_layers = true};
    struct assay_compress_options dense = prune, half = prune, none = prune;
    struct build b;
    float want[2 * CLASSES], got[2 * CLASSES], w[HIDDEN * PIXELS];
    size_t n = 0;
    dense.dense = half.half = none.half = none.dense = true;
    perceptron(&b);
    float *v = tools_values(b.tensors[2]);
    memset(v, 0, HIDDEN * CLASSES * sizeof *v);
    v[HIDDEN * CLASSES - 1] = -0.0f;
    b.model.ir_version = 4;
    ok(tools_compress(&b, &dense));
    assert_int_equal(tools_result()->graph->n_sparse_initializer, 0);
    assert_int_equal(tools_result()->ir_version, 4);
    assert_int_equal(tools_report->rows[0].bytes_after, HIDDEN * PIXELS * 4);
    memcpy(w, tools_values(tools_initializer("w")), sizeof w);
    compute(want);
    ok(tools_compress(&b, &prune));
    compute(got);
    assert_memory_equal(got, want, sizeof want);
    assert_int_equal(tools_result()->ir_version, 6);
    const Onnx__SparseTensorProto *s = sparse_of("w");
    assert_non_null(s);
    assert_int_equal(s->n_dims, 2);
    assert_true(s->dims[0] == HIDDEN && s->dims[1] == PIXELS);
    assert_true(s->values->n_dims == 1 && s->indices->n_dims == 1);
    assert_int_equal(s->indices->data_type, 7);
    const int64_t *places = (const void *)s->indices->raw_data.data;
    for (int64_t i = 0; i < HIDDEN * PIXELS; i++)
        if (w[i] < 0 || w[i] > 0) {
            assert_int_equal(places[n], i);
            assert_memory_equal(&tools_values(s->values)[n++], &w[i], 4);
        }
    assert_int_equal(n, HIDDEN * PIXELS / 5);
    assert_true(s->values->dims[0] == (int64_t)n &&
                s->indices->dims[0] == (int64_t)n);
    assert_int_equal(tools_report->rows[0].bytes_after, n * 12);
    s = sparse_of("v");
    places = (const void *)s->indices->raw_data.data;
    assert_int_equal(s->values->dims[0], 1);
    assert_int_equal(places[0], HIDDEN * CLASSES - 1);
    assert_true(signbit(tools_values(s->values)[0]));
    assert_int_equal(tools_report->rows[1].bytes_after, 12);
    /* Of float16 a fifth would not be shorter. */
    ok(tools_compress(&b, &half));
    assert_null(sparse_of("w"));
    assert_int_equal(sparse_of("v")->values->data_type, 10);
    assert_int_equal(tools_report->rows[1].bytes_after, 10);
    compute(got);
    ok(tools_compress(&b, &none));
    compute(want);
    assert_memory_equal(got, want, sizeof want);
    build_free(&b);
}

/* What an input may replace stays as it is. */
static void sparse_input(void **state)
{
    (void)state;
    const struct assay_compress_options prune = {.prune = true,
                                                 .fraction = 0.9};
    struct build b;
    build_init(&b, 13);
    model_rows(&b, PIXELS);
    Onnx__TensorProto *z = build_random(&b, "z", LIST(1, PIXELS));
    memset(tools_values(z), 0, PIXELS * sizeof(float));
    build_random(&b, "v", LIST(PIXELS, CLASSES));
    build_node(&b, "Add", "x z", "h");
    build_node(&b, "MatMul", "h v", "y");
    ok(tools_compress(&b, &prune));
    assert_int_equal(sparse_of("z")->values->dims[0], 1);
    assert_non_null(sparse_of("v"));
    build_input(&b, "z", LIST(1, PIXELS));
    build_input(&b, "v", LIST(PIXELS, CLASSES));
    ok(tools_compress(&b, &prune));
    assert_null(sparse_of("z"));
    assert_non_null(sparse_of("v")); /* its weights are fixed now */
    assert_int_equal(tools_result()->graph->n_input, 2);
    build_free(&b);
}

/* Each constant is the sum of the one before with itself: more ways to the
 * initializer than could be gone one by one. */
static void chain(void **state)
{
    (void)state;
    enum { LINKS = 45 };
    const struct assay_compress_options prune = {.prune = true,
                                                 .fraction = 0.5};
    struct build b;
    build_init(&b, 13);
    model_rows(&b, 4);
    build_random(&b, "w0", LIST(4, 3));
    for (int i = 0; i < LINKS; i++) {
        char inputs[20], output[20];
        snprintf(inputs, sizeof inputs, "w%d w%d", i, i);
        snprintf(output, sizeof output, "w%d", i + 1);
        build_node(&b, "Add", inputs, output);
    }
    build_node(&b, "MatMul", "x w45", "y");
    tools_left(&b, &prune);
    assert_int_equal(tools_report->rows[0].bytes_before, 4 * 3 * 4);
    assert_string_equal(tools_report->rows[0].left,
                        "its weights are made by other nodes");
    build_free(&b);
}

/* Dropout that samples, with a seed and without. */
static void monte_carlo(struct build *b)
{
    build_init(b, 13);
    model_image(b, 1, 4, 4);
    build_random(b, "w", LIST(HIDDEN, PIXELS));
    build_random(b, "v", LIST(HIDDEN, CLASSES));
    build_number(b, "half", 0.5f);
    build_byte(b, "on", 9, 1);
    build_node(b, "Flatten", "x", "f");
    build_attr_i(b, build_node(b, "Dropout", "f half on", "d"), "seed", 7);
    build_attr_i(b, build_node(b, "Gemm", "d w", "g"), "transB", 1);
    build_node(b, "Relu", "g", "r");
    build_node(b, "Dropout", "r half on", "h");
    build_node(b, "MatMul", "h v", "y");
}

static void samples(void **state)
{
    (void)state;
    const struct assay_compress_options int8 = {
        .int8 = true, .percentile = 100, .images = 32, .data = tools_folder};
    struct build b;
    noise();
    monte_carlo(&b);
    ok(tools_compress(&b, &int8));
    assert_non_null(tools_node("QuantizeLinear", 0));
    assert_non_null(tools_node("Dropout", 1));
    /* Without a step that changes a weight, nothing changes. */
    const struct assay_compress_options share = {.share = 60};
    size_t n;
    float x[2 * PIXELS];
    for (int i = 0; i < 2 * PIXELS; i++)
        x[i] = (float)i / 32;
    Onnx__TensorProto *w = b.tensors[0];
    for (int i = 0; i < HIDDEN * PIXELS; i++)
        tools_values(w)[i] = (float)(i % 50) / 50;
    ok(tools_compress(&b, &share));
    assert_string_equal(tools_report->rows[0].done, "share");
    const Onnx__NodeProto *last = tools_node("Dropout", 1);
    assert_string_equal(last->attribute[0]->name, "seed");
    assert_int_equal(last->attribute[0]->i, 4);
    assert_int_equal(tools_node("Dropout", 0)->attribute[0]->i, 7);
    tools_expect(x, 2, build_evaluate(&b, x, 2, &n), 2 * CLASSES, 1e-5);
    build_free(&b);
}

/* Layers of every kind, a normalization and a residual sum. */
static void all_kinds(struct build *b)
{
    build_init(b, 13);
    model_image(b, 1, 4, 4);
    Onnx__NodeProto *conv = model_conv(b, "x w1 c1", "1", 8, 1, 3);
    build_attr_ints(b, conv, "pads", LIST(1, 1, 1, 1));
    build_norm(b, "n", "1", "2", 8);
    build_node(b, "Relu", "2", "3");
    model_conv(b, "3 w2", "4", 8, 8, 1);
    build_node(b, "Add", "4 3", "5");
    build_norm(b, "m", "5", "6", 8);
    build_node(b, "Relu", "6", "7");
    build_node(b, "GlobalAveragePool", "7", "8");
    build_node(b, "Flatten", "8", "f");
    build_random(b, "w3", LIST(HIDDEN, 8));
    build_attr_i(b, build_node(b, "Gemm", "f w3", "g"), "transB", 1);
    build_node(b, "Relu", "g", "h");
    build_random(b, "v", LIST(HIDDEN, CLASSES));
    build_node(b, "MatMul", "h v", "y");
}

/* Names of nodes are optional: the results are the same without. */
static void nameless(void **state)
{
    (void)state;
    const struct assay_compress_options options[] = {
        {.channels = 0.3},
        {.channels = 0.3, .channels_global = true},
#ifdef ASSAY_HAVE_LAPACK
        {.rank = 1},
        {.energy = 0.7},
        {.rank = 2, .prune = true, .fraction = 0.5, .share = 4, .half = true},
#endif
        {.prune = true, .fraction = 0.9},
        {.prune = true, .pattern = ASSAY_PATTERN_NM24},
        {.prune = true, .pattern = ASSAY_PATTERN_BLOCK16, .fraction = 0.5},
        {.share = 4},
        {.half = true},
        {.share = 4, .half = true},
        {.int8 = true, .percentile = 100, .images = 32, .data = tools_folder},
    };
    static char empty[] = "";
    noise();
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        struct build b;
        float want[2 * CLASSES], got[2 * CLASSES];
        all_kinds(&b);
        ok(tools_compress(&b, &options[i]));
        compute(want);
        for (int j = 0; j < 2; j++) {
            for (size_t k = 0; k < b.graph.n_node; k++)
                b.nodes[k]->name = j ? empty : NULL;
            b.graph.name = j ? empty : NULL;
            ok(tools_compress(&b, &options[i]));
            compute(got);
            assert_memory_equal(got, want, sizeof want);
            assert_string_equal(tools_report->rows[0].layer, "1");
        }
        build_free(&b);
    }
}

/* The builder's floats as float16. */
static void narrow(struct build *b, const char *name)
{
    for (size_t i = 0; i < b->graph.n_initializer; i++) {
        Onnx__TensorProto *t = b->tensors[i];
        const size_t n = t->raw_data.len / sizeof(float);
        if (strcmp(t->name, name) != 0)
            continue;
        uint16_t *halves = build_alloc(b, n, sizeof *halves);
        for (size_t j = 0; j < n; j++)
            halves[j] = assay_half_from_float(tools_values(t)[j]);
        t->raw_data.data = (uint8_t *)halves;
        t->raw_data.len = n * sizeof *halves;
        t->data_type = 10;
    }
}

/* Normalizations of float16: one with such parameters stays, one of floats
 * becomes a product and a sum. */
static void half_norms(void **state)
{
    (void)state;
    const struct assay_compress_options half = {.half = true};
    struct build b;
    float x[2 * PIXELS];
    size_t n;
    for (int i = 0; i < 2 * PIXELS; i++)
        x[i] = (float)(i * 37 % 101) / 101;
    build_init(&b, 15);
    model_image(&b, 4, 2, 2);
    build_attr_i(&b, build_node(&b, "Cast", "x", "1"), "to", 10);
    build_norm(&b, "n", "1", "2", 4);
    build_node(&b, "Relu", "2", "3");
    build_norm(&b, "m", "3", "4", 4);
    build_attr_i(&b, build_node(&b, "Cast", "4", "5"), "to", 1);
    build_node(&b, "Flatten", "5", "f");
    build_random(&b, "w", LIST(PIXELS, CLASSES));
    build_node(&b, "Gemm", "f w", "y");
    const double *y = build_evaluate(&b, x, 2, &n);
    for (int i = 0; i < 4; i++)
        narrow(&b, (const char *[]){"n.s", "n.b", "n.m", "n.v"}[i]);
    ok(tools_compress(&b, &half));
    assert_string_equal(tools_report->rows[0].done, "half");
    assert_string_equal(tools_node("BatchNormalization", 0)->input[1], "n.s");
    assert_null(tools_node("BatchNormalization", 1));
    assert_string_equal(tools_node("Mul", 0)->input[1], "m.s");
    assert_int_equal(tools_initializer("m.s")->data_type, 10);
    tools_expect(x, 2, y, n, 1e-2);
    build_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sparse),       cmocka_unit_test(sparse_result),
        cmocka_unit_test(sparse_input), cmocka_unit_test(chain),
        cmocka_unit_test(samples),      cmocka_unit_test(nameless),
        cmocka_unit_test(half_norms),
    };
    return cmocka_run_group_tests(tests, tools_begin, tools_end);
}
